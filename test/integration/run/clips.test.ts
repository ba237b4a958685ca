/** Shows of clips through the whole program: every frame, every seam, and what is wrong with some of them. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchInstance } from '../../../runtime/control/client';
import { endPlayers, play, type Player } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { lossless, made, steps } from '../video/fixture';
import { until, vitrine } from './program';

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
afterEach(() => {
  endPlayers();
  rmSync(show.folder, { recursive: true, force: true });
});

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

it('shows every frame of clips that follow each other', async () => {
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
});

describe('a clip that is the only one', () => {
  it.each([
    ['plays out', 'transition: {type: cut}', '5s'],
    ['plays out and is longer than its ring', 'transition: {type: cut}', '5s', '--set', 'video.ringBytes=1MiB'],
    ['plays out and would fade into itself', 'transition: {type: crossfade, duration: 400ms}', '5s'],
    ['loops for a time', 'every: 3s, transition: {type: cut}', '6s'],
    ['loops for a time that is no whole round', 'every: 700ms, transition: {type: crossfade, duration: 300ms}', '5s'],
  ])('goes on by itself where it %s', async (_how, scene, duration, ...args) => {
    clip('a.mp4');
    writeShow(`{media: videos, themes: [all], ${scene}}`, '{videos: [clips]}', duration);
    const { video, seams, frames } = await race(...args);
    const due = Number.parseInt(duration, 10) * FRAMES;
    expect(video).toMatchObject({ clips: 1, framesDropped: 0, starvedMs: 0 });
    expect(video['framesShown']).toBeGreaterThanOrEqual(due);
    expect(video['framesShown']).toBeLessThanOrEqual(due + 2);
    expect(seams).toMatchObject({ missing: 0, black: 0 });
    expect(frames).toMatchObject({ black: 0, dropped: 0 });
  });

  it('goes on where its cue comes again', async () => {
    clip('a.mp4');
    writeShow('{media: videos, themes: [all], every: 10s}', '{videos: [clips]}', '700ms');
    writeFileSync(show.file, readFileSync(show.file, 'utf8').replace('loop: once', 'loop: forever'));
    const { video } = await race('--duration', '2s');
    expect(video).toMatchObject({ clips: 1, framesDropped: 0 });
  });

  const leave = new AbortController();
  afterAll(() => leave.abort());

  /** Plays the clip; what comes on is in the list. */
  const playing = async (): Promise<{ player: Player; shown: string[] }> => {
    clip('a.mp4');
    writeShow('{media: videos, themes: [all], transition: {type: cut}}', '{videos: [clips]}', '1h');
    const player = play(show.folder, ['--show', show.file, ...SIZE]);
    await player.playing();
    const shown: string[] = [];
    void watchInstance(
      { socketPaths: [player.socket], timeoutMs: 10_000 },
      (name, event) => void (name === 'picture' && shown.push((event as { file: string }).file)),
      leave.signal,
    );
    return { player, shown };
  };

  it('gives way to one that joins, at the end of its round', async () => {
    const { player, shown } = await playing();
    copyFileSync(made('run-25.mp4', ...steps(FRAMES, 25), ...lossless), join(show.folder, 'b.mp4'));
    renameSync(join(show.folder, 'b.mp4'), join(clips, 'b.mp4'));
    await until(
      async () => shown.join(' '),
      (names) => /b\.mp4.*a\.mp4/.test(names),
    );
    const report = (await player.end()) as unknown as Report;
    expect(report.seams).toMatchObject({ missing: 0, black: 0 });
    expect(report.errors).toEqual([]);
  });

  it('is decoded anew where its file was replaced', async () => {
    const { player } = await playing();
    const decoded = async (): Promise<number> =>
      (await player.call<{ report: Report }>('status')).report.video['clips']!;
    expect(await decoded()).toBe(1);
    copyFileSync(made('run-30.mp4', ...steps(FRAMES, 30), ...lossless), join(show.folder, 'new.mp4'));
    renameSync(join(show.folder, 'new.mp4'), join(clips, 'a.mp4'));
    await until(decoded, (count) => count === 2);
    expect(((await player.end()) as unknown as Report).frames['black']).toBe(0);
  });

  it('begins anew where somebody asks for the next one', async () => {
    const { player } = await playing();
    await player.call('next');
    await until(
      async () => (await player.call<{ report: Report }>('status')).report.video['clips'],
      (count) => count === 2,
    );
    await player.end();
  });
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
