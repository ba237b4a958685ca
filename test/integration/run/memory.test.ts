/** The memory that a run reports, beside what the kernel says of its processes. */
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endPlayers, play, sleep } from '../../bench/player';
import { makeSmallShow, writeShowFile, type SmallShow } from '../../support/small-show';
import { made, lossless, steps } from '../video/fixture';

let show: SmallShow;
beforeEach(async () => (show = await makeSmallShow()));
afterEach(() => {
  endPlayers();
  rmSync(show.folder, { recursive: true, force: true });
});

const children = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );

/** The sum over the tree, from `smaps_rollup`. */
function sumOf(pid: number, field: 'Pss' | 'Rss'): number {
  const tree = [pid, ...children(pid)];
  return tree.reduce((sum, each) => {
    try {
      const text = readFileSync(`/proc/${each}/smaps_rollup`, 'utf8');
      return sum + Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

it('is the greatest sum of PSS of the program and its decoders', async () => {
  copyFileSync(made('memory.mp4', ...steps(750, 25, '640x360'), ...lossless), join(show.pictures, 'long.mp4'));
  writeShowFile(show.file, '{themes: [all], media: videos}');
  const text = readFileSync(show.file, 'utf8').replace('images: [pictures]', "videos: ['pictures/*.mp4']");
  writeFileSync(show.file, text);
  const player = play(show.folder, ['--show', show.file, '--display', 'offscreen', '--size', '640x360']);
  await player.playing();
  let [pss, rss] = [0, 0];
  for (let look = 0; look < 50; look += 1) {
    pss = Math.max(pss, sumOf(player.child.pid!, 'Pss'));
    rss = Math.max(rss, sumOf(player.child.pid!, 'Rss'));
    await sleep(100);
  }
  const { memory } = await player.end();
  expect(memory.peakPssBytes).toBeGreaterThan(0.8 * pss);
  expect(memory.peakPssBytes).toBeLessThan(1.2 * pss);
  // Pages of libraries are shared by many.
  expect(memory.peakPssBytes).toBeLessThan(rss);
});
