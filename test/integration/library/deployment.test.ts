/** New pictures come to the screen however they were put in the place of the old ones, with and without word from the system. */
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { PictureRef } from '../../../runtime/stage/layer';
import { resolveMedia } from '../../../runtime/show/glob';
import type { MediaFiles } from '../../../runtime/show/media-files';
import { openWorld, type World } from '../theme-bank/fixture';

const [OLD, NEW] = [0x20c020, 0x2020c0];

/** How many pictures a theme has. `quiet`: nobody reports a change, as on a network share. `unwatched`: `theme.watch` is off. */
const COUNTS = { notified: [1, 2, 3, 20], quiet: [1, 20], unwatched: [1, 20] } as const;
const NEWS = ['notified', 'quiet', 'unwatched'] as const;

interface Place {
  readonly folder: string;
  readonly names: readonly string[];
  readonly old: Buffer;
  readonly new: Buffer;
}

interface Way {
  readonly name: string;
  readonly glob: string;
  prepare(place: Place): void;
  deploy(place: Place): Promise<void> | void;
  /** Whether the paths stay as they are all the time: such changes are seen without looking at folders. */
  readonly samePaths: boolean;
}

function fill(folder: string, names: readonly string[], bytes: Buffer): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), bytes);
}

// A limit against hanging: all ways are tried at once, which takes minutes where the machine is busy with others.
jest.setTimeout(300_000);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const prepareLive = ({ folder, names, old }: Place): void => fill(join(folder, 'live'), names, old);

const WAYS: readonly Way[] = [
  {
    name: 'folders moved',
    glob: 'live/*.png',
    samePaths: true,
    prepare(place) {
      prepareLive(place);
      fill(join(place.folder, 'next'), place.names, place.new);
    },
    deploy({ folder }) {
      renameSync(join(folder, 'live'), join(folder, 'old'));
      renameSync(join(folder, 'next'), join(folder, 'live'));
    },
  },
  {
    name: 'folders moved slowly, files of the same size and times',
    glob: 'live',
    samePaths: false,
    prepare(place) {
      prepareLive(place);
      fill(join(place.folder, 'next'), place.names, place.new);
      for (const name of place.names)
        for (const folder of ['live', 'next']) utimesSync(join(place.folder, folder, name), 1e9, 1e9);
    },
    async deploy({ folder }) {
      renameSync(join(folder, 'live'), join(folder, 'old'));
      await pause(700);
      renameSync(join(folder, 'next'), join(folder, 'live'));
    },
  },
  {
    name: 'files renamed over the old ones',
    glob: 'live/*.png',
    samePaths: true,
    prepare: prepareLive,
    deploy({ folder, names, new: bytes }) {
      for (const name of names) {
        writeFileSync(join(folder, name), bytes);
        renameSync(join(folder, name), join(folder, 'live', name));
      }
    },
  },
  {
    name: 'files written in place, of the same size and times',
    glob: 'live/*.png',
    samePaths: true,
    prepare: prepareLive,
    deploy({ folder, names, new: bytes }) {
      for (const name of names) {
        const path = join(folder, 'live', name);
        const { atime, mtime } = statSync(path);
        writeFileSync(path, bytes);
        utimesSync(path, atime, mtime);
      }
    },
  },
  {
    name: 'a link that leads elsewhere',
    glob: 'live/*.png',
    samePaths: true,
    prepare({ folder, names, old, new: bytes }) {
      fill(join(folder, 'v1'), names, old);
      fill(join(folder, 'v2'), names, bytes);
      symlinkSync('v1', join(folder, 'live'));
    },
    deploy({ folder }) {
      symlinkSync('v2', join(folder, 'link'));
      renameSync(join(folder, 'link'), join(folder, 'live'));
    },
  },
  {
    name: 'the folder removed and made again',
    glob: 'live',
    samePaths: false,
    prepare: prepareLive,
    async deploy({ folder, names, new: bytes }) {
      rmSync(join(folder, 'live'), { recursive: true });
      await pause(700);
      fill(join(folder, 'live'), names, bytes);
    },
  },
  {
    name: 'a stick pulled and put back with others',
    glob: 'live',
    samePaths: false,
    prepare: prepareLive,
    async deploy({ folder, names, new: bytes }) {
      renameSync(join(folder, 'live'), join(folder, 'pulled'));
      mkdirSync(join(folder, 'live'));
      fill(
        join(folder, 'stick/holiday'),
        names.map((name) => `b ${name}`),
        bytes,
      );
      await pause(700);
      rmSync(join(folder, 'live'), { recursive: true });
      renameSync(join(folder, 'stick'), join(folder, 'live'));
    },
  },
  {
    name: 'a folder within moved',
    glob: 'live/**/*.png',
    samePaths: true,
    prepare({ folder, names, old, new: bytes }) {
      fill(join(folder, 'live/a/b'), names, old);
      fill(join(folder, 'next/b'), names, bytes);
    },
    deploy({ folder }) {
      renameSync(join(folder, 'live/a'), join(folder, 'old'));
      renameSync(join(folder, 'next'), join(folder, 'live/a'));
    },
  },
  {
    name: 'a folder that comes later',
    glob: '*/{first,later}/*.png',
    samePaths: false,
    prepare: ({ folder, names, old }) => fill(join(folder, 'live/first'), names, old),
    async deploy({ folder, names, new: bytes }) {
      fill(join(folder, 'live/later'), names, bytes);
      await pause(300);
      rmSync(join(folder, 'live/first'), { recursive: true });
    },
  },
];

const quietly: MediaFiles = {
  resolve: async (...args) => ({ ...(await resolveMedia(...args)), folders: [] }),
};

/** Plays pictures until every one of them is new, and none was old since. */
async function untilNew(world: World, glob: string, count: number, deploy: () => Promise<void> | void): Promise<void> {
  const { media, warm } = await world.session(world.show({ s: {} }, { t: { images: [glob] } }));
  await warm();
  const reel = media.reel('s');
  const { signal } = new AbortController();
  const show = async (): Promise<number | undefined> => {
    const item = await reel.next(signal, false);
    const colour = item === undefined ? undefined : world.store.colourOf(item.picture as PictureRef);
    await pause(30);
    item?.release();
    return colour;
  };
  for (let shown = 0; shown <= count; shown += 1) expect(await show()).toBe(OLD);
  await deploy();
  for (let seen = 0; seen < 2 * count;) {
    const colour = await show();
    seen = colour === NEW ? seen + 1 : 0;
    if (colour === undefined) await pause(50);
  }
  reel.close();
}

describe('new pictures', () => {
  const cases = WAYS.flatMap((way) =>
    NEWS.filter((news) => news !== 'unwatched' || way.samePaths).map((news) => ({ way, news })),
  );
  const outcomes = new Map<string, Promise<void>>();
  beforeAll(async () => {
    const make = (rgb: number): Promise<Buffer> =>
      sharp({ create: { width: 80, height: 60, channels: 3, background: `#${rgb.toString(16).padStart(6, '0')}` } })
        .png({ compressionLevel: 0 })
        .toBuffer();
    const [old, fresh] = await Promise.all([make(OLD), make(NEW)]);
    expect(old).toHaveLength(fresh.length);
    // Waiting is most of it: all at once.
    for (const { way, news } of cases) {
      const play = async (count: number): Promise<void> => {
        const files = news === 'quiet' ? quietly : { resolve: resolveMedia };
        const world = openWorld({ cacheEntries: count, watch: news !== 'unwatched' }, { files });
        const names = Array.from({ length: count }, (_, at) => `${at}.png`);
        const place = { folder: world.folder, names, old, new: fresh };
        way.prepare(place);
        await untilNew(world, way.glob, count, () => way.deploy(place)).finally(() => world.close());
      };
      const outcome = Promise.all(COUNTS[news].map(play)).then(() => {});
      outcome.catch(() => {});
      outcomes.set(`${way.name} ${news}`, outcome);
    }
  });

  it.each(cases)('come on: $way.name, $news', async ({ way, news }) => {
    await outcomes.get(`${way.name} ${news}`);
  });
});
