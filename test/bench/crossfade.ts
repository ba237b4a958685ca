/** Crossfades: untimed against a bare loop over the same kernel and against sharp; timed on a display. */
import { join } from 'node:path';
import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import type { Figures } from './figures';
import { cpuMsOf, median, play, steadyRate, writeShow } from './player';
import { pictures } from './picture-sets';
import { startXvfb } from './xvfb';

const WIDTH = 1920;
const HEIGHT = 1080;
const ROUNDS = 5;

export async function benchCrossfade(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'pair');
  const show = writeShow(join(folder, 'pair.yaml'), {
    every: '1s',
    transition: 'crossfade',
    durationOfTransition: '999ms',
    images: 'pair',
  });
  const ours: number[] = [];
  const bare: number[] = [];
  const composite: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const player = play(folder, [
      ...['--show', show, '--display', 'offscreen', '--size', `${WIDTH}x${HEIGHT}`, '--untimed'],
    ]);
    ours.push(await steadyRate(player));
    bare.push(await bareRate(Math.min(2, cpus().length), 3000));
    composite.push(await sharpRate(1500));
  }
  const rate = median(ours);
  figures.add('crossfade of two 1080p pictures, off-screen, untimed', rate, 'frames/s', { least: 250 });
  figures.add(
    '  against a bare loop over the same kernel, all threads',
    median(ours.map((fps, at) => fps / bare[at]!)),
    'ratio',
    { least: 0.85 },
    `bare ${median(bare).toFixed(0)} frames/s`,
  );
  figures.add(
    '  against sharp composite',
    median(ours.map((fps, at) => fps / composite[at]!)),
    'ratio',
    { least: 10 },
    `sharp ${median(composite).toFixed(1)} frames/s`,
  );
}

/** Frames per second of threads that do nothing but mix two pictures into a frame, each its share of the rows, without waiting for each other. */
async function bareRate(threads: number, ms: number): Promise<number> {
  const rates = await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise<number>((done, fail) => {
          const worker = new Worker(join(__dirname, 'bare-loop.js'), {
            workerData: { ms, widthPx: WIDTH, rows: Math.floor(HEIGHT / threads) },
          });
          worker.once('message', done);
          worker.once('error', fail);
        }),
    ),
  );
  // Each thread does its share of every frame: the frames are as fast as the shares on average.
  return rates.reduce((sum, rate) => sum + rate, 0) / threads;
}

async function sharpRate(ms: number): Promise<number> {
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  const [a, b] = await Promise.all(
    ['#204060', '#a08040'].map((background) =>
      sharp({ create: { ...raw, background } })
        .raw()
        .toBuffer(),
    ),
  );
  let frames = 0;
  const startMs = performance.now();
  while (performance.now() - startMs < ms) {
    const over = await sharp(b, { raw })
      .ensureAlpha((frames % 48) / 48)
      .raw()
      .toBuffer();
    await sharp(a, { raw })
      .composite([{ input: over, raw: { ...raw, channels: 4 } }])
      .raw()
      .toBuffer();
    frames += 1;
  }
  return (frames / (performance.now() - startMs)) * 1000;
}

/** At 60 frames a second on a display: nothing dropped, and what it costs the machine, X server included. */
export async function benchTimed(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'few');
  const server = await startXvfb(WIDTH, HEIGHT);
  try {
    for (const motion of ['none', 'ken-burns'] as const) {
      const show = writeShow(join(folder, `timed-${motion}.yaml`), {
        every: '1s',
        transition: 'crossfade',
        durationOfTransition: '999ms',
        images: 'few',
        motion,
      });
      const dropped: number[] = [];
      const share: number[] = [];
      const interval: number[] = [];
      for (let round = 0; round < 3; round++) {
        const player = play(folder, ['--show', show, '--display', 'x11', '--duration', '11s'], {
          DISPLAY: server.display,
        });
        await player.playing();
        await new Promise((done) => setTimeout(done, 1500)); // caches filled
        const before = await player.call<{ report: { frames: { dropped: number }; process: { cpuMs: number } } }>(
          'status',
        );
        const serverBefore = cpuMsOf(server.pid);
        const startMs = performance.now();
        await new Promise((done) => setTimeout(done, 8000));
        const after = await player.call<typeof before>('status');
        const cpuMs = after.report.process.cpuMs - before.report.process.cpuMs + cpuMsOf(server.pid) - serverBefore;
        share.push((cpuMs / (performance.now() - startMs) / cpus().length) * 100);
        dropped.push(after.report.frames.dropped - before.report.frames.dropped);
        interval.push((await player.ended).frames.intervalMs.p99);
      }
      const what = motion === 'none' ? 'crossfades' : 'ken-burns with crossfades';
      figures.add(
        `${what} at 60 frames/s on X11: dropped in 8 s (median of 3)`,
        median(dropped),
        'frames',
        { most: 0 },
        `${dropped.join(', ')}`,
      );
      figures.add(
        `  share of the machine, X server included`,
        median(share),
        '%',
        motion === 'none' ? { most: 15 } : {},
        `interval p99 ${median(interval)} ms`,
      );
    }
  } finally {
    server.stop();
  }
}
