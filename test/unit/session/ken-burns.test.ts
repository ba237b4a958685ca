import * as fc from 'fast-check';
import { kenBurns } from '../../../runtime/session/ken-burns';
import { createRandom } from '../../../runtime/show/random';
import { KEN_BURNS_ZOOM } from '../../../runtime/core/agreed';

describe('ken-burns', () => {
  it('moves between the whole picture and a near view that never needs enlarged pixels', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { fromMs, untilMs, from, to } = kenBurns(100, 900, createRandom(seed));
        expect([fromMs, untilMs]).toEqual([100, 900]);
        expect([from.zoom, to.zoom].sort()).toEqual([1, KEN_BURNS_ZOOM]);
        for (const { centreX, centreY } of [from, to]) {
          for (const centre of [centreX, centreY]) {
            expect(centre).toBeGreaterThanOrEqual(0.25);
            expect(centre).toBeLessThanOrEqual(0.75);
          }
        }
      }),
    );
  });

  it('goes in as well as out, and differs from one picture to the next', () => {
    const random = createRandom(1);
    const moves = Array.from({ length: 40 }, () => kenBurns(0, 1, random));
    expect(new Set(moves.map(({ from }) => from.zoom)).size).toBe(2);
    expect(new Set(moves.map((move) => JSON.stringify(move))).size).toBe(40);
  });
});
