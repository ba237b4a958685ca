/** The memory budget and the tiers: more memory never means less. */
import fc from 'fast-check';
import type { HardwareFacts } from '../../../runtime/core/facts';
import { memoryBudget } from '../../../runtime/hardware/budget';
import { selectProfile } from '../../../runtime/hardware/profile';
import { probe } from '../../../runtime/hardware/probe';

const MIB = 1024 * 1024;

function machine(totalBytes: number, limitBytes?: number): HardwareFacts {
  const facts = probe('/nowhere', {});
  return {
    ...facts,
    memory: {
      totalBytes,
      availableBytes: totalBytes,
      limitBytes,
      usableBytes: Math.min(totalBytes, limitBytes ?? Infinity),
    },
  };
}

it('takes the share of a machine', () => {
  expect(memoryBudget(machine(2048 * MIB), 0.5)).toEqual({ bytes: 1024 * MIB, because: '0.5 of the memory, 2048 MiB' });
});

it("takes the share of a container's limit, which has no system to leave room to", () => {
  expect(memoryBudget(machine(64 * 1024 * MIB, 512 * MIB), 0.9).bytes).toBe(Math.floor(512 * MIB * 0.9));
});

it('leaves room to the system of a small machine', () => {
  expect(memoryBudget(machine(512 * MIB), 0.9).bytes).toBe(352 * MIB);
  expect(memoryBudget(machine(100 * MIB), 0.9).bytes).toBe(0);
});

it('never gives less for more memory or a wider limit', () => {
  const size = fc.integer({ min: 0, max: 16384 }).map((mib) => mib * MIB);
  fc.assert(
    fc.property(
      size,
      fc.option(size, { nil: undefined }),
      size,
      fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      (total, limit, more, share) => {
        const before = memoryBudget(machine(total, limit), share).bytes;
        expect(memoryBudget(machine(total + more, limit), share).bytes).toBeGreaterThanOrEqual(before);
        if (limit !== undefined)
          expect(memoryBudget(machine(total, limit + more), share).bytes).toBeGreaterThanOrEqual(before);
        expect(before).toBeLessThanOrEqual(Math.min(total, limit ?? Infinity));
      },
    ),
  );
});

it.each([
  [416, 'raspberry-pi-512m'],
  [905, 'raspberry-pi-1g'],
  [1842, 'raspberry-pi-2g'],
  [3791, 'raspberry-pi'],
  [8062, 'raspberry-pi'],
])('puts a Raspberry Pi that shows %i MiB into the tier %s', (mib, name) => {
  const facts = machine(mib * MIB);
  const pi = {
    ...facts,
    board: { ...facts.board, model: 'Raspberry Pi', family: 'raspberry-pi' as const, generation: 4 },
  };
  expect(selectProfile(pi).name).toBe(name);
});
