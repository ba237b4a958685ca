/** Seeking in the clip that is on the screen: the very frame, also in a pause, and no black one. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { play, type Player } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { until } from './program';
import { makeMedia } from '../../support/make-media';

const FRAMES = 50;
let show: SmallShow;
let player: Player | undefined;

/** A clip of 2 s whose frame n is grey of the level 20 + 4n, with a tone. */
beforeEach(async () => {
  show = await makeSmallShow();
  const picture = `color=c=black:s=320x180:r=25:d=${FRAMES / 25},format=yuv420p,geq=lum='20+4*N':cb=128:cr=128`;
  const args = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', 'sine=f=440:d=2', '-c:v', 'libx264', '-qp', '0'];
  const file = join(show.folder, 'steps.mp4');
  makeMedia(file, ...args, '-g', '20', '-c:a', 'aac');
});

afterEach(() => {
  player?.child.kill('SIGKILL');
  player = undefined;
  rmSync(show.folder, { recursive: true, force: true });
});

async function playing(scene: string): Promise<Player> {
  writeFileSync(
    show.file,
    `version: 1
name: Steps
themes: {all: {videos: [steps.mp4]}}
scenes: {only: {media: videos, themes: [all], transition: {type: cut}${scene}}}
cuelist: {cues: [{name: one, duration: 1h, scenes: [{scene: only}], videoAudio: {enabled: true}}]}
`,
  );
  player = play(show.folder, [
    '--show',
    show.file,
    '--display',
    'offscreen',
    '--size',
    '320x180',
    '--set',
    'audio.sink=none',
  ]);
  player.ended.catch(() => {});
  await player.playing();
  return player;
}

/** The frame that is on the screen, by its grey. */
async function frameOn(running: Player): Promise<number> {
  const { png } = await running.call<{ png: string }>('screenshot');
  const { channels } = await sharp(Buffer.from(png, 'base64')).stats();
  return Math.round(((channels[1]!.mean * 219) / 255 + 16 - 20) / 4);
}

interface Outcome {
  readonly moved: readonly { readonly role: string; readonly positionMs: number }[];
}

it.each([
  ['plays out', ''],
  ['loops', ', every: 1h'],
])('shows the very frame of a clip that %s, paused or not', async (how, scene) => {
  const running = await playing(scene);
  await running.call('pause');
  const seek = (time: string): Promise<Outcome> => running.call<Outcome>('seek', { time });
  for (const [time, frame, ms] of [
    ['1s', 25, 1000],
    ['0s', 0, 0],
    ['1960ms', 49, 1960],
    ['-960ms', 25, 1000],
    ['+239ms', 30, 1239],
  ] as const) {
    // A clip counts from the beginning of the frame that is on.
    const { moved } = await seek(time);
    expect(moved).toEqual([expect.objectContaining({ role: 'clip' })]);
    expect(Math.abs(moved[0]!.positionMs - ms)).toBeLessThan(40);
    await until(
      () => frameOn(running),
      (seen) => seen === frame,
    );
  }
  if (how === 'loops') {
    // Beyond its end it is inside of its loop.
    await seek('2m1s');
    await until(
      () => frameOn(running),
      (seen) => seen === 25,
    );
  } else await expect(seek('2s')).rejects.toThrow('2s is beyond the end: steps.mp4 ends after 2.0 s');
  await running.call('resume');
  await seek('500ms');
  const sound = (): Promise<{ sound: { sounds: { role: string; state: string }[] } }> => running.call('status');
  await until(sound, ({ sound: { sounds } }) =>
    sounds.some(({ role, state }) => role === 'clips' && state === 'plays'),
  );
  expect(await running.end()).toMatchObject({ frames: { black: 0 } });
});
