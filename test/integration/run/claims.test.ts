/** What can refuse a start is looked at before a display is opened: nobody sees a second instance. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { socketOf } from '../../../runtime/display/x11';
import { play, sleep, type Player } from '../../bench/player';
import { slowPicture } from '../../support/slow-picture';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { freeDisplay } from '../../support/x-server';
import { vitrine } from './program';

let show: SmallShow;
let first: Player | undefined;
/** A display that counts who comes, and shows nobody anything. */
let display: string;
let server: Server;
let clients = 0;

beforeEach(async () => {
  show = await makeSmallShow();
  clients = 0;
  display = await freeDisplay();
  rmSync(socketOf(display)!, { force: true });
  server = createServer((socket) => {
    clients += 1;
    socket.on('error', () => {}).destroy();
  }).listen(socketOf(display)!);
  await once(server, 'listening');
});

afterEach(async () => {
  first?.child.kill('SIGKILL');
  first = undefined;
  await new Promise((closed) => server.close(closed));
  rmSync(show.folder, { recursive: true, force: true });
});

const startAt = (socket: string, ...args: string[]) =>
  vitrine(
    [
      'run',
      show.file,
      '--display',
      'x11',
      '--renderer',
      'cpu',
      '--set',
      'telemetry.http=off',
      '--duration',
      '1s',
    ].concat(['--set', `control.socket=${socket}`], args),
    { DISPLAY: display },
  );

it('comes to a display where nothing refuses it', async () => {
  await startAt(join(show.folder, 'c.sock'));
  expect(clients).toBeGreaterThan(0);
});

it.each(['plays', 'has just been started'])('opens no display beside an instance that %s', async (stage) => {
  first = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '320x180']);
  first.ended.catch(() => {});
  const { call, playing, socket } = first;
  const answers = (): Promise<boolean> =>
    call('status').then(
      () => true,
      () => false,
    );
  if (stage === 'plays') await playing();
  else while (!(await answers())) await sleep(5);
  const { code, err } = await startAt(socket);
  expect([code, err]).toEqual([1, expect.stringContaining('an instance is already running')]);
  expect(clients).toBe(0);
  await playing();
});

it.each([
  ['a folder that everybody may write', 'open/c.sock', [], /may be written by everybody/],
  ['a report that cannot be written', 'c.sock', ['--report', '/proc/none/report.json'], /there is no folder/],
  ['a wrong option', 'c.sock', ['--set', 'theme.workers=many'], /theme\.workers/],
  ['a budget that is no size', 'c.sock', ['--set', 'memory.budget=a lot'], /memory\.budget/],
] as const)('opens no display for %s', async (_what, socket, args, because) => {
  mkdirSync(join(show.folder, 'open'));
  chmodSync(join(show.folder, 'open'), 0o777);
  const { code, err } = await startAt(join(show.folder, socket), ...args);
  expect(code).not.toBe(0);
  expect(err).toMatch(because);
  expect(clients).toBe(0);
});

it('answers that it starts until it plays, and is ended by a stop meanwhile', async () => {
  // It starts for as long as this test needs.
  for (const name of readdirSync(show.pictures)) rmSync(join(show.pictures, name));
  slowPicture(join(show.pictures, 'slow.svg'));
  first = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '320x180']);
  const { call, ended } = first;
  ended.catch(() => {});
  const state = (): Promise<string> =>
    call<{ state: string }>('status').then(
      (now) => now.state,
      () => '',
    );
  let seen = '';
  for (; seen === '' && first.child.exitCode === null; seen = await state()) await sleep(20);
  expect(seen).toBe('starting');
  await expect(call('next')).rejects.toThrow(/no show is running yet/);
  const exit = once(first.child, 'exit');
  await call('stop');
  expect(await exit).toEqual([0, null]);
});
