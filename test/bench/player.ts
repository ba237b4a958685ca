/** Plays shows for the benchmarks: starts the program as a child, reads its report and asks its status. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';

export const DEMO = resolve(__dirname, '../../../config/shows/demo.yaml');
export const PROGRAM = resolve(__dirname, '../../runtime/main.js');

/** The fields of a run report that benchmarks look at. */
export interface Report {
  readonly startToFirstFrameMs: number;
  readonly durationMs: number;
  readonly frames: Record<
    'presented' | 'repeated' | 'dropped' | 'late' | 'black' | 'composeMs' | 'presentMs',
    number
  > & {
    readonly intervalMs: Record<'p50' | 'p99' | 'max', number>;
  };
  readonly images: Record<'shown' | 'lateDecodes' | 'misses' | 'hits' | 'bytes' | 'budgetBytes', number> & {
    readonly changeMs: Record<'p50' | 'p99' | 'max', number>;
  };
  readonly memory: Record<'plannedBytes' | 'peakRssBytes' | 'peakPssBytes', number>;
  readonly process: Record<'cpuMs' | 'writtenBytes' | 'residentBytes', number>;
  readonly reloads: Record<'done' | 'refused' | 'black', number>;
}

export interface ShowOptions {
  readonly every: string;
  readonly transition: string;
  readonly durationOfTransition?: string;
  readonly motion?: 'none' | 'ken-burns';
  readonly images?: string;
  readonly name?: string;
}

export function writeShow(
  file: string,
  { every, transition, durationOfTransition, motion = 'none', images = 'pictures', name = 'Bench' }: ShowOptions,
): string {
  const duration = durationOfTransition === undefined ? '' : `, duration: ${durationOfTransition}`;
  writeFileSync(
    file,
    `version: 1
name: ${name}
themes: {all: {images: [${images}]}}
scenes: {only: {media: images, themes: [all], every: ${every}, motion: ${motion}, transition: {type: ${transition}${duration}}}}
cuelist: {loop: forever, cues: [{name: one, duration: 24h, scenes: [{scene: only}]}]}
`,
  );
  return file;
}

export interface Player {
  readonly child: ChildProcess;
  readonly socket: string;
  /** Everything it said. */
  log(): string;
  /** A method of the control socket. */
  call<T>(method: string, params?: object): Promise<T>;
  /** Resolves when it plays; rejects when it has ended. */
  playing(): Promise<void>;
  /** Ends it and gives its report. */
  end(): Promise<Report>;
  /** Resolves with the report when it ends by itself. */
  readonly ended: Promise<Report>;
}

let players = 0;
const children = new Set<ChildProcess>();

/** Ends all players that still play, at once. */
export function endPlayers(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Starts `vitrine run`; arguments and environment as a user would give them. `launcher` is put before the program. */
export function play(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  launcher: readonly string[] = [],
): Player {
  players += 1;
  const report = join(folder, `report-${players}.json`);
  const socket = join(folder, `control-${players}.sock`);
  const [program, ...before] = [...launcher, process.execPath];
  const child = spawn(
    program,
    [
      ...before,
      PROGRAM,
      'run',
      '--report',
      report,
      '--set',
      `control.socket=${socket}`,
      '--set',
      'telemetry.http=127.0.0.1:0',
      ...args,
    ],
    {
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  children.add(child);
  child.once('exit', () => children.delete(child));
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-20_000)));
  const ended = new Promise<Report>((done, fail) => {
    // By then all that it said has come.
    child.once('close', (code, signal) => {
      if (code === 0 && existsSync(report)) done(JSON.parse(readFileSync(report, 'utf8')) as Report);
      else fail(new Error(`run ended with ${String(code ?? signal)}:\n${said}`));
    });
  });
  const call = <T>(method: string, params: object = {}): Promise<T> => callSocket<T>(socket, method, params);
  return {
    child,
    socket,
    log: () => said,
    call,
    async playing() {
      while (child.exitCode === null && child.signalCode === null) {
        try {
          const { state } = await call<{ state: string }>('status');
          if (state === 'playing') return;
        } catch {
          // not listening yet
        }
        await sleep(50);
      }
      await ended;
      throw new Error('run was over before it was seen to play');
    },
    async end() {
      child.kill('SIGTERM');
      return ended;
    },
    ended,
  };
}

/** Frames a second of an untimed show in its steady state: what is loaded after the first picture has been. Ends the player. */
export async function steadyRate(player: Player): Promise<number> {
  const presented = async (): Promise<number> =>
    (await player.call<{ report: { frames: { presented: number } } }>('status')).report.frames.presented;
  await player.playing();
  await sleep(1500);
  const before = await presented();
  const startMs = performance.now();
  await sleep(3000);
  const rate = (((await presented()) - before) / (performance.now() - startMs)) * 1000;
  await player.end();
  return rate;
}

function callSocket<T>(path: string, method: string, params: object): Promise<T> {
  return new Promise((done, fail) => {
    const socket = connect(path);
    let text = '';
    socket.once('error', fail);
    socket.once('close', () => fail(new Error(`${method} was not answered`)));
    socket.on('data', (data) => {
      text += data.toString();
      if (!text.includes('\n')) return;
      socket.destroy();
      const { result, error } = JSON.parse(text) as { result?: T; error?: { message: string } };
      if (error === undefined) done(result as T);
      else fail(new Error(error.message));
    });
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
  });
}

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** CPU time of any process in ms, by the kernel's account (clock ticks of 10 ms). */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
