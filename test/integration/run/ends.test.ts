/** Signals at any moment, and the end: clean, soon, and with nothing left, whatever is at work. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, sleep } from '../../bench/player';
import { descendants, hasLoaded, isAlive, takesHangup } from '../../support/processes';
import { slowPicture } from '../../support/slow-picture';
import { makeSmallShow, writeShowFile, type SmallShow } from '../../support/small-show';
import { until } from '../../support/until';
import { callInstance } from '../../../runtime/control/client';

/** An end takes up to 2 s; waiting for a decode took 20. A busy machine gets the time between. */
const SOON_MS = 9000;

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly socket: string;
  said(): string;
  status(): Promise<Status | undefined>;
}

interface Status {
  readonly state: string;
  readonly report: { readonly reloads: Record<'done' | 'refused' | 'unchanged', number> };
}

let show: SmallShow;
const children: ChildProcess[] = [];

beforeEach(async () => {
  show = await makeSmallShow();
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(show.folder, { recursive: true, force: true });
});

function start(command: string, file = show.file, ...args: string[]): Running {
  const socket = join(show.folder, 'c.sock');
  const run = ['--display', 'offscreen', '--size', '320x180', '--set', 'telemetry.http=off'];
  const settings = ['--set', `control.socket=${socket}`, ...(command === 'run' ? run : []), ...args];
  const child = spawn(process.execPath, [PROGRAM, ...command.split(' '), file, ...settings], {
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let text = '';
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
  const status = async (): Promise<Status | undefined> => {
    const call = { socketPaths: [socket], method: 'status', params: {}, timeoutMs: 5000 };
    const reply = await callInstance(call).catch(() => undefined);
    return reply !== undefined && 'result' in reply ? (reply.result as Status) : undefined;
  };
  return { child, pid: child.pid!, socket, said: () => text, status };
}

/** Resolves once it is in one of these states; rejects when it has ended. */
async function comesTo({ child, said, status }: Running, ...states: string[]): Promise<Status> {
  while (child.exitCode === null && child.signalCode === null) {
    const now = await status();
    if (now !== undefined && states.includes(now.state)) return now;
    await sleep(20);
  }
  throw new Error(`it ended before anybody saw it ${states.join(' or ')}: ${said()}`);
}

/** Sends the signal; resolves to how the program ended, and how long it took. */
async function endOf({ child }: Running, signal: NodeJS.Signals): Promise<{ end: unknown; tookMs: number }> {
  const exit = once(child, 'exit');
  const startMs = performance.now();
  child.kill(signal);
  const end = await exit;
  return { end, tookMs: performance.now() - startMs };
}

/** A show of slow pictures only. */
function slowShow(): string {
  const file = join(show.folder, 'slow', 'show.yaml');
  mkdirSync(join(show.folder, 'slow', 'pictures'), { recursive: true });
  for (const name of ['a', 'b']) slowPicture(join(show.folder, 'slow', 'pictures', `${name}.svg`));
  writeShowFile(file, '{themes: [all], every: 400ms}');
  return file;
}

/** Tools that never answer. */
function slowTools(): string {
  const folder = join(show.folder, 'tools');
  mkdirSync(folder);
  for (const name of ['ffmpeg', 'ffprobe'])
    writeFileSync(join(folder, name), '#!/bin/sh\nexec sleep 100\n', { mode: 0o755 });
  mkdirSync(join(show.folder, 'clips'));
  writeFileSync(join(show.folder, 'clips', 'a.mp4'), 'no clip, but nobody gets to see that');
  writeFileSync(
    show.file,
    `version: 1
name: Clips
themes: {all: {images: [pictures], videos: [clips]}}
scenes: {only: {media: both, themes: [all], every: 1s}}
cuelist: {loop: forever, cues: [{name: one, duration: 1h, scenes: [{scene: only}]}]}
`,
  );
  return join(folder, 'ffmpeg');
}

describe('SIGHUP during the start', () => {
  it.each([0, 40, 120, 250])('waits for it and is one reload, %d ms after the libraries', async (afterMs) => {
    const running = start('run');
    await until(() => hasLoaded(running.pid, 'koffi'));
    await sleep(afterMs);
    for (let times = 0; times < 3; times += 1) running.child.kill('SIGHUP');
    await comesTo(running, 'playing');
    // Those that came when it played already are reloads of their own.
    for (;;) {
      const { done, unchanged, refused } = (await comesTo(running, 'playing')).report.reloads;
      if (done + unchanged > 0) {
        expect(refused).toBe(0);
        break;
      }
      await sleep(20);
    }
    expect(running.said()).not.toContain('unexpected');
  });

  it('is taken as soon as the program has its first line behind it', async () => {
    const running = start('run');
    await until(() => takesHangup(running.pid));
    expect(hasLoaded(running.pid, 'koffi')).toBe(false);
    running.child.kill('SIGHUP');
    await comesTo(running, 'playing');
  });
});

describe('an end by a signal', () => {
  it.each([0, 15, 40, 80, 150, 300])('is clean %d ms after the first line', async (afterMs) => {
    const running = start('run');
    await until(() => takesHangup(running.pid));
    await sleep(afterMs);
    const { end } = await endOf(running, afterMs % 2 === 0 ? 'SIGTERM' : 'SIGINT');
    expect(end).toEqual([0, null]);
    expect(running.said()).not.toMatch(/unexpected failure|not given back/);
  });

  it('takes a second SIGINT for what it is, whatever is at work', async () => {
    const running = start('run', slowShow());
    await comesTo(running, 'starting');
    await sleep(500);
    running.child.kill('SIGINT');
    const { end } = await endOf(running, 'SIGINT');
    expect([
      [null, 'SIGINT'],
      [0, null],
    ]).toContainEqual(end);
  });
});

describe('an end while a picture is decoded that takes half a minute', () => {
  it('comes soon before the first picture', async () => {
    const running = start('run', slowShow());
    await comesTo(running, 'starting');
    await until(() => hasLoaded(running.pid, 'libvips'));
    await sleep(1500);
    const { end, tookMs } = await endOf(running, 'SIGTERM');
    expect(end).toEqual([0, null]);
    expect(tookMs).toBeLessThan(SOON_MS);
  });

  it('comes soon while others are shown', async () => {
    slowPicture(join(show.pictures, 'slow.svg'));
    const running = start('run');
    await comesTo(running, 'playing');
    await sleep(1500);
    const { end, tookMs } = await endOf(running, 'SIGTERM');
    expect(end).toEqual([0, null]);
    expect(tookMs).toBeLessThan(SOON_MS);
  });

  it('comes soon by itself', async () => {
    slowPicture(join(show.pictures, 'slow.svg'));
    const running = start('run', show.file, '--duration', '1s');
    const exit = once(running.child, 'exit');
    // A second may be over before anybody has looked.
    await comesTo(running, 'playing').catch(() => {});
    const startMs = performance.now();
    expect(await exit).toEqual([0, null]);
    expect(performance.now() - startMs).toBeLessThan(SOON_MS);
  });

  it('comes soon for a measurement', async () => {
    const running = start('diag theme', slowShow());
    await until(() => hasLoaded(running.pid, 'libvips'));
    await sleep(1500);
    const { end, tookMs } = await endOf(running, 'SIGTERM');
    expect(end).toEqual([null, 'SIGTERM']);
    expect(tookMs).toBeLessThan(SOON_MS);
  });
});

it('ends soon while it looks for pictures in a large tree', async () => {
  writeFileSync(
    show.file,
    `version: 1
name: All
themes: {all: {images: [pictures, '/usr/**/*.jpg']}}
scenes: {only: {themes: [all], every: 1s}}
cuelist: {loop: forever, cues: [{name: one, duration: 1h, scenes: [{scene: only}]}]}
`,
  );
  const running = start('run');
  // How long it looks is a matter of the machine.
  await comesTo(running, 'starting', 'playing');
  await sleep(200);
  const { end, tookMs } = await endOf(running, 'SIGTERM');
  expect(end).toEqual([0, null]);
  expect(tookMs).toBeLessThan(SOON_MS);
});

describe('a program that is at work for a command', () => {
  it.each([
    ['run', 'SIGTERM'],
    ['run', 'SIGKILL'],
    ['check', 'SIGTERM'],
    ['check', 'SIGKILL'],
    ['plan', 'SIGTERM'],
  ] as const)('ends with %s at %s', async (command, signal) => {
    const running = start(command, show.file, '--set', `video.ffmpeg=${slowTools()}`);
    let tools: number[] = [];
    await until(() => {
      tools = descendants(running.pid);
      return tools.length > 0;
    });
    await endOf(running, signal);
    await until(() => !tools.some(isAlive));
  });
});

describe('SIGUSR1', () => {
  it.each(['run', 'check'])('opens no inspector while %s is at work', async (command) => {
    const running = start(command, show.file, '--set', `video.ffmpeg=${slowTools()}`);
    await until(() => descendants(running.pid).length > 0);
    running.child.kill('SIGUSR1');
    await sleep(500);
    expect([running.child.exitCode, running.child.signalCode]).toEqual([null, null]);
    expect(running.said()).not.toContain('Debugger');
  });
});
