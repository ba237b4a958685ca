/** The commands to the running instance, from the command line through a real socket and back. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandIo } from '../../../runtime/cli/command';
import { reportFailure } from '../../../runtime/cli/failure';
import { runProgram } from '../../../runtime/cli/program';
import type { InstanceControls } from '../../../runtime/control/methods';
import { openControlServer } from '../../../runtime/control/server';
import { issuesError, VitrineError } from '../../../runtime/core/errors';
import { silentLog } from '../../../runtime/core/log';
import { openScope, type Scope } from '../../../runtime/core/scope';

/** A PNG of 1x1 px. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let folder: string;
let scope: Scope;
let listener: ((name: string, event: unknown) => void) | undefined;

const controls: InstanceControls = {
  status: () => ({ state: 'playing' }),
  next: async () => ({ cue: 'noon' }),
  previous: async () => ({ cue: 'dawn' }),
  goto: async (cue) => {
    throw new VitrineError('VITRINE_E_REFUSED', `there is no cue ${cue}`);
  },
  display: (on) => Promise.resolve({ display: on ? 'on' : 'off' }),
  seek: (seek) => Promise.resolve({ cue: 'noon', moved: [], left: [], ...seek }),
  mastering: (on) => Promise.resolve({ mastered: on }),
  volume: (role = 'all', volume = 1) => Promise.resolve({ [role]: volume }),
  cache: (act) => Promise.resolve({ act }),
  pause: async () => {
    throw new TypeError('a defect');
  },
  resume: async () => null,
  stop: async () => null,
  reload: async ({ show = '' }) => {
    throw issuesError('VITRINE_E_SHOW', [{ file: show, line: 1, column: 1, message: 'is empty' }]);
  },
  screenshot: async () => PNG,
  on: (told) => {
    listener = told;
    return () => (listener = undefined);
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-remote-'));
  scope = openScope('test');
  await openControlServer({ socketPath: join(folder, 'control.sock'), env: {}, controls, scope, log: silentLog });
});

afterEach(async () => {
  await scope.close(2000);
  rmSync(folder, { recursive: true });
});

function io(interruption?: AbortSignal): CommandIo & { out: string; err: string; bytes: Buffer } {
  return {
    out: '',
    err: '',
    bytes: Buffer.alloc(0),
    stdout(text) {
      this.out += text;
    },
    stderr(text) {
      this.err += text;
    },
    stdoutBytes(bytes) {
      this.bytes = Buffer.concat([this.bytes, bytes]);
    },
    env: { VITRINE_CONTROL_SOCKET: 'control.sock' },
    cwd: folder,
    ...(interruption === undefined ? {} : { interruption: () => interruption }),
  };
}

async function type(...argv: string[]): Promise<{ code: number; out: string; err: string; bytes: Buffer }> {
  const world = io();
  const code = await runProgram(world, argv).catch((cause: unknown) => reportFailure(world, cause));
  return { code, out: world.out, err: world.err, bytes: world.bytes };
}

describe('a command to the running instance', () => {
  it('prints the outcome in words, or as one JSON document', async () => {
    expect(await type('status')).toMatchObject({ code: 0, out: 'state  playing\n', err: '' });
    expect(await type('next')).toMatchObject({ code: 0, out: 'next: cue noon\n' });
    expect(JSON.parse((await type('previous', '--json')).out)).toEqual({ cue: 'dawn' });
    expect(JSON.parse((await type('resume', '--json')).out)).toBeNull();
  });

  it('that is refused gives the reason and exit code 5', async () => {
    expect(await type('goto', 'nowhere')).toMatchObject({ code: 5, out: '', err: 'there is no cue nowhere\n' });
    const asJson = await type('goto', 'nowhere', '--json');
    expect(asJson.code).toBe(5);
    expect(JSON.parse(asJson.out).error.data.code).toBe('VITRINE_E_REFUSED');
  });

  it('sends the show as an absolute path and tells every fault of it', async () => {
    const { code, err } = await type('reload', '--show', 'new.yaml');
    expect([code, err]).toEqual([5, `${join(folder, 'new.yaml')}:1:1: is empty\n`]);
  });

  it('that meets a defect of the instance is a failure, not a refusal', async () => {
    expect(await type('pause')).toMatchObject({ code: 1, err: 'a defect\n' });
  });

  it('ends with 69 where no instance runs', async () => {
    const { code, err } = await type('next', '--control-socket', 'nobody.sock');
    expect([code, err]).toEqual([69, `no running instance (looked at ${join(folder, 'nobody.sock')})\n`]);
  });
});

describe('a screenshot', () => {
  it('is a whole file and nothing beside it', async () => {
    expect(await type('screenshot', 'shot.png')).toMatchObject({
      code: 0,
      out: `shot.png: 1x1 px, ${PNG.length} bytes\n`,
    });
    expect(readFileSync(join(folder, 'shot.png'))).toEqual(PNG);
    expect(readdirSync(folder).sort()).toEqual(['control.sock', 'shot.png']);
  });

  it('goes to standard output as it is', async () => {
    const { code, out, bytes } = await type('screenshot', '-');
    expect([code, out]).toEqual([0, '']);
    expect(bytes).toEqual(PNG);
  });

  it('that cannot be written says where', async () => {
    const { code, err } = await type('screenshot', 'none/shot.png');
    expect(code).toBe(1);
    expect(err).toContain(join(folder, 'none/shot.png'));
  });
});

describe('watch', () => {
  it('prints events one a line until it is interrupted', async () => {
    const interruption = new AbortController();
    const world = io(interruption.signal);
    const watching = runProgram(world, ['watch', '--json']);
    while (listener === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    listener('cue', { name: 'noon' });
    listener('scene', { name: 'slides' });
    while (world.out.split('\n').length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    interruption.abort();
    expect(await watching).toBe(0);
    const lines = world.out.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { name: 'cue', event: { name: 'noon' } },
      { name: 'scene', event: { name: 'slides' } },
    ]);
  });
});

it('prints events with their time, and the names in them on one line', async () => {
  const interruption = new AbortController();
  const world = io(interruption.signal);
  const watching = runProgram(world, ['watch']);
  while (listener === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  listener('picture', { file: 'a\nb\x1b[2J\u202egpj.jpg' });
  while (!world.out.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 5));
  interruption.abort();
  expect(await watching).toBe(0);
  expect(world.out).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d picture: file a\\nb\\x1b\[2J\\u202egpj\.jpg\n$/);
});

describe('the program', () => {
  const start = (...argv: string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [join(__dirname, '../../../runtime/main.js'), ...argv], {
      cwd: folder,
      env: { ...process.env, VITRINE_CONTROL_SOCKET: 'control.sock' },
    });
  const errorsOf = (child: ChildProcessWithoutNullStreams): (() => string) => {
    let text = '';
    child.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
    return () => text;
  };

  it('ends watching at an interrupt without a word', async () => {
    const child = start('watch');
    const errors = errorsOf(child);
    while (listener === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(errors()).toBe('');
  });

  it('ends quietly when nobody reads what it prints', async () => {
    const child = start('watch');
    const errors = errorsOf(child);
    while (listener === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    child.stdout.destroy();
    const ended = once(child, 'close');
    while (child.exitCode === null) {
      listener?.('cue', { name: 'noon' });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await ended).toEqual([0, null]);
    expect(errors()).toBe('');
  });

  it('gives the exit code of what it was asked', async () => {
    expect(await once(start('goto', 'nowhere'), 'close')).toEqual([5, null]);
    expect(await once(start('gogo'), 'close')).toEqual([2, null]);
  });
});
