import * as fc from 'fast-check';
import { openArena } from '../../../runtime/arena/arena';
import { Directory, DIRECTORY_SLOTS, type DirectoryEntry } from '../../../runtime/arena/directory';
import { READ_BEYOND_BYTES } from '../../../runtime/core/agreed';
import { openSlabStore } from '../../../runtime/arena/slab-store';
import { slabBytes } from '../../../runtime/options/footprint';
import type { StoredPicture, StoredShape } from '../../../runtime/stage/picture-store';

const CAPACITY = 1 << 20;
const shape = fc.record({
  widthPx: fc.integer({ min: 1, max: 300 }),
  heightPx: fc.integer({ min: 1, max: 300 }),
  layout: fc.constantFrom('rgb', 'rgba'),
  turn: fc.constantFrom(0, 90, 180, 270),
}) satisfies fc.Arbitrary<StoredShape>;

function openStore(arenaBytes = 2 * CAPACITY, capacityBytes = CAPACITY) {
  const arena = openArena(arenaBytes);
  const directory = new Directory();
  return { arena, directory, store: openSlabStore(arena, directory, capacityBytes) };
}
const emptyEntry = (): DirectoryEntry => ({ offset: 0, widthPx: 0, heightPx: 0, pixelBytes: 0, turn: 0 });

describe('the picture store', () => {
  it('tells every thread where a picture lies, until it is given back', () => {
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 20 }), (shapes) => {
        const { arena, directory, store } = openStore();
        const reader = new Directory(directory.buffer);
        const entry = emptyEntry();
        const held = shapes
          .map((each) => [each, store.reserve(each)] as const)
          .filter((pair): pair is readonly [StoredShape, StoredPicture] => pair[1] !== undefined);
        for (const [each, { ref, pixels }] of held) {
          expect(reader.read(ref, entry)).toBe(true);
          expect(entry).toEqual({
            offset: pixels.byteOffset,
            widthPx: each.widthPx,
            heightPx: each.heightPx,
            pixelBytes: each.layout === 'rgb' ? 3 : 4,
            turn: each.turn,
          });
          expect(pixels.length).toBe(each.widthPx * each.heightPx * entry.pixelBytes);
          const lies = each.turn === 90 || each.turn === 270;
          expect([ref.widthPx, ref.heightPx]).toEqual(
            lies ? [each.heightPx, each.widthPx] : [each.widthPx, each.heightPx],
          );
        }
        for (const [, picture] of held) {
          picture.release();
          picture.release();
          expect(reader.read(picture.ref, entry)).toBe(false);
        }
        expect([store.usedBytes, arena.usedBytes]).toEqual([0, 0]);
      }),
      { numRuns: 50 },
    );
  });

  it('never uses more than its share of the arena', () => {
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 40 }), (shapes) => {
        const { arena, store } = openStore();
        for (const each of shapes) {
          const fits = store.usedBytes + store.bytesFor(each) <= store.capacityBytes;
          const picture = store.reserve(each);
          expect(picture !== undefined).toBe(fits);
          if (picture !== undefined) expect(picture.bytes).toBe(store.bytesFor(each));
        }
        expect(store.usedBytes).toBeLessThanOrEqual(store.capacityBytes);
        expect(arena.usedBytes).toBe(store.usedBytes);
      }),
      { numRuns: 50 },
    );
  });

  it('counts bytes as the memory account does, with room for the kernels to read on', () => {
    fc.assert(
      fc.property(shape, (each) => {
        const bytes = openStore().store.bytesFor(each);
        expect(bytes).toBe(slabBytes(each.widthPx, each.heightPx, each.layout));
        expect(bytes - each.widthPx * each.heightPx * (each.layout === 'rgb' ? 3 : 4)).toBeGreaterThanOrEqual(
          READ_BEYOND_BYTES,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('does not confuse a picture with the one that takes its place', () => {
    const { directory, store } = openStore();
    const one: StoredShape = { widthPx: 4, heightPx: 4, layout: 'rgb', turn: 0 };
    const first = store.reserve(one)!;
    first.release();
    const second = store.reserve(one)!;
    expect(second.ref.slot).toBe(first.ref.slot);
    expect(directory.read(first.ref, emptyEntry())).toBe(false);
    expect(directory.read(second.ref, emptyEntry())).toBe(true);
    // A late second release of the first is not one of the second.
    first.release();
    expect(directory.read(second.ref, emptyEntry())).toBe(true);
  });

  it('refuses when the arena has no gap or the directory no slot, and keeps nothing then', () => {
    const tight = openStore(65536 * 2, CAPACITY);
    const large: StoredShape = { widthPx: 300, heightPx: 300, layout: 'rgba', turn: 0 };
    expect(tight.store.reserve(large)).toBeUndefined();
    expect(tight.store.usedBytes).toBe(0);
    const { store } = openStore();
    const dot: StoredShape = { widthPx: 1, heightPx: 1, layout: 'rgb', turn: 0 };
    const dots = Array.from({ length: DIRECTORY_SLOTS }, () => store.reserve(dot));
    expect(dots.every((picture) => picture !== undefined)).toBe(true);
    expect(store.reserve(dot)).toBeUndefined();
    dots[17]!.release();
    expect(store.reserve(dot)?.ref.slot).toBe(dots[17]!.ref.slot);
  });

  it('keeps what is stored when its limit falls, and gives back what lies idle beyond it', () => {
    const { arena, store } = openStore(8 * CAPACITY, 4 * CAPACITY);
    const reserve = () => store.reserve({ widthPx: 512, heightPx: 512, layout: 'rgba', turn: 0 });
    const held = [reserve()!, reserve()!, reserve()!];
    store.limit(CAPACITY * 1.5);
    expect([store.capacityBytes, reserve()]).toEqual([CAPACITY * 1.5, undefined]);
    held.pop()!.release();
    expect(arena.idleBytes).toBe(0);
    held.pop()!.release();
    expect(arena.idleBytes).toBe(0);
    expect(reserve()).toBeUndefined();
    held.pop()!.release();
    // Within the limit a released slab waits for the next picture.
    expect(arena.idleBytes).toBe(store.bytesFor({ widthPx: 512, heightPx: 512, layout: 'rgba', turn: 0 }));
    expect(reserve()).toBeDefined();
  });
});
