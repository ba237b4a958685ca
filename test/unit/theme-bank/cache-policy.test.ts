import fc from 'fast-check';
import { fits, NOTHING, shares, victim, windows } from '../../../plugins/theme-bank/cache-policy';

const claims = fc.array(
  fc.record({ weight: fc.double({ min: 0.01, max: 100, noNaN: true }), files: fc.integer({ min: 0, max: 500 }) }),
  {
    maxLength: 8,
  },
);
const total = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0);

describe('shares of the picture budget', () => {
  it('go by weight', () => {
    expect(
      shares(60, [
        { weight: 2, files: 100 },
        { weight: 1, files: 100 },
      ]),
    ).toEqual([40, 20]);
  });

  it('give what a small theme cannot use to the others', () => {
    expect(
      shares(60, [
        { weight: 2, files: 5 },
        { weight: 1, files: 100 },
      ]),
    ).toEqual([5, 55]);
  });

  it('use every slot there is a file for, and never exceed a theme', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), claims, (slots, list) => {
        const granted = shares(slots, list);
        granted.forEach((share, at) => expect(share).toBeLessThanOrEqual(list[at]!.files));
        expect(total(granted)).toBe(Math.min(slots, total(list.map(({ files }) => files))));
      }),
    );
  });
});

describe('look-ahead windows', () => {
  it('never pin more than there are slots, nor look further than a reel has files or wants', () => {
    const demand = fc.record({
      open: fc.boolean(),
      files: fc.integer({ min: 0, max: 100 }),
      wanted: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.array(demand, { maxLength: 6 }), (slots, list) => {
        const depths = windows(slots, list);
        expect(total(depths)).toBeLessThanOrEqual(slots);
        depths.forEach((depth, at) => expect(depth).toBeLessThanOrEqual(Math.min(list[at]!.files, list[at]!.wanted)));
      }),
    );
  });

  it('look ahead with a single slot', () => {
    expect(
      windows(1, [
        { open: true, files: 9, wanted: 32 },
        { open: false, files: 9, wanted: 32 },
      ]),
    ).toEqual([1, 0]);
  });

  it('keep one picture for a scene that stands by', () => {
    expect(
      windows(8, [
        { open: true, files: 90, wanted: 32 },
        { open: false, files: 9, wanted: 32 },
      ]),
    ).toEqual([7, 1]);
  });
});

describe('the victim of an eviction', () => {
  const entry = (usedAt: number, theme = 'a', pinned = false): { usedAt: number; theme: string; pinned: boolean } => ({
    usedAt,
    theme,
    pinned,
  });

  it('is the longest unused that is not pinned', () => {
    expect(victim([entry(3), entry(1, 'a', true), entry(2)], () => 9)).toEqual(entry(2));
  });

  it('is of a theme over its share where there is one', () => {
    const residents = [entry(1, 'small'), entry(2, 'big'), entry(3, 'big')];
    expect(victim(residents, () => 1)).toEqual(entry(2, 'big'));
  });

  it('is nobody when all are pinned', () => {
    expect(victim([entry(1, 'a', true)], () => 0)).toBeUndefined();
  });
});

describe('room', () => {
  const limits = { entries: 3, bytes: 100 };
  const need = { entries: 1, bytes: 40 };

  it('is within both limits, beside all that is taken', () => {
    expect(fits(need, [{ entries: 2, bytes: 60 }, NOTHING], limits, false)).toBe(true);
    expect(
      fits(
        need,
        [
          { entries: 2, bytes: 60 },
          { entries: 1, bytes: 0 },
        ],
        limits,
        false,
      ),
    ).toBe(false);
    expect(fits(need, [{ entries: 1, bytes: 61 }, NOTHING], limits, false)).toBe(false);
  });

  it('is there for two pictures that are asked for, however small the limits', () => {
    expect(fits(need, [need], { entries: 1, bytes: 10 }, true)).toBe(true);
    expect(fits(need, [need], { entries: 1, bytes: 10 }, false)).toBe(false);
    expect(fits(need, [need, need], { entries: 1, bytes: 10 }, true)).toBe(false);
  });
});
