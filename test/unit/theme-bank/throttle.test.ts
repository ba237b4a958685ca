import fc from 'fast-check';
import { fullPace, nextPace, type Pace } from '../../../plugins/theme-bank/throttle';

const LIMITS = { batch: 12, sleepMs: 4, backgroundWarningMs: 150 };

describe('the adaptive throttle', () => {
  it('shrinks the batch by a quarter and sleeps 2 ms more after a slow batch', () => {
    expect(nextPace({ batch: 12, sleepMs: 4 }, LIMITS, 151, 12)).toEqual({ batch: 9, sleepMs: 6 });
  });

  it('goes no lower than two pictures and no slower than 50 ms more', () => {
    let pace: Pace = fullPace(LIMITS);
    for (let round = 0; round < 100; round += 1) pace = nextPace(pace, LIMITS, 1000, 2);
    expect(pace).toEqual({ batch: 2, sleepMs: 54 });
  });

  it('grows by two and sleeps 1 ms less after a quick batch', () => {
    expect(nextPace({ batch: 4, sleepMs: 9 }, LIMITS, 89, 4)).toEqual({ batch: 6, sleepMs: 8 });
  });

  it('stays as it is between the two, and after a quick batch that decoded nothing', () => {
    const pace = { batch: 4, sleepMs: 9 };
    expect(nextPace(pace, LIMITS, 90, 4)).toEqual(pace);
    expect(nextPace(pace, LIMITS, 150, 4)).toEqual(pace);
    expect(nextPace(pace, LIMITS, 1, 0)).toEqual(pace);
  });

  it('stays within its limits whatever happens', () => {
    const limits = fc.record({
      batch: fc.integer({ min: 1, max: 40 }),
      sleepMs: fc.integer({ min: 0, max: 100 }),
      backgroundWarningMs: fc.integer({ min: 1, max: 500 }),
    });
    const batches = fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 12 })));
    fc.assert(
      fc.property(limits, batches, (limit, list) => {
        let pace = fullPace(limit);
        for (const [elapsedMs, loaded] of list) {
          pace = nextPace(pace, limit, elapsedMs, loaded);
          expect(pace.batch).toBeGreaterThanOrEqual(Math.min(2, limit.batch));
          expect(pace.batch).toBeLessThanOrEqual(limit.batch);
          expect(pace.sleepMs).toBeGreaterThanOrEqual(limit.sleepMs);
          expect(pace.sleepMs).toBeLessThanOrEqual(limit.sleepMs + 50);
        }
      }),
    );
  });
});
