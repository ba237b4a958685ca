import * as fc from 'fast-check';
import { Pacer } from '../../../runtime/render/pacer';

const ORIGIN = 1000.25;
const PERIOD = 1000 / 60;
const slots = (ms: number): number => (ms - ORIGIN) / PERIOD;

/** Wake-ups: how many periods after the one before, sometimes late by many. */
const steps = fc.array(
  fc.oneof(fc.double({ min: 1, max: 1.4, noNaN: true }), fc.double({ min: 1, max: 12, noNaN: true })),
  { minLength: 2, maxLength: 60 },
);

describe('the pacer', () => {
  it('keeps to its grid however late single frames are', () => {
    fc.assert(
      fc.property(steps, (late) => {
        const pacer = new Pacer({ originMs: ORIGIN, periodMs: PERIOD });
        let nowMs = ORIGIN;
        for (const step of late) {
          pacer.take(nowMs);
          const nextMs = pacer.next(pacer.takenDueMs);
          expect(slots(nextMs)).toBeCloseTo(Math.round(slots(nextMs)), 6);
          expect(nextMs - pacer.takenDueMs).toBeCloseTo(PERIOD, 6);
          expect(nextMs).toBeGreaterThan(nowMs - 1e-6);
          nowMs = pacer.takenDueMs + step * PERIOD;
        }
      }),
    );
  });

  it('counts every slot of a motion as drawn or missed, once', () => {
    fc.assert(
      fc.property(steps, (late) => {
        const pacer = new Pacer({ originMs: ORIGIN, periodMs: PERIOD });
        let nowMs = ORIGIN + 0.01;
        let drawn = 0;
        let missed = 0;
        const first = pacer.slotAt(nowMs);
        for (const step of late) {
          if (!pacer.isDrawn(nowMs)) {
            missed += pacer.take(nowMs);
            drawn += 1;
            pacer.next(pacer.takenDueMs);
          }
          nowMs += step * PERIOD;
        }
        expect(drawn + missed).toBe(pacer.slotAt(pacer.takenDueMs + 0.01) - first + 1);
      }),
    );
  });

  it('misses nothing in a still, however long', () => {
    const pacer = new Pacer({ originMs: ORIGIN, periodMs: PERIOD });
    pacer.take(ORIGIN);
    expect(pacer.next(Infinity)).toBe(Infinity);
    expect(pacer.take(ORIGIN + 1e6)).toBe(0);
    expect(pacer.wasMoving).toBe(false);
  });

  it('misses the slots between a change that was due and the frame that shows it', () => {
    const pacer = new Pacer({ originMs: ORIGIN, periodMs: PERIOD });
    pacer.take(ORIGIN);
    pacer.next(ORIGIN + 9.5 * PERIOD);
    expect(pacer.take(ORIGIN + 4.2 * PERIOD)).toBe(0);
    pacer.next(ORIGIN + 9.5 * PERIOD);
    expect(pacer.take(ORIGIN + 13.2 * PERIOD)).toBe(3);
  });

  it('wakes for the first slot at or after a change, and never for one it has drawn', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: -5, max: 500, noNaN: true }),
        (taken, ahead) => {
          const pacer = new Pacer({ originMs: ORIGIN, periodMs: PERIOD });
          pacer.take(ORIGIN + taken * PERIOD);
          const changeMs = pacer.takenDueMs + ahead * PERIOD;
          const wake = slots(pacer.next(changeMs));
          expect(wake).toBeCloseTo(Math.round(wake), 6);
          expect(wake).toBeGreaterThan(slots(pacer.takenDueMs) + 0.5);
          expect(wake).toBeGreaterThan(slots(changeMs) - 1e-5);
          if (ahead > 1) expect(wake - slots(changeMs)).toBeLessThan(1 + 1e-5);
        },
      ),
    );
  });

  it('draws a slot once', () => {
    const pacer = new Pacer({ originMs: ORIGIN, periodMs: PERIOD });
    pacer.take(ORIGIN + 5.1 * PERIOD);
    expect(pacer.isDrawn(ORIGIN + 5.9 * PERIOD)).toBe(true);
    expect(pacer.isDrawn(ORIGIN + 6.01 * PERIOD)).toBe(false);
  });
});
