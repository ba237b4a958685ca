/** Scenes are chosen by weight, and not twice in a row where there is another. */
import fc from 'fast-check';
import { chooseScene, planNextChoice, planStay, type PoolHistory } from '../../../runtime/show/pool';
import { createRandom } from '../../../runtime/show/random';
import type { PoolEntry } from '../../../runtime/show/types';

const weights = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 8 });
const seeds = fc.integer();

function poolOf(shares: readonly number[]): PoolEntry[] {
  return shares.map((weight, index) => ({ scene: `scene-${index}`, weight }));
}

function draws(pool: readonly PoolEntry[], count: number, seed: number): string[] {
  const random = createRandom(seed);
  let history: PoolHistory = [];
  return Array.from({ length: count }, () => {
    const choice = chooseScene(pool, history, random);
    history = choice.history;
    return choice.entry.scene;
  });
}

describe('choosing a scene', () => {
  it('never takes the same scene twice in a row where there are two', () => {
    fc.assert(
      fc.property(weights, seeds, (shares, seed) => {
        const chosen = draws(poolOf(shares), 40, seed);
        const repeats = chosen.filter((scene, at) => scene === chosen[at - 1]).length;
        expect(repeats).toBe(shares.length === 1 ? 39 : 0);
      }),
    );
  });

  it('keeps the last three out of a pool of six or more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 9 }), seeds, (size, seed) => {
        const chosen = draws(poolOf(Array.from({ length: size }, () => 1)), 60, seed);
        for (let at = 3; at < chosen.length; at += 1) expect(new Set(chosen.slice(at - 3, at + 1)).size).toBe(4);
      }),
    );
  });

  it('makes the same choices from the same seed', () => {
    fc.assert(
      fc.property(weights, seeds, (shares, seed) => {
        expect(draws(poolOf(shares), 20, seed)).toEqual(draws(poolOf(shares), 20, seed));
      }),
    );
  });

  it('follows the weights: with nothing to avoid, in their proportion', () => {
    const pool = poolOf([1, 3, 6]);
    const random = createRandom('weights');
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 10_000; draw += 1) {
      const { scene } = chooseScene(pool, [], random).entry;
      counts.set(scene, (counts.get(scene) ?? 0) + 1);
    }
    // Four standard deviations of 10,000 draws are below 200.
    for (const [index, expected] of [1000, 3000, 6000].entries()) {
      expect(Math.abs(counts.get(`scene-${index}`)! - expected)).toBeLessThan(200);
    }
  });

  it('lets heavier scenes come more often in a pool of three, repeats avoided', () => {
    const chosen = draws(poolOf([1, 1, 8]), 3000, 1);
    const share = (scene: string): number => chosen.filter((name) => name === scene).length / chosen.length;
    expect(share('scene-2')).toBeGreaterThan(0.44);
    expect(share('scene-0')).toBeGreaterThan(0.2);
  });

  it('takes an entry even where the generator gives its extremes', () => {
    for (const extreme of [0, 1 - 2 ** -32]) {
      expect(chooseScene(poolOf([0.1, 0.2, 0.7]), [], () => extreme).entry.scene).toBe(
        extreme === 0 ? 'scene-0' : 'scene-2',
      );
    }
  });
});

describe('how long a scene stays', () => {
  const stay = (limits: Partial<PoolEntry>, random: number): number | undefined =>
    planStay({ scene: 's', weight: 1, ...limits }, () => random);

  it('is open without limits', () => expect(stay({}, 0.5)).toBeUndefined());

  it('lies between min and max, 5 s and 30 s standing for the one not given', () => {
    expect([stay({ minMs: 10_000 }, 0), stay({ minMs: 10_000 }, 1)]).toEqual([10_000, 30_000]);
    expect([stay({ maxMs: 20_000 }, 0), stay({ maxMs: 20_000 }, 1)]).toEqual([5000, 20_000]);
  });

  it('never goes against the limit that was given', () => {
    expect(stay({ minMs: 60_000 }, 0.5)).toBe(60_000);
    expect(stay({ maxMs: 2000 }, 0.5)).toBe(2000);
    const limit = fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined });
    fc.assert(
      fc.property(limit, limit, seeds, (a, b, seed) => {
        const [minMs, maxMs] = a !== undefined && b !== undefined ? [Math.min(a, b), Math.max(a, b)] : [a, b];
        const limits = { ...(minMs === undefined ? {} : { minMs }), ...(maxMs === undefined ? {} : { maxMs }) };
        const stayMs = planStay({ scene: 's', weight: 1, ...limits }, createRandom(seed));
        if (stayMs === undefined) expect(limits).toEqual({});
        else {
          expect(stayMs).toBeGreaterThanOrEqual(minMs ?? 0);
          expect(stayMs).toBeLessThanOrEqual(maxMs ?? Infinity);
        }
      }),
    );
  });
});

describe('when a scene is chosen anew', () => {
  const plain: PoolEntry = { scene: 's', weight: 1 };
  const limited: PoolEntry = { ...plain, minMs: 8000, maxMs: 8000 };
  const half = (): number => 0.5;

  it('on-cue-start: not before the next cue, whatever its limits', () => {
    expect(planNextChoice({ select: 'on-cue-start' }, limited, half)).toEqual({ when: 'next-cue' });
  });

  it('on-media-cycle: at each boundary, or at the first after its stay', () => {
    expect(planNextChoice({ select: 'on-media-cycle' }, plain, half)).toEqual({ when: 'media-cycle', afterMs: 0 });
    expect(planNextChoice({ select: 'on-media-cycle' }, limited, half)).toEqual({ when: 'media-cycle', afterMs: 8000 });
  });

  it('on-interval: every selectEvery, or after its own stay', () => {
    const cue = { select: 'on-interval', selectEveryMs: 30_000 } as const;
    expect(planNextChoice(cue, plain, half)).toEqual({ when: 'time', afterMs: 30_000 });
    expect(planNextChoice(cue, limited, half)).toEqual({ when: 'time', afterMs: 8000 });
  });
});
