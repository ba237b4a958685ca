/** The control server over real sockets: requests, refusals, bounds, take-over and the end. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { spawn, spawnSync } from 'node:child_process';
import { instancePaths } from '../../../runtime/cli/instance';
import { callInstance, watchInstance } from '../../../runtime/control/client';
import { CONTROL_LIMITS, type ControlLimits } from '../../../runtime/control/limits';
import type { InstanceControls } from '../../../runtime/control/methods';
import { openControlServer } from '../../../runtime/control/server';
import { startingControls } from '../../../runtime/control/starting-controls';
import { VitrineError } from '../../../runtime/core/errors';
import { createEmitter } from '../../../runtime/core/events';
import { silentLog } from '../../../runtime/core/log';
import { openScope, openScopes, type Scope } from '../../../runtime/core/scope';
import { until } from '../../support/until';

const NOBODY = 65534;
const itAsRoot = process.getuid!() === 0 ? it : it.skip;

let folder: string;
let socketPath: string;
/** Where this user's socket is when none is set. */
let env: NodeJS.ProcessEnv;
let scope: Scope;

/** An instance that remembers what it was asked. */
function fakeInstance() {
  const emitter = createEmitter<{ any: { name: string; event: unknown } }>(() => {});
  const asked: string[] = [];
  const told = (what: string) => async (): Promise<unknown> => {
    asked.push(what);
    return { cue: 'noon' };
  };
  let listeners = 0;
  const controls: InstanceControls = {
    status: () => ({ state: 'playing' }),
    next: told('next'),
    previous: told('previous'),
    goto: async (cue) => {
      if (cue === 'nowhere') throw new VitrineError('VITRINE_E_REFUSED', 'there is no cue nowhere; did you mean noon?');
      asked.push(`goto ${cue}`);
      return { cue };
    },
    display: (on) => Promise.resolve({ display: on ? 'on' : 'off' }),
    seek: (seek) => Promise.resolve({ cue: 'noon', moved: [], left: [], ...seek }),
    mastering: (on) => Promise.resolve({ mastered: on }),
    volume: (role = 'all', volume = 1) => Promise.resolve({ [role]: volume }),
    cache: (act) => Promise.resolve({ act }),
    pause: told('pause'),
    resume: told('resume'),
    stop: async () => {
      void scope.close(1000);
      return { stopping: true };
    },
    reload: async ({ show }) => {
      asked.push(`reload ${show}`);
      return { swapped: true, session: 's2', showHash: 'sha256:0', readyMs: 1, swapFrame: 2, blackFrames: 0 };
    },
    screenshot: async () => {
      // The beginning of a PNG 64 px wide and 48 px high, and then enough to fill the socket's buffers many times.
      const png = Buffer.alloc(4 * 1024 * 1024);
      png.writeUInt32BE(64, 16);
      png.writeUInt32BE(48, 20);
      return png;
    },
    on: (listener) => {
      listeners += 1;
      const off = emitter.on('any', ({ name, event }) => listener(name, event));
      return () => {
        listeners -= 1;
        off();
      };
    },
  };
  const emit = (name: string, event: unknown): void => emitter.emit('any', { name, event });
  return { controls, asked, emit, listeners: () => listeners };
}

async function openServer(limits: Partial<ControlLimits> = {}) {
  const instance = fakeInstance();
  const options = { socketPath, env, controls: instance.controls, scope, log: silentLog };
  await openControlServer({ ...options, limits: { ...CONTROL_LIMITS, ...limits } });
  return instance;
}

const call = (method: string, params: Record<string, unknown> = {}) =>
  callInstance({ socketPaths: [socketPath], method, params, timeoutMs: 5000 });

/** A caller that speaks for itself; `lines` gives what has come. */
async function rawCaller(): Promise<{ socket: Socket; lines(count: number): Promise<Record<string, unknown>[]> }> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (piece: Buffer) => (text += piece.toString('utf8'))).on('error', () => {});
  return {
    socket,
    async lines(count) {
      while (text.split('\n').length <= count) {
        if (socket.closed) throw new Error('the connection is closed');
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      }
      const whole = text.split('\n').slice(0, -1);
      return whole.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-control-'));
  socketPath = join(folder, 'run', 'control.sock');
  env = { XDG_RUNTIME_DIR: join(folder, 'own') };
  scope = openScope('test');
});

afterEach(async () => {
  const report = await scope.close(3000);
  expect(report.faults).toEqual([]);
  expect(openScopes()).toEqual([]);
  rmSync(folder, { recursive: true });
});

describe('a running instance', () => {
  it('answers its methods', async () => {
    const { asked } = await openServer();
    expect(await call('status')).toEqual({ result: { state: 'playing' } });
    expect(await call('next')).toEqual({ result: { cue: 'noon' } });
    expect(await call('goto', { cue: 'dusk' })).toEqual({ result: { cue: 'dusk' } });
    expect(await call('reload', { show: '/srv/show.yaml' })).toMatchObject({ result: { swapped: true } });
    expect(asked).toEqual(['next', 'goto dusk', 'reload /srv/show.yaml']);
  });

  it('refuses with the reason and its code', async () => {
    await openServer();
    const refusal = await call('goto', { cue: 'nowhere' });
    expect(refusal).toMatchObject({ error: { code: -32000, data: { code: 'VITRINE_E_REFUSED' } } });
    expect(await call('reload', { show: 'show.yaml' })).toMatchObject({ error: { code: -32602 } });
    expect(await call('dance')).toMatchObject({ error: { code: -32601 } });
    expect(await call('toString')).toMatchObject({ error: { code: -32601 } });
  });

  it('sends pictures of several MB with their size', async () => {
    await openServer();
    const reply = (await call('screenshot')) as { result: { png: string; widthPx: number; heightPx: number } };
    expect(reply.result).toMatchObject({ widthPx: 64, heightPx: 48 });
    expect(Buffer.from(reply.result.png, 'base64').length).toBe(4 * 1024 * 1024);
  });

  it('answers requests that come in one piece in their order and notifications not at all', async () => {
    const { asked } = await openServer();
    const { socket, lines } = await rawCaller();
    const ask = (id: unknown, method: string): string => `${JSON.stringify({ jsonrpc: '2.0', id, method })}\n`;
    socket.write(`${ask(1, 'pause')}${ask(undefined, 'next')}nonsense\n${ask('z', 'resume')}`);
    const replies = await lines(3);
    expect(replies.map(({ id, error }) => [id, error === undefined])).toEqual([
      [1, true],
      [null, false],
      ['z', true],
    ]);
    expect(asked).toEqual(['pause', 'next', 'resume']);
    socket.destroy();
  });

  it('answers a caller that closed its side after asking', async () => {
    await openServer();
    const { socket, lines } = await rawCaller();
    socket.end('{"jsonrpc":"2.0","id":1,"method":"status"}\n');
    expect(await lines(1)).toMatchObject([{ id: 1, result: { state: 'playing' } }]);
    await until(() => socket.closed);
  });

  it('lets the reply to stop out before it ends, and takes its socket away', async () => {
    await openServer();
    expect(await call('stop')).toEqual({ result: { stopping: true } });
    await scope.close(1000);
    expect(existsSync(socketPath)).toBe(false);
    await expect(call('status')).rejects.toMatchObject({ code: 'VITRINE_E_NOT_RUNNING', exitCode: 69 });
  });

  it('opens its socket to owner and group only', async () => {
    await openServer();
    expect(statSync(socketPath).mode & 0o777).toBe(0o660);
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
  });
});

describe('watching', () => {
  it('tells events until the caller leaves', async () => {
    const { emit, listeners } = await openServer();
    const leave = new AbortController();
    const seen: unknown[] = [];
    const watching = watchInstance(
      { socketPaths: [socketPath], timeoutMs: 5000 },
      (name, event) => {
        seen.push([name, event]);
        if (seen.length === 2) leave.abort();
      },
      leave.signal,
    );
    await until(() => listeners() === 1);
    emit('cue', { name: 'noon' });
    emit('paused', undefined);
    expect(await watching).toEqual({ over: 'left' });
    expect(seen).toEqual([
      ['cue', { name: 'noon' }],
      ['paused', null],
    ]);
    await until(() => listeners() === 0);
  });

  it('ends with the instance', async () => {
    const { listeners } = await openServer();
    const watching = watchInstance(
      { socketPaths: [socketPath], timeoutMs: 5000 },
      () => {},
      new AbortController().signal,
    );
    await until(() => listeners() === 1);
    await scope.close(1000);
    expect(await watching).toEqual({ over: 'ended' });
    expect(listeners()).toBe(0);
  });

  it('leaves events out for a reader that does not keep up, says how many, and goes on', async () => {
    const { emit, listeners } = await openServer({ unreadEventBytes: 1000 });
    const { socket, lines } = await rawCaller();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"watch"}\n');
    await until(() => listeners() === 1);
    await lines(1);
    socket.pause();
    const sent = 3000;
    for (let number = 0; number < sent; number += 1) emit('frame', { number, padding: 'x'.repeat(1000) });
    socket.resume();
    const isMissed = ({ params }: Record<string, unknown>): boolean =>
      (params as { name?: string } | undefined)?.name === 'missed';
    let all = await lines(2);
    while (!all.some(isMissed)) all = await lines(all.length + 1);
    const { event } = all.find(isMissed)!['params'] as { event: { count: number } };
    const frames = all.filter((line) => (line['params'] as { name?: string } | undefined)?.name === 'frame').length;
    expect(event.count).toBeGreaterThan(0);
    expect(frames + event.count).toBe(sent);
    emit('after', {});
    expect((await lines(all.length + 1)).at(-1)).toMatchObject({ params: { name: 'after' } });
    socket.destroy();
  });

  it('is refused beyond the limit while asking stays possible', async () => {
    const { listeners } = await openServer({ watchers: 1 });
    const { socket } = await rawCaller();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"watch"}\n');
    await until(() => listeners() === 1);
    expect(await call('watch')).toMatchObject({ error: { code: -32000 } });
    expect(await call('status')).toHaveProperty('result');
    socket.destroy();
    await until(() => listeners() === 0);
    expect(await call('watch')).toHaveProperty('result');
  });
});

describe('callers that take too much', () => {
  it('are told when they are too many', async () => {
    await openServer({ callers: 1 });
    const first = await rawCaller();
    const second = await rawCaller();
    expect(await second.lines(1)).toMatchObject([{ id: null, error: { code: -32000 } }]);
    await until(() => second.socket.closed);
    first.socket.destroy();
    while (!('result' in (await call('status'))));
  });

  it('are let go after a line without end', async () => {
    await openServer();
    const { socket, lines } = await rawCaller();
    socket.write('x'.repeat(1024 * 1024 + 10));
    expect(await lines(1)).toMatchObject([{ id: null, error: { code: -32600 } }]);
    await until(() => socket.closed);
  });

  it('are let go when they ask nothing', async () => {
    await openServer({ idleMs: 20 });
    const { socket } = await rawCaller();
    socket.write('{"jsonrpc"');
    await until(() => socket.closed);
    expect(socket.closed).toBe(true);
  });

  it('are let go when they do not read what they asked for', async () => {
    const { listeners } = await openServer({ stalledMs: 20 });
    const { socket, lines } = await rawCaller();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"watch"}\n');
    await lines(1);
    expect(listeners()).toBe(1);
    socket.pause();
    socket.write('{"jsonrpc":"2.0","id":2,"method":"screenshot"}\n'.repeat(50));
    await until(() => listeners() === 0);
    socket.destroy();
  });
});

describe('a socket path', () => {
  it('of a running instance is refused to a second one, which changes nothing', async () => {
    await openServer();
    const second = openScope('second');
    const options = { socketPath, env, controls: fakeInstance().controls, scope: second, log: silentLog };
    await expect(openControlServer(options)).rejects.toMatchObject({ code: 'VITRINE_E_CONTROL', exitCode: 1 });
    await second.close(1000);
    expect(await call('status')).toHaveProperty('result');
  });

  it('left behind by a killed instance is taken over', async () => {
    leaveStaleSocket();
    await openServer();
    expect(await call('status')).toHaveProperty('result');
  });

  it('is won by exactly one of several that start at the same moment', async () => {
    leaveStaleSocket();
    const starts = Array.from({ length: 6 }, (_, index) => {
      const child = scope.child(`start-${index}`);
      return openControlServer({ socketPath, env, controls: fakeInstance().controls, scope: child, log: silentLog });
    });
    const outcomes = await Promise.allSettled(starts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await call('status')).toHaveProperty('result');
  });

  it('that is a file is left alone', async () => {
    socketPath = join(folder, 'notes.txt');
    writeFileSync(socketPath, 'mine');
    await expect(openServer()).rejects.toThrow(/not a socket/);
    expect(statSync(socketPath).isFile()).toBe(true);
  });

  it('that is too long, or in a folder everybody may write, is refused with the reason', async () => {
    socketPath = join(folder, 'x'.repeat(120), 'control.sock');
    await expect(openServer()).rejects.toThrow(/107/);
    socketPath = join(folder, 'control.sock');
    chmodSync(folder, 0o777);
    await expect(openServer()).rejects.toThrow(/everybody/);
  });

  itAsRoot.each([
    ['of another user', NOBODY, 0, 0o700, /belongs to another user/],
    ['that a group of others may write', 0, NOBODY, 0o770, /group of others/],
    ['of another user where everybody may add', NOBODY, 0, 0o1777, /belongs to another user/],
  ])('in a folder %s is refused', async (_what, uid, gid, mode, because) => {
    mkdirSync(join(folder, 'run'));
    chownSync(join(folder, 'run'), uid, gid);
    chmodSync(join(folder, 'run'), mode);
    await expect(openServer()).rejects.toThrow(because);
    expect(readdirSync(join(folder, 'run'))).toEqual([]);
  });

  it.each([
    ['of its own', 0o700],
    ['that its group may write', 0o770],
    ['where everybody may add', 0o1777],
  ])('in a folder %s is used, and nothing else stays there', async (_what, mode) => {
    mkdirSync(join(folder, 'run'));
    chmodSync(join(folder, 'run'), mode);
    await openServer();
    expect(await call('status')).toHaveProperty('result');
    expect(readdirSync(join(folder, 'run'))).toEqual(['control.sock']);
    expect(existsSync(join(folder, 'own')) ? readdirSync(join(folder, 'own', 'vitrine')) : []).toEqual([]);
  });

  it('below /proc is refused at once', async () => {
    socketPath = '/proc/vitrine/control.sock';
    await expect(openServer()).rejects.toThrow(/cannot be made/);
  });

  it('is given up when the start is broken off', async () => {
    const starting = openServer();
    await scope.close(1000);
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(socketPath)).toBe(false);
  });
});

describe('the lock of a start', () => {
  // Only root can be another user, too.
  (process.getuid!() === 0 ? it : it.skip).each([
    ['of its own', 0o700],
    ['where everybody may add', 0o1777],
  ])('is no other user to take, in a folder %s', async (_what, mode) => {
    const run = join(folder, 'run');
    mkdirSync(run);
    chmodSync(run, mode);
    const { dev, ino } = statSync(run);
    const place = createHash('sha256').update(`${dev}:${ino}:control.sock`).digest('hex').slice(0, 32);
    const [victim, lock] = [join(folder, 'victim'), join(run, '.control.sock.lock')];
    writeFileSync(victim, 'mine');
    const plant = `
      if (process.getuid() === 0) process.setuid(${NOBODY});
      const { openSync, symlinkSync } = require('node:fs');
      try {
        symlinkSync(${JSON.stringify(victim)}, ${JSON.stringify(join(run, `.${place}.lock`))});
        require(${JSON.stringify(require.resolve('koffi'))}).load(null).func('int flock(int fd, int operation)')(openSync(${JSON.stringify(lock)}, 'w', 0o666), 2);
      } catch {}
      require('node:net').createServer().listen('\\0vitrine-start-${place}', () => console.log('there'));`;
    const attacker = spawn(process.execPath, ['-e', plant], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(attacker.stdout, 'data');
      await openServer();
      expect(await call('status')).toHaveProperty('result');
      expect(readFileSync(victim, 'utf8')).toBe('mine');
    } finally {
      attacker.kill('SIGKILL');
      await once(attacker, 'close');
    }
  });

  it('holds others up for as long as its process lives, and no longer', async () => {
    const lock = join(folder, 'run', '.control.sock.lock');
    const program = `
      require('node:fs').mkdirSync(${JSON.stringify(join(folder, 'run'))}, { mode: 0o700 });
      require(${JSON.stringify(join(__dirname, '../../../runtime/control/start-lock.js'))})
        .lockStart(${JSON.stringify(socketPath)}, 'unused', {}, new AbortController().signal)
        .then(() => console.log('locked'));
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(holder, 'close');
    try {
      await once(holder.stdout, 'data');
      await expect(openServer()).rejects.toThrow(/another instance is starting/);
    } finally {
      holder.kill('SIGKILL');
      await ended;
    }
    expect(existsSync(lock)).toBe(true);
    await openServer();
    expect(existsSync(lock)).toBe(false);
  });
});

describe('a start', () => {
  it('answers that it is one, and then for the show, to callers and to who watches', async () => {
    const stops: string[] = [];
    const starting = startingControls(() => stops.push('stop'));
    const instance = fakeInstance();
    await openControlServer({ socketPath, env, controls: starting.controls, scope, log: silentLog });
    expect(await call('status')).toEqual({ result: { state: 'starting', pid: process.pid } });
    for (const method of ['next', 'pause', 'reload', 'screenshot'])
      expect(await call(method)).toMatchObject({ error: { data: { code: 'VITRINE_E_REFUSED' } } });
    const { socket, lines } = await rawCaller();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"watch"}\n');
    await lines(1);
    await call('stop');
    expect(stops).toEqual(['stop']);

    starting.handOver(instance.controls);
    expect(await call('status')).toEqual({ result: { state: 'playing' } });
    instance.emit('cue', { name: 'noon' });
    expect((await lines(2)).at(-1)).toMatchObject({ params: { name: 'cue' } });
    socket.destroy();
    await until(() => instance.listeners() === 0);
  });
});

describe('a caller', () => {
  itAsRoot.each([
    ['folder', 'vitrine'],
    ['socket', 'vitrine/control.sock'],
  ])('does not talk to what has the %s of another user, unless it is named', async (_what, part) => {
    socketPath = join(folder, 'vitrine', 'control.sock');
    await openServer();
    const world = { env: { XDG_RUNTIME_DIR: folder }, cwd: '/' };
    expect(instancePaths(world, undefined)).toMatchObject({ strangers: [] });
    chownSync(join(folder, part), NOBODY, NOBODY);
    const { socketPaths, strangers = [] } = instancePaths(world, undefined);
    expect(strangers).toEqual([socketPath]);
    expect(socketPaths).not.toContain(socketPath);
    const asked = { socketPaths: [], strangers, method: 'status', params: {}, timeoutMs: 5000 };
    await expect(callInstance(asked)).rejects.toThrow(/belongs to another user.*--control-socket/);
    expect(instancePaths(world, socketPath)).toEqual({ socketPaths: [socketPath] });
  });

  it('looks at every path and says where it looked', async () => {
    await openServer();
    const elsewhere = join(folder, 'none.sock');
    const asked = { method: 'status', params: {}, timeoutMs: 5000 };
    expect(await callInstance({ ...asked, socketPaths: [elsewhere, socketPath] })).toHaveProperty('result');
    await expect(callInstance({ ...asked, socketPaths: [elsewhere] })).rejects.toThrow(elsewhere);
  });

  it('does not wait for ever for an instance that hangs', async () => {
    const path = join(folder, 'mute.sock');
    const mute = createServer((socket) => socket.on('error', () => {}).resume()).listen(path);
    await once(mute, 'listening');
    const asked = { socketPaths: [path], method: 'status', params: {}, timeoutMs: 20 };
    await expect(callInstance(asked)).rejects.toMatchObject({ code: 'VITRINE_E_CONTROL' });
    await new Promise((resolve) => mute.close(resolve));
  });

  it('is told when the instance ends in the middle', async () => {
    const path = join(folder, 'short.sock');
    const short = createServer((socket) => socket.destroy()).listen(path);
    await once(short, 'listening');
    const asked = { socketPaths: [path], method: 'status', params: {}, timeoutMs: 5000 };
    await expect(callInstance(asked)).rejects.toThrow(/ended before/);
    await new Promise((resolve) => short.close(resolve));
  });
});

/** A socket file with nobody behind it, as a process leaves it that was killed. */
function leaveStaleSocket(): void {
  const program = `
    require('node:fs').mkdirSync(${JSON.stringify(join(folder, 'run'))}, { recursive: true, mode: 0o700 });
    require('node:net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'));`;
  spawnSync(process.execPath, ['-e', program]);
  expect(statSync(socketPath).isSocket()).toBe(true);
}
