/** The chunk cache: its room, its parts, and that everything that plays goes on whatever else there is. Decodes are played by the test. */
import fc from 'fast-check';
import { ChunkCache } from '../../../plugins/audio/chunks/chunk-cache';
import { layoutOf, partsOf } from '../../../plugins/audio/chunks/layout';
import { cellBytes, ChunkPool } from '../../../plugins/audio/chunks/pool';
import type { TrackHandle } from '../../../plugins/audio/chunks/track';
import type { TrackSpec } from '../../../plugins/audio/decode/producer';

const RATE_HZ = 1000;
const layout = layoutOf(4000, RATE_HZ);
const PART = layout.partFrames;
const CELL = cellBytes(layout);

const spec = (key: string, channels: 1 | 2 = 2): TrackSpec => ({
  key,
  path: `/${key}`,
  index: 0,
  rateHz: RATE_HZ,
  channels,
  storedChannels: channels,
  mastering: { gainDb: 0, ceilingDb: -1 },
});

function cacheOf(
  cells: number,
  tracksKept = 2,
): { cache: ChunkCache; said: string[]; make: (most?: number) => number } {
  const said: string[] = [];
  const pool = new ChunkPool(layout, () => cells * CELL);
  const cache = new ChunkCache(
    pool,
    () => tracksKept,
    () => {},
    (path, reason) => said.push(`${path} ${reason}`),
  );
  /** Files of 60 s; makes what is wished for, so many parts at most. Returns how many were made. */
  const make = (most = Infinity): number => {
    let made = 0;
    for (; made < most; made++) {
      const order = cache.nextOrder();
      if (order === undefined) break;
      const left = 60 * RATE_HZ - order.message.fromFrame;
      order.done({ frames: Math.max(0, Math.min(PART, left)), ended: left <= PART });
    }
    return made;
  };
  return { cache, said, make };
}

describe('the layout', () => {
  it('is as long as was asked for, in parts of about a second on the grid of the decoders', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 30_000 }),
        fc.constantFrom(8000, 44_100, 48_000, 192_000),
        (ms, rate) => {
          const { chunkFrames, partFrames } = layoutOf(ms, rate);
          const parts = partsOf({ chunkFrames, partFrames });
          expect(Number.isInteger(parts)).toBe(true);
          expect(partFrames % (rate / 100)).toBe(0);
          expect(chunkFrames).toBeLessThanOrEqual((ms / 1000) * rate);
          expect(chunkFrames).toBeGreaterThanOrEqual((ms / 1000 - parts / 100) * rate - 1);
          expect(partFrames / rate).toBeLessThanOrEqual(1.5);
        },
      ),
    );
  });

  it('is 3.07 MB for each state of 8 s of stereo', () => {
    expect((2 * cellBytes(layoutOf(8000, 48_000))) / 2).toBe(3_072_000);
  });
});

it('holds the chunk that is heard and the next one of each sound, and nothing beyond where there is no room', () => {
  const { cache, make } = cacheOf(8, 0);
  for (const key of ['a', 'b']) cache.open(spec(key), false).read(0, 1);
  make();
  expect(cache.report()).toMatchObject({
    tier1: { chunks: 4, bytes: 8 * CELL },
    tier2: { chunks: 0 },
  });
});

it('gives a mono file mono room', () => {
  const { cache, make } = cacheOf(8, 0);
  cache.open(spec('mono', 1), false).read(0, 1);
  make();
  expect(cache.report()).toMatchObject({
    tier1: { chunks: 2, bytes: 2 * CELL },
    tier2: { chunks: 6, bytes: 6 * CELL },
  });
  // Two cells that lie anywhere are room for a stereo chunk.
  cache.open(spec('stereo'), false).read(0, 1);
  make();
  expect(cache.report().tracks.find(({ file }) => file === '/stereo')).toMatchObject({ chunks: 2 });
});

it('can be read as soon as a part is there', () => {
  const { cache, make } = cacheOf(8);
  const handle = cache.open(spec('a'), false);
  expect([handle.isThere, handle.read(0, 10 * PART)]).toEqual([false, undefined]);
  make(1);
  expect([handle.isThere, handle.read(0, 10 * PART)?.count]).toEqual([true, PART]);
  make(1);
  expect(handle.read(10, 10 * PART)?.count).toBe(2 * PART - 10);
  expect(handle.read(2 * PART, 1)).toBeUndefined();
});

it('begins with the part to which was jumped', () => {
  const { cache, make } = cacheOf(8);
  const handle = cache.open(spec('a'), false);
  handle.jump(4 * layout.chunkFrames + 2 * PART + 7);
  make(1);
  expect(handle.isThere).toBe(true);
  expect(handle.read(4 * layout.chunkFrames + 2 * PART + 7, PART)?.count).toBe(PART - 7);
});

it('needs no decoder for what is complete, for what nobody plays, and once there is nothing left to make', () => {
  const { cache, make } = cacheOf(200);
  const handle = cache.open(spec('a'), true);
  handle.read(0, 1);
  make(3);
  expect(cache.needsDecoder('a')).toBe(true);
  make();
  expect(cache.needsDecoder('a')).toBe(false);
  const other = cache.open(spec('b'), false);
  other.read(0, 1);
  make(3);
  expect(cache.needsDecoder('b')).toBe(true);
  other.close();
  expect(cache.needsDecoder('b')).toBe(false);
  handle.close();
});

it('drops what it has too much of where it is granted less', () => {
  let cells = 8;
  const pool = new ChunkPool(layout, () => cells * CELL);
  const taken = [pool.acquire(2), pool.acquire(2), pool.acquire(2)];
  cells = 4;
  expect(pool.acquire(1)).toBeUndefined();
  for (const each of taken.slice(1)) pool.release(each!);
  expect(pool.acquire(2)).toBeDefined();
  expect(pool.acquire(1)).toBeUndefined();
});

it('lets every sound go on with room for one chunk of each, whatever is opened, left and jumped in', () => {
  const step = fc.record({
    what: fc.constantFrom('open', 'close', 'on', 'on', 'on', 'jump'),
    which: fc.nat(4),
    to: fc.nat(59),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 10, max: 30 }), (steps, cells) => {
      const { cache, said, make } = cacheOf(cells);
      const playing = new Map<number, { handle: TrackHandle; at: number }>();
      for (const { what, which, to } of steps) {
        const one = playing.get(which);
        if (what === 'open' && one === undefined) {
          const handle = cache.open(spec(`t${which}`, which % 2 === 0 ? 2 : 1), true, to * RATE_HZ);
          playing.set(which, { handle, at: to * RATE_HZ });
        } else if (what === 'close') {
          one?.handle.close();
          playing.delete(which);
        } else if (what === 'jump' && one !== undefined) {
          one.at = to * RATE_HZ;
          one.handle.jump(one.at);
        }
        make(20);
        for (const each of playing.values()) {
          // A voice asks long before its frames are heard. With no room for a next chunk they are made once they are asked for.
          const found = each.handle.read(each.at, PART) ?? (make(20), each.handle.read(each.at, PART));
          expect(found?.count).toBeGreaterThan(0);
          if (what === 'on') each.at = (each.at + found!.count) % (60 * RATE_HZ);
        }
        const { tier1, tier2 } = cache.report();
        expect(tier1.bytes + tier2.bytes).toBeLessThanOrEqual(cells * CELL);
      }
      expect(said).toEqual([]);
    }),
  );
});

describe('copies of a file with another gain', () => {
  const of = (gain: string): TrackSpec => ({ ...spec(`a ${gain}`), path: '/a' });
  const held = (cache: ChunkCache): (string | number | boolean | null)[][] =>
    cache.report().tracks.map(({ file, chunks, plays }) => [file, chunks, plays]);
  const ALL = 15;

  it('give their room back once nobody plays them, and the track that played before stays whole', () => {
    const { cache, make } = cacheOf(4 * ALL);
    const first = cache.open(of('unknown'), false);
    make();
    first.close();
    const b = cache.open(spec('b'), false);
    make();
    expect(held(cache)).toEqual([
      ['/b', ALL, true],
      ['/a', ALL, false],
    ]);
    b.close();
    // Known by now: the former copy could not be played again.
    const again = cache.open(of('known'), false);
    make();
    expect(held(cache)).toEqual([
      ['/a', ALL, true],
      ['/b', ALL, false],
    ]);
    again.close();
    // Back, and back again: nothing is to be made.
    for (const which of [spec('b'), of('known'), spec('b')]) {
      const handle = cache.open(which, false);
      expect(handle.read(30 * RATE_HZ, 1)).toBeDefined();
      expect(make()).toBe(0);
      handle.close();
    }
  });

  it('are there as long as they are heard, also beside a newer one, and go with the last who plays them', () => {
    const { cache, make } = cacheOf(8 * ALL);
    const old = cache.open(of('unknown'), true);
    const next = cache.open(of('known'), false);
    make();
    expect(held(cache).map(([, , plays]) => plays)).toEqual([true, true]);
    expect(old.read(0, 1)).toBeDefined();
    old.close();
    expect(held(cache)).toEqual([['/a', ALL, true]]);
    next.close();
    expect(held(cache)).toEqual([['/a', ALL, false]]);
  });
});
