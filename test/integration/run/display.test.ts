/** A running show whose display is switched off and on, by hand and by opening hours: what an X server's screen shows then. */
import { rmSync } from 'node:fs';
import { play, type Player } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { startXServer, type XServer } from '../../support/x-server';
import { comesToHold } from '../../support/until';
import { until, vitrine } from './program';

const WIDTH = 160;
const HEIGHT = 90;

let server: XServer;
let show: SmallShow;
let player: Player | undefined;
beforeEach(async () => {
  server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  show = await makeSmallShow();
});
afterEach(async () => {
  player?.child.kill('SIGTERM');
  await player?.ended.catch(() => {});
  player = undefined;
  rmSync(show.folder, { recursive: true, force: true });
  await server.kill();
});

const start = (...args: readonly string[]): Player =>
  (player = play(show.folder, ['--show', show.file, '--display', 'x11', ...args], { DISPLAY: server.display }));

/** Whether anything but black is on the screen. */
const isLit = (): boolean => server.screen().some((byte, at) => at % 4 !== 3 && byte > 0);

/** Waits until it is, or is not; gives what it is at the end. */
async function becomes(lit: boolean): Promise<boolean> {
  return (await comesToHold(() => isLit() === lit)) ? lit : !lit;
}

interface Status {
  readonly display: string;
  readonly report: { readonly frames: { readonly black: number; readonly presented: number } };
}

it('is dark when switched off and shows the picture again when switched on, while the show goes on', async () => {
  const running = start('--duration', '60s');
  await running.playing();
  expect(await becomes(true)).toBe(true);

  const off = await vitrine(['display', 'off', '--json', '--control-socket', running.socket]);
  expect(off.code).toBe(0);
  expect(JSON.parse(off.out)).toMatchObject({ display: 'off', because: 'command' });
  expect(isLit()).toBe(false);
  const dark = await running.call<Status>('status');
  expect(dark.display).toBe('off');
  await running.call('next');
  await new Promise((wake) => setTimeout(wake, 1000));
  const later = await running.call<Status>('status');
  expect(isLit()).toBe(false);
  expect(later.report.frames.presented).toBe(dark.report.frames.presented);

  expect((await vitrine(['display', 'on', '--control-socket', running.socket])).out).toMatch(/^display: display on/);
  expect(await becomes(true)).toBe(true);
  const on = await running.call<Status>('status');
  expect([on.display, on.report.frames.black]).toEqual(['on', 0]);

  const wrong = await vitrine(['display', 'dim', '--control-socket', running.socket]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/on, off/)]);
});

it('is dark outside of its opening hours', async () => {
  const hour = new Date().getHours();
  const closed = `${(hour + 2) % 24}:00-${(hour + 3) % 24}:00`;
  const running = start('--duration', '60s', '--set', `display.schedule=${closed}`);
  await running.playing();
  expect(await becomes(false)).toBe(false);
  expect(await running.call<Status>('status')).toMatchObject({ display: 'off' });
  await running.call('display', { state: 'on' });
  expect(await becomes(true)).toBe(true);
});

it('stays dark on a display that comes back', async () => {
  const running = start('--duration', '60s');
  await running.playing();
  expect(await becomes(true)).toBe(true);
  await running.call('display', { state: 'off' });
  const { display } = server;
  await server.kill();
  server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT, display });
  await until(
    () => running.call<{ report: { output: string } }>('status'),
    ({ report }) => report.output === 'x11',
  );
  expect(isLit()).toBe(false);
  await running.call('display', { state: 'on' });
  expect(await becomes(true)).toBe(true);
});
