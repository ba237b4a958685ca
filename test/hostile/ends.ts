/** Ends of all kinds: decoders killed and stopped, signals at any moment, the program itself killed. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callInstance } from '../../runtime/control/client';
import { createRandom } from '../../runtime/show/random';
import { pictures } from '../bench/picture-sets';
import { play, PROGRAM, sleep, writeShow, type Player } from '../bench/player';
import type { Row } from './tally';
import { decodersOf, ended, processesLeft, watchPictures } from './watcher';

/** An end takes 2 s; the machine may be busy. */
const LONGEST_END_MS = 10_000;
const LONGEST_START_MS = 30_000;
const LONGEST_STAND_MS = 6000;

/** Pictures and a clip in turns. */
function mixedShow(folder: string): string {
  const clip = join(folder, 'clip.mp4');
  const source = ['-f', 'lavfi', '-i', 'testsrc=s=640x360:r=25:d=4'];
  if (!existsSync(clip)) execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...source, '-c:v', 'libx264', clip]);
  const show = join(folder, 'mixed.yaml');
  writeFileSync(
    show,
    `version: 1
name: Mixed
themes: {all: {images: [pair], videos: [clip.mp4]}}
scenes: {only: {media: both, themes: [all], every: 1s, transition: {type: cut}}}
cuelist: {loop: forever, cues: [{name: one, duration: 24h, scenes: [{scene: only}]}]}
`,
  );
  return show;
}

/** Kills decoders while they play. */
export async function killedDecoders(folder: string, count: number, seed: string): Promise<Row> {
  await pictures(folder, 'pair');
  const player = play(folder, ['--show', mixedShow(folder), '--display', 'offscreen', '--size', '640x360']);
  await player.playing();
  const watch = watchPictures(player);
  const random = createRandom(seed);
  let killed = 0;
  for (const endMs = performance.now() + count * 3000; killed < count && performance.now() < endMs;) {
    await sleep(200 + random() * 800);
    for (const pid of decodersOf(player.child.pid!).slice(0, 1)) {
      try {
        process.kill(pid, random() < 0.7 ? 'SIGKILL' : 'SIGSTOP');
        killed += 1;
      } catch {
        // It ended by itself meanwhile.
      }
    }
  }
  const { failed, worstMs } = await ended(player, watch, LONGEST_STAND_MS);
  const left = await processesLeft(folder);
  if (left.length > 0) failed.push(`${left.length} processes are left`);
  return { kind: 'decoders killed or stopped', tried: killed, failed, note: `longest ${worstMs} ms` };
}

/** A signal at a random moment of the first second; SIGHUP is followed by SIGTERM once the show plays. */
export async function signals(folder: string, count: number, seed: string): Promise<Row> {
  await pictures(folder, 'pair');
  const show = writeShow(join(folder, 'signals.yaml'), { every: '1s', transition: 'crossfade', images: 'pair' });
  const random = createRandom(seed);
  const failed: string[] = [];
  const tookMs: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const signal = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const)[at % 3]!;
    const socket = join(folder, `signal-${at}.sock`);
    const args = ['run', '--show', show, '--display', 'offscreen', '--size', '640x360'];
    const child = spawn(
      process.execPath,
      [PROGRAM, ...args, '--set', `control.socket=${socket}`, '--set', 'telemetry.http=off'],
      { stdio: 'ignore' },
    );
    const over = new Promise<number | string | null>((done) => child.once('exit', (code, by) => done(code ?? by)));
    await sleep(random() * 900);
    child.kill(signal);
    if (signal === 'SIGHUP') {
      await sleep(1500);
      if (child.exitCode !== null || child.signalCode === 'SIGTERM')
        failed.push(`SIGHUP ended it with ${String(await over)}`);
      child.kill('SIGTERM');
    }
    const startMs = performance.now();
    const how = await Promise.race([over, sleep(LONGEST_END_MS).then(() => 'hangs')]);
    tookMs.push(performance.now() - startMs);
    // In the first tenth of a second Node has no handler yet.
    if (how !== 0 && how !== signal && how !== 'SIGTERM') failed.push(`${signal}: ${String(how)}`);
    if (how === 'hangs') child.kill('SIGKILL');
  }
  const sockets = readdirSync(folder).filter((name) => name.startsWith('signal-') && name.endsWith('.sock'));
  if (sockets.length > 0) failed.push(`${sockets.length} sockets are left`);
  const left = await processesLeft(show);
  if (left.length > 0) failed.push(`${left.length} processes are left`);
  return {
    kind: 'signals in the first second',
    tried: count,
    failed,
    note: `longest end ${Math.round(Math.max(...tookMs))} ms`,
  };
}

/** False where it ends, or takes too long. The socket of one that was killed before it may be there: only an answer tells. */
async function comesToPlay({ child }: Player, socket: string): Promise<boolean> {
  const asked = { socketPaths: [socket], method: 'status', params: {}, timeoutMs: 5000 };
  for (const endMs = performance.now() + LONGEST_START_MS; performance.now() < endMs && child.exitCode === null;) {
    const reply = await callInstance(asked).catch(() => undefined);
    if (reply !== undefined && 'result' in reply && (reply.result as { state?: string }).state === 'playing')
      return true;
    await sleep(50);
  }
  return false;
}

/** The program is killed while it plays; the next start takes its socket over. */
export async function killedPrograms(folder: string, count: number): Promise<Row> {
  await pictures(folder, 'pair');
  const show = mixedShow(folder);
  const failed: string[] = [];
  const socket = join(folder, 'killed.sock');
  for (let at = 0; at < count; at += 1) {
    const player = play(folder, [
      '--show',
      show,
      '--display',
      'offscreen',
      '--size',
      '640x360',
      '--set',
      `control.socket=${socket}`,
    ]);
    player.ended.catch(() => {});
    if (!(await comesToPlay(player, socket))) failed.push(`start ${at} does not play:\n${player.log()}`);
    await sleep(700);
    player.child.kill('SIGKILL');
    const left = await processesLeft(folder);
    if (left.length > 0) failed.push(`${left.length} processes are left`);
  }
  return { kind: 'the program killed while it plays', tried: count, failed, note: '' };
}
