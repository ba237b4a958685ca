import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { blockBytes, openArena, type Block } from '../../../runtime/arena/arena';

const CAPACITY = 1 << 20;

/** A run of allocations and releases; a release names one of the blocks that are held. */
const acts = fc.array(
  fc.oneof(fc.record({ take: fc.integer({ min: 1, max: 200_000 }) }), fc.record({ give: fc.nat() })),
  { maxLength: 120 },
);

describe('the arena', () => {
  it('never gives the same byte to two, and gets all of it back', () => {
    fc.assert(
      fc.property(acts, (run) => {
        const arena = openArena(CAPACITY);
        const held: Block[] = [];
        for (const act of run) {
          if ('take' in act) {
            const block = arena.allocate(act.take);
            if (block === undefined) continue;
            expect(block.bytes).toBe(blockBytes(act.take));
            expect(block.offset % 64).toBe(0);
            expect(block.offset).toBeGreaterThanOrEqual(65536);
            expect(block.offset + block.bytes).toBeLessThanOrEqual(arena.bytes.length);
            for (const other of held)
              expect(block.offset >= other.offset + other.bytes || other.offset >= block.offset + block.bytes).toBe(
                true,
              );
            held.push(block);
          } else if (held.length > 0) {
            held.splice(act.give % held.length, 1)[0]!.release();
          }
          expect(arena.usedBytes).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(arena.usedBytes + arena.idleBytes).toBeLessThanOrEqual(arena.capacityBytes);
        }
        for (const block of held) block.release();
        expect(arena.usedBytes).toBe(0);
        // Neighbouring gaps were joined: one block takes it all.
        expect(arena.allocate(arena.capacityBytes)).toMatchObject({ offset: 65536, bytes: arena.capacityBytes });
      }),
      { numRuns: 60 },
    );
  });

  it('gives the pages of released blocks back to the system, and keeps those of the others', () => {
    const arena = openArena(64 << 20);
    const [first, middle, last] = [1, 30, 1].map((mib) => arena.allocate(mib << 20)!);
    const fill = (block: Block, value: number): void =>
      void arena.bytes.fill(value, block.offset, block.offset + block.bytes);
    const residentBytes = (): number => Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]) * 4096;
    fill(first!, 1);
    fill(middle!, 2);
    fill(last!, 3);
    const fullBytes = residentBytes();
    middle!.release();
    expect(arena.idleBytes).toBe(30 << 20);
    arena.trim();
    expect(arena.idleBytes).toBe(0);
    expect(fullBytes - residentBytes()).toBeGreaterThan(25 << 20);
    expect(arena.bytes.subarray(first!.offset, first!.offset + first!.bytes).every((byte) => byte === 1)).toBe(true);
    expect(arena.bytes.subarray(last!.offset, last!.offset + last!.bytes).every((byte) => byte === 3)).toBe(true);
    expect(arena.allocate(30 << 20)?.offset).toBe(middle!.offset);
    expect(arena.idleBytes).toBe(0);
  });

  it('refuses only what no gap holds', () => {
    const arena = openArena(CAPACITY);
    const blocks = Array.from({ length: 8 }, () => arena.allocate(arena.capacityBytes / 8)!);
    expect(arena.allocate(1)).toBeUndefined();
    blocks[2]!.release();
    blocks[4]!.release();
    expect(arena.allocate(arena.capacityBytes / 4)).toBeUndefined();
    blocks[3]!.release();
    expect(arena.allocate((arena.capacityBytes / 8) * 3)?.offset).toBe(blocks[2]!.offset);
  });

  it('takes the tightest gap, so that large ones last', () => {
    const arena = openArena(CAPACITY);
    const [large, , small] = [640, 64, 128, 64].map((bytes) => arena.allocate(bytes)!);
    large!.release();
    small!.release();
    expect(arena.allocate(100)!.offset).toBe(small!.offset);
  });

  it('takes a block back once, however often it is given', () => {
    const arena = openArena(CAPACITY);
    const block = arena.allocate(64)!;
    const other = arena.allocate(64)!;
    block.release();
    block.release();
    expect(arena.usedBytes).toBe(other.bytes);
    expect(arena.allocate(64)!.offset).toBe(block.offset);
    expect(arena.allocate(64)!.offset).not.toBe(block.offset);
  });

  it('counts even an empty block', () => {
    expect([0, 1, 64, 65].map(blockBytes)).toEqual([64, 64, 64, 128]);
  });
});
