/** Robustness as figures: a main thread that hangs, and a hundred reloads while the show plays. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from './figures';
import { pictures } from './picture-sets';
import { median, play, sleep, writeShow } from './player';

/** A plugin of the bench's own blocks the main thread for 500 ms in the middle of crossfades. */
export async function benchStall(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'pair');
  const show = writeShow(join(folder, 'stall.yaml'), {
    every: '2s',
    transition: 'crossfade',
    durationOfTransition: '1900ms',
    images: 'pair',
  });
  const config = join(folder, 'blocker.yaml');
  writeFileSync(config, `plugins: {"${join(__dirname, 'blocking-plugin.js')}": optional}\n`);
  const counts: number[] = [];
  for (let round = 0; round < 3; round++) {
    const report = await play(folder, [
      '--show',
      show,
      '--display',
      'offscreen',
      '--duration',
      '12s',
      '--config',
      config,
    ]).ended;
    counts.push(report.frames.dropped);
  }
  figures.add(
    'main thread blocked 500 ms, five times: frames dropped (median of 3)',
    median(counts),
    'frames',
    { most: 0 },
    counts.join(', '),
  );
}

/** Two shows in turns, of different pictures and of different sizes in memory. */
export async function benchReload(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'few');
  await pictures(folder, 'pair');
  const shows = (['few', 'pair'] as const).map((images) =>
    writeShow(join(folder, `reload-${images}.yaml`), {
      every: '2s',
      transition: 'crossfade',
      durationOfTransition: '800ms',
      images,
      motion: images === 'few' ? 'none' : 'ken-burns',
    }),
  );
  const player = play(folder, ['--show', shows[0]!, '--display', 'offscreen']);
  await player.playing();
  await sleep(3000);
  type Receipt = { blackFrames: number; readyMs: number };
  type Status = {
    report: { frames: Record<'black' | 'repeated' | 'dropped', number>; process: { residentBytes: number } };
  };
  const visible: number[] = [];
  const resident: number[] = [];
  const repeated: number[] = [];
  let black = 0;
  let last = await player.call<Status>('status');
  for (let index = 0; index < 100; index++) {
    const startMs = performance.now();
    const receipt = await player.call<Receipt>('reload', { show: shows[(index + 1) % 2] });
    visible.push(performance.now() - startMs - receipt.readyMs);
    black += receipt.blackFrames;
    await sleep(100);
    const status = await player.call<Status>('status');
    repeated.push(status.report.frames.repeated - last.report.frames.repeated);
    resident.push(status.report.process.residentBytes);
    last = status;
  }
  const report = await player.end();
  figures.add('100 reloads while playing: black frames', black + report.reloads.black, 'frames', { most: 0 });
  figures.add(
    '  repeated frames of the worst reload',
    Math.max(...repeated),
    'frames',
    { most: 1 },
    `median ${median(repeated)}, ${repeated.filter((count) => count > 1).length} above 1`,
  );
  figures.add(
    '  visible after ready, worst',
    Math.max(...visible),
    'ms',
    { most: 250 },
    `median ${median(visible).toFixed(1)}`,
  );
  // The two shows take different amounts: like is compared with like.
  const ofOneShow = resident.filter((_, at) => at % 2 === 0);
  const growth = (median(ofOneShow.slice(-10)) - median(ofOneShow.slice(10, 20))) / 60;
  figures.add(
    '  growth of resident memory a reload',
    growth,
    'bytes',
    { most: 4096 },
    `a page; reloads 20-40 against 80-100, of the second show; ${(median(ofOneShow) / 2 ** 20).toFixed(1)} MiB`,
  );
}
