import * as fc from 'fast-check';
import { constant, movesWithin, nextMoveMs, ramp, valueAt, type Envelope } from '../../../runtime/stage/envelope';

const envelope: fc.Arbitrary<Envelope> = fc
  .tuple(
    fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 6 }),
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 6, maxLength: 6 }),
    fc.boolean(),
  )
  .map(([times, values, smooth]) => ({
    keys: times.sort((a, b) => a - b).flatMap((time, at) => [time, values[at]!]),
    smooth,
  }));
const instant = fc.integer({ min: -5, max: 45 });

describe('an envelope', () => {
  it('has the values of its keys at their times, and rests before and after them', () => {
    fc.assert(
      fc.property(envelope, (each) => {
        const { keys } = each;
        for (let at = 0; at < keys.length; at += 2) expect(valueAt(each, keys[at]!)).toBe(keys[at + 1]);
        expect(valueAt(each, -1e9)).toBe(keys[1]);
        expect(valueAt(each, 1e9)).toBe(keys.at(-1));
      }),
    );
  });

  it('moves steadily between two keys and never beyond them', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (smooth, from, to) => {
          const each = ramp(10, from, 20, to, smooth);
          let before = from;
          for (let atMs = 10; atMs <= 20; atMs += 0.25) {
            const value = valueAt(each, atMs);
            expect((value - before) * Math.sign(to - from)).toBeGreaterThanOrEqual(-1e-12);
            expect(value).toBeGreaterThanOrEqual(Math.min(from, to) - 1e-12);
            expect(value).toBeLessThanOrEqual(Math.max(from, to) + 1e-12);
            before = value;
          }
          expect(valueAt(each, 15)).toBeCloseTo((from + to) / 2, 9);
        },
      ),
    );
  });

  it('moves within a stretch exactly when two of its instants differ', () => {
    fc.assert(
      fc.property(envelope, instant, fc.integer({ min: 1, max: 20 }), (each, fromMs, length) => {
        const values = Array.from({ length: length * 4 + 1 }, (_, at) => valueAt(each, fromMs + at / 4));
        expect(movesWithin(each, fromMs, fromMs + length)).toBe(values.some((value) => value !== values[0]));
      }),
      { numRuns: 500 },
    );
  });

  it('tells when it begins to move next, exactly', () => {
    fc.assert(
      fc.property(envelope, instant, (each, atMs) => {
        const now = valueAt(each, atMs);
        let first = Infinity;
        for (let later = atMs; later < 60 && first === Infinity; later += 0.25)
          if (valueAt(each, later) !== now) first = later - 0.25;
        // A smooth curve leaves its key so softly that the first quarter may round to nothing.
        const nextMs = nextMoveMs(each, atMs);
        if (first === Infinity) expect(nextMs).toBe(Infinity);
        else expect(Math.abs(nextMs - first)).toBeLessThanOrEqual(0.25);
      }),
      { numRuns: 500 },
    );
  });

  it('is a step where both instants of a ramp are the same', () => {
    expect(valueAt(ramp(5, 0, 5, 1), 5)).toBe(1);
    expect(nextMoveMs(ramp(5, 0, 5, 1), 0)).toBe(Infinity);
    expect(valueAt(constant(0.4), 1e6)).toBe(0.4);
  });
});
