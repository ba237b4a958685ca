/** The order of play as the whole program has it: what comes on, through skips and reloads. */
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endPlayers, play, type Player } from '../../bench/player';
import { watchInstance } from '../../../runtime/control/client';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { lossless, made, steps } from '../video/fixture';
import { until, vitrine } from './program';

let show: SmallShow;
let leave: AbortController;
beforeEach(async () => {
  show = await makeSmallShow();
  leave = new AbortController();
});
afterEach(() => {
  leave.abort();
  endPlayers();
  rmSync(show.folder, { recursive: true, force: true });
});

function writeShow(scene: string, name: string): void {
  const cue = (cueName: string): string => `{name: ${cueName}, duration: 1h, scenes: [{scene: only}]}`;
  writeFileSync(
    show.file,
    `version: 1
name: ${name}
themes: {all: {images: [pictures], videos: ['pictures/*.mp4']}}
scenes: {only: ${scene}}
cuelist: {cues: [${cue('first')}, ${cue('second')}]}
`,
  );
}

/** Plays the show; what comes on from the first moment that somebody can watch is in the list. */
async function watched(): Promise<{ player: Player; shown: string[] }> {
  const player = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '320x180', '--seed', '3']);
  player.ended.catch(() => {});
  await player.playing();
  const shown: string[] = [];
  const socketPaths = [player.socket];
  void watchInstance(
    { socketPaths, timeoutMs: 10_000 },
    (name, event) => void (name === 'picture' && shown.push((event as { file: string }).file)),
    leave.signal,
  );
  await until(
    async () => shown.length,
    (count) => count > 1,
  );
  return { player, shown };
}

const seen = async (shown: readonly string[], more: number): Promise<void> => {
  const before = shown.length;
  await until(
    async () => shown.length,
    (count) => count >= before + more,
  );
};

/** Lists the files between two files of a looping order. */
function leftOut(order: readonly string[], before: string, after: string): string[] {
  const [from, to] = [order.indexOf(before), order.indexOf(after)];
  const count = (to - from - 1 + order.length) % order.length;
  return Array.from({ length: count }, (_, at) => order[(from + 1 + at) % order.length]!);
}

/** How often a file was left out for a round or more after it had been shown, or at the beginning. */
function timesGone(shown: readonly string[], left: readonly (readonly string[])[], file: string): number {
  let [times, isGone] = [0, false];
  left.forEach((files, at) => {
    if (shown[at] === file) isGone = false;
    if (!files.includes(file)) return;
    if (!isGone) times += 1;
    isGone = true;
  });
  return times;
}

it('plays pictures and clips in one sequence, and no skip or reload loses its place', async () => {
  for (const name of ['0b.mp4', '10.mp4'])
    copyFileSync(made('order.mp4', ...steps(25, 25), ...lossless), join(show.pictures, name));
  const scene = '{themes: [all], media: both, order: sequence, every: 150ms, transition: {type: cut}}';
  writeShow(scene, 'Order');
  const { player, shown } = await watched();
  for (const [round, act] of ['next', 'reload', 'goto', 'reload', 'previous', 'reload'].entries()) {
    writeShow(scene, `Order ${round}`);
    await player.call(act, act === 'goto' ? { cue: 'second' } : {});
    await seen(shown, 2);
  }
  // By its end everything that it said has come.
  const { frames } = await player.end();
  const order = ['0.png', '0b.mp4', '1.png', '2.png', '10.mp4'].map((name) => `pictures/${name}`);
  const left = shown.slice(1).map((file, at) => leftOut(order, shown[at]!, file));
  expect(left.flat().filter((file) => !file.endsWith('.mp4'))).toEqual([]);
  // A machine that is too busy to decode passes a clip over, says so, and shows it again once it was decoded beside the show.
  for (const clip of order.filter((file) => file.endsWith('.mp4'))) {
    const passedOver = player
      .log()
      .split('\n')
      .filter((line) => line.includes('is passed over') && line.includes(clip));
    expect([clip, Math.max(passedOver.length, timesGone(shown, left, clip))]).toEqual([clip, passedOver.length]);
  }
  expect(frames).toMatchObject({ black: 0 });
});

it('shuffles on through reloads, and does nothing where nothing has changed', async () => {
  const scene = '{themes: [all], every: 150ms, transition: {type: cut}}';
  writeShow(scene, 'Order');
  const { player, shown } = await watched();
  await player.call('next');
  await until(
    () => player.call<{ cue: string }>('status'),
    ({ cue }) => cue === 'second',
  );
  for (let round = 0; round < 8; round += 1) {
    writeShow(scene, `Order ${round}`);
    expect(await player.call('reload')).toMatchObject({ swapped: true, session: `s${round + 2}` });
    await seen(shown, round % 3);
  }
  for (const [at, file] of shown.entries()) expect(file).not.toBe(shown[at - 1]);
  const same = { swapped: false, unchanged: true, session: 's9' };
  expect(await player.call('reload')).toMatchObject(same);
  expect(await player.call<{ cue: string }>('status')).toMatchObject({ cue: 'second' });
  copyFileSync(join(show.pictures, '0.png'), join(show.pictures, '1.png'));
  expect(await player.call('reload')).toMatchObject({ swapped: true, session: 's10' });
  expect(await player.call('reload')).toMatchObject({ ...same, session: 's10' });
  await player.end();
});

it('answers an order with the cue that it leads to, and carries out each of several quick ones', async () => {
  const cue = (name: string): string => `{name: ${name}, duration: 1h, scenes: [{scene: only}]}`;
  writeFileSync(
    show.file,
    `version: 1
name: Orders
themes: {all: {images: [pictures]}}
scenes: {only: {themes: [all], every: 1s, transition: {type: crossfade, duration: 500ms}}}
cuelist: {loop: forever, cues: [${['one', 'two', 'three', 'four'].map(cue).join(', ')}]}
`,
  );
  const player = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '320x180']);
  player.ended.catch(() => {});
  await player.playing();
  const on = (name: string): Promise<unknown> =>
    until(
      () => player.call<{ cue: string }>('status'),
      (status) => status.cue === name,
    );
  await on('one');
  const playing = { paused: false };
  expect(await player.call('next')).toEqual({ ...playing, cue: 'two', cueNumber: 2 });
  expect(await player.call('next')).toEqual({ ...playing, cue: 'three', cueNumber: 3 });
  await on('three');
  expect(await player.call('goto', { cue: '1' })).toEqual({ ...playing, cue: 'one', cueNumber: 1 });
  expect(await player.call('previous')).toEqual({ ...playing, cue: 'four', cueNumber: 4 });
  await on('four');
  await player.call('pause');
  const held = { paused: true, comesOn: 'with resume' };
  expect(await player.call('next')).toEqual({ ...held, cue: 'one', cueNumber: 1 });
  expect((await vitrine(['next', '--control-socket', player.socket])).out).toBe(
    'next: cue two, cue number 2, comes on with resume\n',
  );
  expect(await player.call('status')).toMatchObject({ cue: 'four' });
  await player.call('resume');
  await on('two');
  await player.end();
});
