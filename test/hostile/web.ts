/** Requests of all kinds at the status page: no answer is an error of the server, and a viewer always gets in. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { createRandom } from '../../runtime/show/random';
import { pictures } from '../bench/picture-sets';
import { play, sleep, writeShow, type Player } from '../bench/player';
import type { Row } from './tally';

const PATHS = [
  '/',
  '/api/status',
  '/api/next',
  '/..%2f..%2fetc/passwd',
  '/%00',
  '/api/../../x',
  '//x',
  '/?x=%ff',
  `/${'a'.repeat(9000)}`,
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'CONNECT', 'PATCH', 'get', '\u0001'];
const HOSTS = ['', 'localhost', 'evil.example', '127.0.0.1:1', '[::1]', 'a b', '..', 'x'.repeat(5000)];
/** More than the page serves at once. */
const IDLE = 80;
const AT_ONCE = 16;

async function portOf(player: Player): Promise<number> {
  const url = /http:\/\/127\.0\.0\.1:(\d+)/;
  while (player.child.exitCode === null && player.child.signalCode === null) {
    const found = url.exec(player.log())?.[1];
    if (found !== undefined) return Number(found);
    await sleep(50);
  }
  throw new Error(`it ended before it said where its page is:\n${player.log()}`);
}

/** What the server answers to these bytes. */
function ask(port: number, request: string | Buffer, limitMs = 15_000): Promise<string> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setTimeout(limitMs, () => socket.destroy());
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => {});
    socket.once('close', () => done(text));
    socket.end(request);
  });
}

const viewer = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

export async function fuzzedRequests(folder: string, count: number, seed: string): Promise<Row> {
  await pictures(folder, 'pair');
  const show = writeShow(join(folder, 'web.yaml'), { every: '1s', transition: 'crossfade', images: 'pair' });
  const player = play(folder, ['--show', show, '--display', 'offscreen', '--size', '640x360']);
  await player.playing();
  const port = await portOf(player);
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const failed: string[] = [];
  const request = (): string | Buffer => {
    if (random() < 0.3)
      return Buffer.from(Array.from({ length: 1 + Math.floor(random() * 300) }, () => Math.floor(random() * 256)));
    const body = random() < 0.3 ? `Content-Length: ${Math.floor(random() * 20) - 5}\r\n\r\n{"x":1}` : '\r\n';
    return `${pick(METHODS)} ${pick(PATHS)} HTTP/1.${pick(['0', '1', '9'])}\r\nHost: ${pick(HOSTS)}\r\n${body}`;
  };
  for (let left = count; left > 0; left -= AT_ONCE) {
    const answers = await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => ask(port, request())));
    for (const answer of answers)
      if (/^HTTP\/1\.1 5/.test(answer) && !answer.startsWith('HTTP/1.1 505')) failed.push(answer.slice(0, 100));
  }
  const idle = Array.from({ length: IDLE }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await sleep(500);
  if (!(await ask(port, viewer)).startsWith('HTTP/1.1 200')) failed.push(`no page beside ${IDLE} idle connections`);
  for (const socket of idle) socket.destroy();
  const { frames } = await player.end();
  if (frames.black > 0) failed.push(`${frames.black} black frames`);
  return { kind: 'requests at the status page', tried: count + IDLE, failed, note: '' };
}
