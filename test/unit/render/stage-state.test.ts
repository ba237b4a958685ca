import * as fc from 'fast-check';
import { StageState } from '../../../runtime/render/stage-state';
import { ramp, valueAt, type Envelope } from '../../../runtime/stage/envelope';
import { STAYS } from '../../../runtime/session/cards';
import { ENVELOPES, type Layer } from '../../../runtime/stage/layer';
import { motionProgress } from '../../../runtime/stage/placement';
import { card, overlay } from '../../support/render-rig';

const ref = { slot: 0, generation: 1, widthPx: 1, heightPx: 1 };

function stageOf(layers: readonly Layer[]): StageState {
  const stage = new StageState();
  for (const layer of layers) stage.apply({ op: 'add', layer });
  return stage;
}

/** Whole milliseconds, so that sampling between them misses nothing. */
const instant = fc.nat(60);
const envelope: fc.Arbitrary<Envelope> = fc
  .tuple(
    fc.uniqueArray(instant, { minLength: 1, maxLength: 5 }),
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 5 }),
    fc.boolean(),
  )
  .map(([times, values, smooth]) => ({
    keys: times.sort((a, b) => a - b).flatMap((time, at) => [time, values[at]! / 2]),
    smooth,
  }));
const layer = fc.record({
  from: instant,
  stays: fc.option(instant, { nil: undefined }),
  opacity: envelope,
  offsetX: envelope,
  offsetY: envelope,
  reveal: envelope,
  motion: fc.option(fc.tuple(instant, instant), { nil: undefined }),
});
const layers = fc.array(layer, { maxLength: 4 }).map((all) =>
  all.map(({ from, stays, motion, ...envelopes }, id) => {
    const view = { centreX: 0, centreY: 0, zoom: 1 };
    const moves =
      motion === undefined
        ? {}
        : { motion: { fromMs: motion[0], untilMs: motion[0] + motion[1] + 1, from: view, to: { ...view, zoom: 2 } } };
    return card(id + 1, ref, {
      ...envelopes,
      fromMs: from,
      untilMs: stays === undefined ? Infinity : from + stays,
      card: moves,
    });
  }),
);

/** Everything of the stage that can be seen at an instant. */
function appearance(all: readonly Layer[], atMs: number): string {
  return JSON.stringify(
    all
      .filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
      .map(({ id, placement, opacity, offsetX, offsetY, reveal }) => {
        const motion =
          placement.kind === 'card' && placement.motion !== undefined ? motionProgress(placement.motion, atMs) : 0;
        return [id, motion, ...[opacity, offsetX, offsetY, reveal].map((each) => valueAt(each, atMs))];
      }),
  );
}

describe('the next change of the stage', () => {
  it('never comes later than the picture really changes', () => {
    fc.assert(
      fc.property(layers, instant, (all, atMs) => {
        const stage = stageOf(all);
        stage.retire(atMs, []);
        const nextMs = stage.nextChangeMs(atMs);
        expect(nextMs).toBeGreaterThanOrEqual(atMs);
        const now = appearance(all, atMs);
        for (let later = atMs; later < Math.min(nextMs, 200); later += 0.5) expect(appearance(all, later)).toBe(now);
      }),
      { numRuns: 500 },
    );
  });

  it('is never in a still', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const stage = stageOf(all);
        stage.retire(500, []);
        expect(stage.nextChangeMs(500)).toBe(Infinity);
        expect(stage.movesWithin(500, 1e9)).toBe(false);
      }),
    );
  });

  it('is now while something moves', () => {
    const stage = stageOf([card(1, ref, { opacity: { keys: [10, 0, 20, 1] } })]);
    expect([5, 10, 15, 20].map((atMs) => stage.nextChangeMs(atMs))).toEqual([10, 10, 15, Infinity]);
  });
});

describe('the layers of the stage', () => {
  it('lie by plane, and by age within one', () => {
    const stage = stageOf([
      overlay(1, ref, 0, 0),
      card(2, ref),
      overlay(3, ref, 0, 0),
      card(4, ref, { plane: -1 }),
      card(5, ref),
    ]);
    expect(stage.all.map(({ id }) => id)).toEqual([4, 2, 5, 1, 3]);
  });

  it('are amended in their place, and only where they are', () => {
    const stage = stageOf([card(1, ref), card(2, ref)]);
    expect(stage.apply({ op: 'amend', id: 1, change: { untilMs: 7 } })).toBe(0);
    stage.apply({ op: 'amend', id: 9, change: { untilMs: 7 } });
    expect(stage.all.map(({ id, untilMs }) => [id, untilMs])).toEqual([
      [1, 7],
      [2, Infinity],
    ]);
  });

  it('are told of once when they leave', () => {
    const stage = stageOf([card(1, ref, { untilMs: 10 }), card(2, ref), card(3, ref, { untilMs: 10 })]);
    const retired: number[] = [];
    stage.retire(9.99, retired);
    expect(retired).toEqual([]);
    stage.retire(10, retired);
    stage.retire(11, retired);
    expect(retired.sort()).toEqual([1, 3]);
    expect([stage.apply({ op: 'remove', id: 2 }), stage.apply({ op: 'remove', id: 2 })]).toEqual([2, 0]);
  });

  it('count as arrivals when they first appear, texts not', () => {
    const stage = stageOf([card(1, ref), card(2, ref, { fromMs: 10 }), overlay(3, ref, 0, 0)]);
    expect([0, 5, 10, 11].map((atMs) => stage.countArrivals(atMs))).toEqual([1, 0, 1, 0]);
  });

  it.each(ENVELOPES)('are in transition while %s moves, and not when a recall has put the card at rest', (name) => {
    const stage = stageOf([card(1, ref, { [name]: ramp(10, 0, 20, 1) })]);
    expect([5, 15, 25].map((atMs) => stage.inTransition(atMs, 1))).toEqual([false, true, false]);
    expect(stage.nextChangeMs(5)).toBe(10);
    stage.apply({ op: 'add', layer: card(2, ref, { fromMs: 100 }) });
    stage.apply({ op: 'recall', id: 2, before: [1], change: STAYS });
    expect([5, 15, 25].map((atMs) => stage.inTransition(atMs, 1))).toEqual([false, false, false]);
    expect(stage.nextChangeMs(5)).toBe(Infinity);
  });

  it('are in transition while a card moves otherwise than slowly over its picture', () => {
    const view = { centreX: 0, centreY: 0, zoom: 1 };
    const slow = { motion: { fromMs: 0, untilMs: 100, from: view, to: view } };
    const stage = stageOf([
      card(1, ref, { offsetX: { keys: [10, 0, 20, 1] }, card: slow }),
      overlay(2, ref, 0, 0, { opacity: { keys: [0, 0, 90, 1] } }),
    ]);
    expect([0, 9, 15, 20].map((atMs) => stage.inTransition(atMs, 2))).toEqual([false, true, true, false]);
  });
});
