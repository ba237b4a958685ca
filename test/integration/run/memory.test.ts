/** The memory that a run reports, beside what the kernel says of its processes. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endPlayers, play, sleep } from '../../bench/player';
import { treeBytes } from '../../support/memory-limit';
import { makeSmallShow, writeShowFile, type SmallShow } from '../../support/small-show';
import { made, lossless, steps } from '../video/fixture';
import { until, vitrine } from './program';

let show: SmallShow;
beforeEach(async () => (show = await makeSmallShow()));
afterEach(() => {
  endPlayers();
  rmSync(show.folder, { recursive: true, force: true });
});

it('is the greatest sum of PSS of the program and its decoders', async () => {
  copyFileSync(made('memory.mp4', ...steps(750, 25, '640x360'), ...lossless), join(show.pictures, 'long.mp4'));
  writeShowFile(show.file, '{themes: [all], media: videos}');
  const text = readFileSync(show.file, 'utf8').replace('images: [pictures]', "videos: ['pictures/*.mp4']");
  writeFileSync(show.file, text);
  const player = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '640x360']);
  await player.playing();
  let [pss, rss] = [0, 0];
  for (let look = 0; look < 50; look += 1) {
    pss = Math.max(pss, treeBytes(player.child.pid!, 'Pss'));
    rss = Math.max(rss, treeBytes(player.child.pid!, 'Rss'));
    await sleep(100);
  }
  const { memory } = await player.end();
  expect(memory.peakPssBytes).toBeGreaterThan(0.8 * pss);
  expect(memory.peakPssBytes).toBeLessThan(1.2 * pss);
  // Pages of libraries are shared by many.
  expect(memory.peakPssBytes).toBeLessThan(rss);
});

/** A show of pictures and these clips. */
function withClips(...clips: readonly string[]): void {
  for (const clip of clips) copyFileSync(clip, join(show.pictures, basename(clip)));
  writeShowFile(show.file, '{themes: [all], media: both, every: 400ms}');
  const text = readFileSync(show.file, 'utf8');
  writeFileSync(show.file, text.replace('images: [pictures]', "images: [pictures], videos: ['pictures/*.mp4']"));
}

it('passes over a clip that needs more memory than a decoder may take, by its name and with the numbers', async () => {
  const small = made('small.mp4', ...steps(25, 25, '320x180'), ...lossless);
  const large = made('large.mp4', ...steps(2, 25, '3840x2160'), ...lossless);
  withClips(small, large);
  const most = ['--set', 'video.decoderBytes=40MiB'];
  const checked = await vitrine(['check', show.file, ...most]);
  expect(checked.err).toMatch(
    /large\.mp4: cannot be played .*3840x2160 h264 needs \d+[\d.]* MiB to decode, more than 40 MiB/,
  );
  expect(checked.err).not.toContain('small.mp4');
  const player = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '320x180', ...most]);
  player.ended.catch(() => {});
  await player.playing();
  await until(
    async () => player.log(),
    (log) => log.includes('3840x2160 h264 needs'),
  );
  expect((await player.end()).frames.black).toBe(0);
});

it('plans for the clips that the show has', async () => {
  const plannedFor = async (...clips: readonly string[]): Promise<number> => {
    withClips(...clips);
    const { out } = await vitrine(['plan', show.file, '--json', '--size', '1920x1080']);
    const { consumers } = JSON.parse(out) as { consumers: { owner: string; bytes: number }[] };
    return consumers.reduce((sum, { owner, bytes }) => sum + (owner.startsWith('video') ? bytes : 0), 0);
  };
  const small = made('small.mp4', ...steps(25, 25, '320x180'), ...lossless);
  const large = made('large.mp4', ...steps(2, 25, '3840x2160'), ...lossless);
  const [few, many] = [await plannedFor(small), await plannedFor(small, large)];
  expect(many - few).toBeGreaterThan(100 << 20);
});

it('plans the process that draws vector pictures where the show has a costly one', async () => {
  const plannedFor = async (inside: string): Promise<string> => {
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90">${inside}</svg>`;
    writeFileSync(join(show.pictures, 'drawing.svg'), drawing);
    return (await vitrine(['plan', show.file, '--size', '1920x1080'])).out;
  };
  expect(await plannedFor('<rect width="9" height="9"/>')).not.toContain('vector pictures');
  const plan = await plannedFor('<g id="g"/><use href="#g"/>');
  expect(plan).toMatch(/vector pictures +those that may be costly, .*; 256 MiB of data at most +[\d.]+ MiB/);
});
