/** Lines of all kinds at the control socket: none is an internal error, none stops the show or stays with it. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { METHODS } from '../../runtime/control/methods';
import { createRandom } from '../../runtime/show/random';
import { pictures } from '../bench/picture-sets';
import { play, sleep, writeShow, type Player } from '../bench/player';
import type { Row } from './tally';
import { descriptorsOf, residentBytes } from './watcher';

/** Methods that would end or exchange the show are not asked for by chance. */
const ENDING: ReadonlySet<string> = new Set(['stop', 'reload', 'screenshot']);
const CONNECTIONS = 8;
const KEPT_DESCRIPTORS = 4;

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

function value(random: Random, depth = 0): unknown {
  const kinds: readonly (() => unknown)[] = [
    () => null,
    () => random() < 0.5,
    () => (random() - 0.5) * 10 ** Math.floor(random() * 20),
    () =>
      pick(random, ['', 'on', 'off', '1m30s', '-10s', '../..', '\u0000', '\u202e', '🙂'.repeat(50), 'x'.repeat(5000)]),
    () => (depth > 3 ? [] : Array.from({ length: Math.floor(random() * 5) }, () => value(random, depth + 1))),
    () =>
      depth > 3 ? {} : { [pick(random, ['cue', 'time', '__proto__', 'constructor', ''])]: value(random, depth + 1) },
  ];
  return pick(random, kinds)();
}

function line(random: Random): Buffer {
  const method = pick(random, [...Object.keys(METHODS).filter((name) => !ENDING.has(name)), 'nothing', '', 'toString']);
  const order = { jsonrpc: '2.0', id: 1, method, params: value(random) };
  const kinds: readonly (() => Buffer)[] = [
    () => Buffer.from(JSON.stringify(order)),
    () => Buffer.from(JSON.stringify(value(random))),
    () => Buffer.from(JSON.stringify({ ...order, id: value(random), jsonrpc: value(random) })),
    () => Buffer.from(JSON.stringify([order, order])),
    () => Buffer.from(JSON.stringify(order).slice(0, Math.floor(random() * 60))),
    () => Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256))),
    () => Buffer.from('['.repeat(1 + Math.floor(random() * 3000))),
  ];
  const bytes = pick(random, kinds)();
  // One line: what is in it must not end it.
  return Buffer.concat([Buffer.from(bytes.map((byte) => (byte === 10 ? 32 : byte))), Buffer.from('\n')]);
}

/** Sends lines until so many were sent, anew where the other side hangs up. Gives the replies that are internal errors. */
async function fuzz(player: Player, count: number, random: Random): Promise<{ replies: number; internal: string[] }> {
  const internal: string[] = [];
  let replies = 0;
  for (let left = count; left > 0;) {
    await new Promise<void>((done) => {
      const socket = connect(player.socket);
      socket.setTimeout(5000, () => socket.destroy());
      socket.on('error', () => {});
      socket.once('close', () => done());
      socket.on('data', (data) => {
        const text = data.toString();
        replies += text.split('\n').length - 1;
        if (text.includes('E_INTERNAL') || text.includes('-32603')) internal.push(text.slice(0, 200));
      });
      const burst = Math.min(left, 200);
      left -= burst;
      for (let at = 0; at < burst && socket.writable; at += 1) socket.write(line(random));
      socket.end();
    });
  }
  return { replies, internal };
}

export async function fuzzedOrders(folder: string, count: number, seed: string): Promise<Row> {
  await pictures(folder, 'pair');
  const show = writeShow(join(folder, 'orders.yaml'), { every: '1s', transition: 'crossfade', images: 'pair' });
  const player = play(folder, ['--show', show, '--display', 'offscreen', '--size', '640x360']);
  await player.playing();
  await sleep(1000);
  const pid = player.child.pid!;
  const before = { descriptors: descriptorsOf(pid), bytes: residentBytes(pid) };
  const done = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, at) => fuzz(player, count / CONNECTIONS, createRandom(`${seed} ${at}`))),
  );
  const failed = done.flatMap(({ internal }) => internal);
  const replies = done.reduce((sum, one) => sum + one.replies, 0);
  await sleep(1000);
  await player.call('resume').catch((cause: unknown) => failed.push(`no order is taken any more: ${String(cause)}`));
  const after = { descriptors: descriptorsOf(pid), bytes: residentBytes(pid) };
  if (after.descriptors > before.descriptors + KEPT_DESCRIPTORS)
    failed.push(`${after.descriptors - before.descriptors} descriptors are kept`);
  const { frames } = await player.end();
  if (frames.black > 0) failed.push(`${frames.black} black frames`);
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  const note = `${replies} replies, descriptors ${before.descriptors} -> ${after.descriptors}, ${mib(before.bytes)} -> ${mib(after.bytes)} MiB`;
  return { kind: 'fuzzed lines at the control socket', tried: count, failed, note };
}
