/** Names with control characters in them: no command hands them to the terminal as they are. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { play, PROGRAM, type Player } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { until, vitrine } from './program';

/** Sets a terminal's title, begins a line of its own, colours in two ways, and turns the direction of writing. */
const HOSTILE = 'a\x1b]0;owned\x07\nFORGED\rFORGED\x9b31m\u202eb\x7f';
const UNSEEN = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

let show: SmallShow;
let file: string;
let broken: string;
let player: Player;
let fake: Server;
let fakeSocket: string;

function expectSafe(text: string): void {
  expect(text).not.toMatch(UNSEEN);
  expect(text).not.toMatch(/^FORGED/m);
}

beforeAll(async () => {
  show = await makeSmallShow();
  const folder = join(show.folder, HOSTILE);
  mkdirSync(folder);
  renameSync(join(show.pictures, '0.png'), join(show.pictures, `${HOSTILE}.png`));
  writeFileSync(join(show.pictures, `${HOSTILE}.jpg`), 'no picture');
  writeFileSync(join(show.pictures, `${HOSTILE}.psd`), 'no picture');
  file = join(folder, 'show.yaml');
  const name = JSON.stringify(HOSTILE);
  const written = (images: string): string => `version: 1
name: ${name}
themes: {${name}: {images: [${images}], texts: [${name}]}}
scenes: {${name}: {themes: [${name}], every: 300ms}}
cuelist: {cues: [{name: ${name}, duration: 1s, scenes: [{scene: ${name}}]}, {name: second, duration: 1s, scenes: [{scene: ${name}}]}]}
`;
  writeFileSync(file, written('../pictures'));
  broken = join(folder, 'broken.yaml');
  writeFileSync(broken, `${written(name)}${name}: ${name}\n`);
  player = play(show.folder, ['--show', file, '--display', 'offscreen', '--size', '64x36']);
  player.ended.catch(() => {});
  await player.playing();
  fakeSocket = join(show.folder, 'fake.sock');
  fake = createServer((socket) => {
    // Callers leave as soon as they have read enough.
    socket.on('error', () => {});
    socket.on('data', () => {
      const result = {
        [HOSTILE]: HOSTILE,
        state: HOSTILE,
        report: { errors: [{ message: HOSTILE }], output: HOSTILE },
      };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, result })}\n`);
      socket.write(
        `${JSON.stringify({ jsonrpc: '2.0', method: HOSTILE, params: { name: HOSTILE, file: HOSTILE } })}\n`,
      );
      socket.end();
    });
  }).listen(fakeSocket);
});

afterAll(() => {
  fake.close();
  player.child.kill('SIGKILL');
  rmSync(show.folder, { recursive: true, force: true });
});

describe.each(['', '--json'])('names in what is printed %s', (json) => {
  const also = json === '' ? [] : [json];

  it.each([
    ['check', (): string[] => ['check', file]],
    ['check of a broken show', (): string[] => ['check', broken]],
    ['plan', (): string[] => ['plan', '--show', file]],
    ['plan of a broken show', (): string[] => ['plan', '--show', broken]],
    ['explain', (): string[] => ['explain', '--show', file]],
    ['explain of a value', (): string[] => ['explain', 'show', '--show', file]],
    ['diag theme', (): string[] => ['diag', 'theme', '--show', file, '--lookups', '3']],
  ])('by %s are visible', async (_, args) => {
    const { out, err } = await vitrine([...args(), ...also]);
    expect(out + err).toContain('owned');
    expectSafe(out + err);
    if (json !== '' && out !== '') expect(() => JSON.parse(out) as unknown).not.toThrow();
  });

  it.each([
    ['status', []],
    ['next', []],
    ['goto', [HOSTILE]],
    ['goto', ['nowhere']],
    ['reload', ['--show', 'broken']],
    ['pause', []],
    ['resume', []],
  ])('by %s %j of a running show are visible', async (command, given) => {
    const args = given.map((word) => (word === 'broken' ? broken : word));
    const { out, err } = await vitrine([command, ...args, ...also, '--control-socket', player.socket]);
    expect(out + err).not.toBe('');
    expectSafe(out + err);
    if (json !== '' && out !== '') expect(() => JSON.parse(out) as unknown).not.toThrow();
  });

  it.each(['status', 'next', 'cache', 'watch'])(
    'by %s of something that only answers like a show are visible',
    async (command) => {
      const args = command === 'cache' ? ['cache', 'stats'] : [command];
      const { out, err } = await vitrine([...args, ...also, '--control-socket', fakeSocket]);
      expectSafe(out + err);
    },
  );

  it('by watch are visible', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'watch', ...also, '--control-socket', player.socket]);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    try {
      await until(
        async () => out,
        (text) => text.split('\n').length > 4 && text.includes('owned'),
      );
    } finally {
      child.kill('SIGKILL');
    }
    expectSafe(out);
  });
});

it('in the log of a run are visible', async () => {
  await until(
    async () => player.log(),
    (log) => log.includes('owned'),
  );
  expectSafe(player.log());
});

it('on the terminal of a run are visible, beside its own colours and carriage returns', () => {
  const run = [process.execPath, PROGRAM, 'run', '--show', file, '--display', 'offscreen', '--size', '64x36'];
  const options = [
    '--duration',
    '4s',
    '--set',
    `control.socket=${join(show.folder, 'terminal.sock')}`,
    '--set',
    'telemetry.http=off',
  ];
  const command = [...run, ...options].map((word) => `'${word}'`).join(' ');
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    timeout: 50_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', TERM: 'xterm', JOURNAL_STREAM: undefined },
  });
  expect(stdout).toContain('owned');
  expect(stdout).toMatch(/\x1b\[3[12]m/);
  expectSafe(stdout.replaceAll(/\x1b\[(?:\d+)m|\r/g, ''));
});
