import * as fc from 'fast-check';
import { constant, valueAt, type Envelope } from '../../../runtime/stage/envelope';
import { arrival, departure, type TransitionKind } from '../../../runtime/stage/transitions';

const instant = fc.double({ min: -50, max: 250, noNaN: true });
const both = (kind: TransitionKind, fromMs = 0, untilMs = 200) => {
  const span = { kind, fromMs, untilMs };
  return { comes: arrival(span), goes: departure(span) };
};
const at = (envelope: Envelope | undefined, atMs: number, rest: number): number =>
  valueAt(envelope ?? constant(rest), atMs);

describe('transitions', () => {
  it('begin with the old card whole and end with the new one whole', () => {
    for (const kind of ['crossfade', 'fade-through-black', 'slide', 'wipe'] as const) {
      const { comes, goes } = both(kind);
      const seen = (atMs: number): number =>
        valueAt(comes.opacity, atMs) * valueAt(comes.reveal, atMs) * (1 - Math.abs(valueAt(comes.offsetX, atMs)));
      expect([seen(0), seen(200), seen(1000)]).toEqual([0, 1, 1]);
      expect([at(goes.opacity, 0, 1), at(goes.offsetX, 0, 0)]).toEqual([1, 0]);
      expect(goes.untilMs).toBeLessThanOrEqual(200);
    }
  });

  it('leave no gap between two cards that slide', () => {
    const { comes, goes } = both('slide');
    fc.assert(
      fc.property(instant, (atMs) =>
        expect(valueAt(comes.offsetX, atMs) - at(goes.offsetX, atMs, 0)).toBeCloseTo(1, 9),
      ),
    );
  });

  it('keep the old card whole under one that fades or wipes in', () => {
    for (const kind of ['crossfade', 'wipe'] as const) expect(both(kind).goes).toEqual({ untilMs: 200 });
  });

  it('never show two cards at once on the way through black', () => {
    const { comes, goes } = both('fade-through-black');
    fc.assert(
      fc.property(instant, (atMs) => {
        const old = atMs < goes.untilMs! ? at(goes.opacity, atMs, 1) : 0;
        expect(old * valueAt(comes.opacity, atMs)).toBe(0);
      }),
    );
  });

  it('are over at once when they are a cut', () => {
    expect(both('cut', 7, 7)).toMatchObject({ comes: { opacity: constant(1) }, goes: { untilMs: 7 } });
  });
});
