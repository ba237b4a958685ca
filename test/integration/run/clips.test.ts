/** Shows of clips through the whole program: every frame, every seam, and what is wrong with some of them. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { play } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { lossless, made, steps } from '../video/fixture';
import { vitrine } from './program';

interface Report {
  readonly frames: Record<string, number>;
  readonly seams: Record<string, number>;
  readonly images: Record<string, number>;
  readonly video: Record<string, number> & { readonly quarantined: readonly { file: string }[] };
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

const SIZE = ['--display', 'offscreen', '--size', '320x180'];
const FRAMES = 25;

let show: SmallShow;
let clips: string;
beforeEach(async () => {
  show = await makeSmallShow();
  clips = join(show.folder, 'clips');
  mkdirSync(clips);
});
afterEach(() => rmSync(show.folder, { recursive: true, force: true }));

const clip = (name: string, rateHz = 25): void =>
  copyFileSync(made(`run-${rateHz}.mp4`, ...steps(FRAMES, rateHz), ...lossless), join(clips, name));

function writeShow(scene: string, theme: string, cue: string): void {
  writeFileSync(
    show.file,
    `version: 1
name: Clips
themes: {all: ${theme}}
scenes: {only: ${scene}}
cuelist: {loop: once, cues: [{name: first, duration: ${cue}, scenes: [{scene: only}]}]}
`,
  );
}

/** Plays the show to its end, as fast as it goes. */
const race = async (...args: string[]): Promise<Report> =>
  (await play(show.folder, ['--show', show.file, ...SIZE, '--untimed', '--seed', '3', ...args]).ended) as never;

it('shows every frame of clips that follow each other, and of one that follows itself', async () => {
  clip('a.mp4');
  clip('b.mp4');
  writeShow('{media: videos, themes: [all], order: sequence, transition: {type: cut}}', '{videos: [clips]}', '5s');
  const five = await race();
  // The show is over after 5 s of its own time, with a clip of 1 s each.
  expect(five.video).toMatchObject({ framesDropped: 0, restarts: 0, starvedMs: 0 });
  expect(five.video['framesShown']).toBeGreaterThanOrEqual(5 * FRAMES);
  expect(five.video['framesShown']).toBeLessThanOrEqual(5 * FRAMES + 2);
  expect(five.seams).toMatchObject({ missing: 0, black: 0 });
  expect(five.frames).toMatchObject({ black: 0, dropped: 0 });
  rmSync(join(clips, 'b.mp4'));
  const alone = await race();
  expect(alone.video['framesShown']).toBeGreaterThanOrEqual(5 * FRAMES);
  expect(alone.seams).toMatchObject({ missing: 0, black: 0 });
});

it.each(['crossfade', 'fade-through-black', 'slide', 'wipe'])('moves both sides of a %s', async (type) => {
  clip('a.mp4');
  clip('b.mp4', 30);
  writeShow(`{media: videos, themes: [all], transition: {type: ${type}, duration: 300ms}}`, '{videos: [clips]}', '4s');
  const { video, frames, seams } = await race();
  expect(video).toMatchObject({ framesDropped: 0, restarts: 0 });
  expect(seams['count']).toBeGreaterThanOrEqual(4);
  expect(frames['black']).toBe(0);
});

it('plays a clip again and again for the time that `every` gives', async () => {
  clip('a.mp4');
  writeShow('{media: videos, themes: [all], every: 3s, transition: {type: cut}}', '{videos: [clips]}', '6s');
  const { video, seams } = await race();
  expect(video['clips']).toBeLessThanOrEqual(3);
  expect(video['framesShown']).toBeGreaterThanOrEqual(6 * FRAMES - 2);
  expect(seams).toMatchObject({ missing: 0, black: 0 });
});

it('mixes pictures and clips', async () => {
  clip('a.mp4');
  clip('b.mp4');
  writeShow(
    '{media: both, themes: [all], transition: {type: crossfade, duration: 200ms}}',
    '{images: [pictures], videos: [clips]}',
    '60s',
  );
  const { video, images, frames } = await race();
  expect(video['clips']).toBeGreaterThan(2);
  expect(images['shown']).toBeGreaterThan(2);
  expect(frames['black']).toBe(0);
});

it('passes over what is no clip, and says so', async () => {
  clip('good.mp4');
  writeFileSync(join(clips, 'bad.mp4'), 'no clip');
  writeFileSync(join(clips, 'empty.webm'), '');
  writeShow('{media: videos, themes: [all], order: sequence, transition: {type: cut}}', '{videos: [clips]}', '4s');
  const { video, frames } = await race();
  expect(frames['black']).toBe(0);
  expect(video['framesShown']).toBeGreaterThanOrEqual(4 * FRAMES);
});

it('says what to install where there is no ffmpeg', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'vitrine-empty-'));
  clip('a.mp4');
  writeShow('{media: videos, themes: [all]}', '{videos: [clips/*.mp4]}', '4s');
  const { code, err } = await vitrine(['run', '--show', show.file, ...SIZE, '--duration', '1s'], { PATH: empty });
  expect(err).toContain('install the package ffmpeg');
  expect(code).toBe(1);
  rmSync(empty, { recursive: true });
});
