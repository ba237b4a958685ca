/** Pictures: what a change costs, how fast they are decoded, how memory behaves over ten thousand of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { openArena } from '../../runtime/arena/arena';
import { Directory } from '../../runtime/arena/directory';
import { openSlabStore } from '../../runtime/arena/slab-store';
import { decodePicture } from '../../plugins/theme-bank/decode';
import type { Figures } from './figures';
import { DEMO, median, play, sleep, writeShow } from './player';
import { pictures } from './picture-sets';
import { startXvfb } from './xvfb';

const MIB = 1024 * 1024;

/** Two changes a second, which is twice what is asked for, so that the 99th percentile is of a hundred. */
export async function benchChange(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'many');
  const show = writeShow(join(folder, 'many.yaml'), { every: '500ms', transition: 'cut', images: 'many' });
  const report = await play(folder, ['--show', show, '--display', 'offscreen', '--duration', '50s']).ended;
  const { shown, misses, lateDecodes, changeMs } = report.images;
  figures.add(
    `picture change on the frame path, p99 of ${shown}`,
    changeMs.p99,
    'ms',
    { most: 4 },
    `p50 ${changeMs.p50}, most ${changeMs.max}`,
  );
  figures.add('late decodes at two changes a second', lateDecodes, 'pictures', { most: 0 }, `${misses} misses`);
}

/** The theme bank's decode beside plain sharp: same files, same size, as many at a time. */
export async function benchDecode(folder: string, figures: Figures): Promise<void> {
  const arena = openArena(64 * MIB);
  const store = openSlabStore(arena, new Directory(), 64 * MIB);
  for (const [name, what] of [
    ['many', '2400x1600'],
    ['large', '6000x4000'],
  ] as const) {
    const place = await pictures(folder, name);
    const files = readdirSync(place).map((file) => join(place, file));
    for (const workers of [1, 2]) {
      const target = { widthPx: 1920, heightPx: 1080, fit: 'cover', background: 0, turn: 0 } as const;
      const ours = async (file: string) => {
        const { pixels, widthPx, heightPx } = await decodePicture(file, target);
        const stored = store.reserve({ widthPx, heightPx, layout: 'rgb', turn: 0 })!;
        stored.pixels.set(pixels);
        stored.release();
      };
      const plain = (file: string) => sharp(file).autoOrient().resize(1920, 1080, { fit: 'cover' }).raw().toBuffer();
      const ratios: number[] = [];
      for (let round = 0; round < 7; round++) {
        // In turns, so that a noisy neighbour hits both.
        const plainMs = await timeOver(files, workers, plain);
        const oursMs = await timeOver(files, workers, ours);
        if (round > 0) ratios.push(plainMs / oursMs);
      }
      figures.add(
        `decode of ${what} JPEG to 1080p against plain sharp, ${workers} at a time`,
        median(ratios),
        'ratio',
        { least: 0.95 },
      );
    }
  }
}

async function timeOver(
  files: readonly string[],
  workers: number,
  work: (file: string) => Promise<unknown>,
): Promise<number> {
  const queue = [...files];
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let file = queue.pop(); file !== undefined; file = queue.pop()) await work(file);
    }),
  );
  return performance.now() - startMs;
}

/** Changes before the count begins: by then every code path was compiled and every pool is as large as it gets. */
const WARM_UP_CHANGES = 5000;
/** Four times what is asked for: a slope is only as certain as its run is long, and the heaps breathe by megabytes. */
const CHANGES = 40_000;
/** The lowest point among so many changes is what is really kept. */
const FLOOR_CHANGES = 4000;

/** Tens of thousands of changes as fast as they can be decoded, every one of them with a decode: resident memory stays where it was. */
export async function benchMemory(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'hundred');
  const show = writeShow(join(folder, 'hundred.yaml'), { every: '1s', transition: 'cut', images: 'hundred' });
  const settings = ['imageCacheEntries=32', 'syncWarning=10s', 'sleep=0ms', 'backgroundWarning=10s'];
  const player = play(folder, [
    ...['--show', show, '--display', 'offscreen', '--untimed', '--size', '320x180'],
    ...settings.flatMap((setting) => ['--set', `theme.${setting}`]),
  ]);
  await player.playing();
  type Status = { report: { images: { shown: number }; process: { residentBytes: number } } };
  const floors = new Map<number, { items: number; bytes: number }>();
  let shown = 0;
  while (shown < WARM_UP_CHANGES + CHANGES) {
    await sleep(250);
    const { report } = await player.call<Status>('status');
    shown = report.images.shown;
    const bytes = report.process.residentBytes;
    const at = Math.floor(shown / FLOOR_CHANGES);
    if (shown >= WARM_UP_CHANGES && bytes < (floors.get(at)?.bytes ?? Infinity))
      floors.set(at, { items: shown, bytes });
  }
  const { images } = await player.end();
  const lowest = [...floors.values()].map(({ bytes }) => bytes / MIB);
  figures.add(
    `resident memory over ${CHANGES} changes, slope of its floor`,
    slope([...floors.values()]),
    'B/item',
    { most: 50 },
    `${images.shown} shown, ${images.misses} decoded; ${Math.min(...lowest).toFixed(1)} to ${Math.max(...lowest).toFixed(1)} MiB`,
  );
}

/** What `vitrine plan` says beforehand against what the demo show takes at most, on each kind of output. */
export async function benchPlan(folder: string, figures: Figures): Promise<void> {
  const server = await startXvfb();
  try {
    for (const display of ['offscreen', 'x11']) {
      // Untimed, so that every picture has been shown and the cache is as full as it gets; with a screenshot, which is planned for.
      const args = ['--show', DEMO, '--display', display, '--untimed', '--duration', '60s'];
      const player = play(folder, args, { DISPLAY: server.display });
      await player.playing();
      await sleep(50_000);
      await player.call('screenshot');
      const { memory, images } = await player.ended;
      figures.add(
        `peak of the demo show (${display}) against \`vitrine plan\``,
        memory.peakRssBytes / memory.plannedBytes,
        'ratio',
        { least: 0.9, most: 1.1 },
        `${(memory.peakRssBytes / MIB).toFixed(0)} of ${(memory.plannedBytes / MIB).toFixed(0)} MiB; pictures ${(images.bytes / MIB).toFixed(0)} of ${(images.budgetBytes / MIB).toFixed(0)} MiB`,
      );
    }
  } finally {
    server.stop();
  }
}

/** Least squares, bytes an item. */
function slope(samples: readonly { readonly items: number; readonly bytes: number }[]): number {
  const meanX = samples.reduce((sum, { items }) => sum + items, 0) / samples.length;
  const meanY = samples.reduce((sum, { bytes }) => sum + bytes, 0) / samples.length;
  const top = samples.reduce((sum, { items, bytes }) => sum + (items - meanX) * (bytes - meanY), 0);
  return top / samples.reduce((sum, { items }) => sum + (items - meanX) ** 2, 0);
}

/** A still picture for a minute: no work, nothing written. */
export async function benchStill(folder: string, figures: Figures): Promise<void> {
  await pictures(folder, 'pair');
  const show = writeShow(join(folder, 'still.yaml'), { every: '24h', transition: 'cut', images: 'pair' });
  const player = play(folder, ['--show', show, '--display', 'offscreen']);
  await player.playing();
  await sleep(5000);
  type Status = { report: { process: { cpuMs: number; writtenBytes: number } } };
  const before = await player.call<Status>('status');
  const startMs = performance.now();
  await sleep(60_000);
  const after = await player.call<Status>('status');
  const cpuMs = after.report.process.cpuMs - before.report.process.cpuMs;
  figures.add('still picture: share of a core over a minute', (cpuMs / (performance.now() - startMs)) * 100, '%', {
    most: 1,
  });
  figures.add(
    'still picture: bytes written in a minute',
    after.report.process.writtenBytes - before.report.process.writtenBytes,
    'bytes',
    { most: 0 },
  );
  await player.end();
}
