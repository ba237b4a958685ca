/** Pictures of the whole program: what stands still, what joins, and the knobs a person turns. */
import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { play, type Player } from '../../bench/player';
import { makeSmallShow, writeShowFile, type SmallShow } from '../../support/small-show';
import { until } from './program';

interface Status {
  readonly gauges: Record<string, Record<string, number>>;
  readonly report: {
    readonly frames: { readonly presented: number };
    readonly images: Record<string, number>;
    readonly memory: { readonly plannedBytes: number };
  };
}

const SIZE = ['--display', 'offscreen', '--size', '320x180'];
let show: SmallShow;
let player: Player | undefined;

async function playing(scene: string, ...args: string[]): Promise<Player> {
  writeShowFile(show.file, scene);
  player = play(show.folder, ['--show', show.file, ...SIZE, ...args]);
  player.ended.catch(() => {});
  await player.playing();
  return player;
}

const statusOf = (from: Player): Promise<Status> => from.call<Status>('status');

/** Copies the first picture until there are so many. */
function fill(count: number): void {
  for (let at = 3; at < count; at += 1) cpSync(join(show.pictures, '0.png'), join(show.pictures, `${at}.png`));
}

async function colourOf(from: Player): Promise<number[]> {
  const { png } = await from.call<{ png: string }>('screenshot');
  const { data } = await sharp(Buffer.from(png, 'base64')).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray(0, 3)];
}

beforeEach(async () => {
  show = await makeSmallShow();
});
afterEach(async () => {
  await player?.end();
  player = undefined;
  rmSync(show.folder, { recursive: true, force: true });
});

describe('a theme of one picture', () => {
  beforeEach(() => {
    for (const name of ['1.png', '2.png']) renameSync(join(show.pictures, name), join(show.folder, name));
  });

  it('stands still however often its turn comes, and shows the picture that takes its place', async () => {
    const on = await playing('{themes: [all], every: 300ms, transition: {type: crossfade, duration: 200ms}}');
    const shown = async (): Promise<number> => (await statusOf(on)).report.images['shown']!;
    const [turns, frames] = [await shown(), (await statusOf(on)).report.frames.presented];
    await until(shown, (now) => now > turns + 6);
    expect((await statusOf(on)).report.frames.presented).toBe(frames);
    const before = await colourOf(on);
    renameSync(join(show.folder, '1.png'), join(show.pictures, '0.png'));
    await until(
      () => colourOf(on),
      ([red, green]) => green! > red!,
    );
    expect(before[0]).toBeGreaterThan(before[1]!);
  });

  it('gets the cache of a larger one as pictures join it, and gives it back as they leave', async () => {
    const scene = '{themes: [all], every: 300ms, transition: {type: cut}}';
    const on = await playing(scene, '--set', 'theme.imageCacheEntries=12');
    const budget = async (): Promise<[number, number]> => {
      const { images, memory } = (await statusOf(on)).report;
      return [images['budgetBytes']!, memory.plannedBytes];
    };
    const first = await budget();
    fill(20);
    const grown = await until(budget, ([bytes]) => bytes >= 12 * first[0]);
    expect(grown[0]).toBe(12 * first[0]);
    // One more result in a decoder's hands. The cache of such small pictures takes less than is planned for the start.
    expect(grown[1] - first[1]).toBe(first[0]);
    await until(
      async () => (await statusOf(on)).gauges['theme-bank']!['imagesResidentCount'],
      (resident) => resident === 12,
    );
    for (let at = 3; at < 20; at += 1) rmSync(join(show.pictures, `${at}.png`));
    await until(budget, ([bytes]) => bytes === first[0]);
    await until(
      async () => (await statusOf(on)).gauges['theme-bank']!['imagesBytes'],
      (bytes) => bytes! <= first[0],
    );
  });
});

describe('the flags of the look-ahead', () => {
  const scene = '{themes: [all], every: 1h, transition: {type: cut}}';
  const settled = (from: Player, resident: number): Promise<Status> =>
    until(
      () => statusOf(from),
      ({ gauges }) => {
        const { imagesResidentCount, decodesRunningCount, decodesWaitingCount } = gauges['theme-bank']!;
        return imagesResidentCount === resident && decodesRunningCount === 0 && decodesWaitingCount === 0;
      },
    );

  it('fill the whole cache', async () => {
    fill(20);
    const on = await playing(scene, '--theme-preload-all', '--theme-lookahead', '3', '--theme-batch', '5');
    const { gauges } = await settled(on, 20);
    expect(gauges['theme-bank']!['lookaheadBatchCount']).toBeLessThanOrEqual(5);
  });

  it('decode no more than the next ones, also where a file of options would have all', async () => {
    fill(20);
    const config = join(show.folder, 'mine.yaml');
    writeFileSync(config, 'theme: {preloadAll: true}\n');
    const flags = ['--theme-no-preload', '--theme-lookahead', '3', '--theme-max-ms', '50', '--media-queue', '1'];
    const on = await playing(scene, '--config', config, ...flags, '--theme-sleep-ms', '1');
    await settled(on, 4);
  });
});
