/** Scenes are chosen by weight, and not twice in a row unless their weight demands it. */
import fc from 'fast-check';
import { chooseScene, NO_PAST, planNextChoice, planStay } from '../../../runtime/show/pool';
import { createRandom } from '../../../runtime/show/random';
import type { PoolEntry } from '../../../runtime/show/types';

const weights = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 8 });
const seeds = fc.integer();

function poolOf(shares: readonly number[]): PoolEntry[] {
  return shares.map((weight, index) => ({ scene: `scene-${index}`, weight }));
}

function draws(pool: readonly PoolEntry[], count: number, seed: number): string[] {
  const random = createRandom(seed);
  let past = NO_PAST;
  return Array.from({ length: count }, () => {
    const choice = chooseScene(pool, past, random);
    past = choice.past;
    return choice.entry.scene;
  });
}

describe('choosing a scene', () => {
  it('gives every scene its share of 1,000 choices, in pools of any size and with any weights', () => {
    fc.assert(
      fc.property(weights, seeds, (shares, seed) => {
        const sum = shares.reduce((all, weight) => all + weight, 0);
        const chosen = draws(poolOf(shares), 1000, seed);
        for (const [index, weight] of shares.entries()) {
          const count = chosen.filter((scene) => scene === `scene-${index}`).length;
          expect(Math.abs(count / 1000 - weight / sum)).toBeLessThan(0.01);
        }
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });

  it.each([[[9, 1]], [[1, 100]], [[9, 1, 1]], [[5, 1, 1, 3]]])(
    'keeps to weights of %j after a hundred choices',
    (shares) => {
      const sum = shares.reduce((all, weight) => all + weight, 0);
      const chosen = draws(poolOf(shares), 100, 1);
      for (const [index, weight] of shares.entries()) {
        const count = chosen.filter((scene) => scene === `scene-${index}`).length;
        expect(Math.abs(count - (100 * weight) / sum)).toBeLessThanOrEqual(2);
      }
    },
  );

  it('takes a scene twice in a row only where its weight demands it', () => {
    fc.assert(
      fc.property(weights, seeds, (shares, seed) => {
        const sum = shares.reduce((all, weight) => all + weight, 0);
        const chosen = draws(poolOf(shares), 60, seed);
        const counts = new Map<string, number>();
        for (const [at, scene] of chosen.entries()) {
          counts.set(scene, (counts.get(scene) ?? 0) + 1);
          if (at === 0 || scene !== chosen[at - 1]) continue;
          // Every other scene has had its share of the choices so far.
          for (const [index, weight] of shares.entries()) {
            const name = `scene-${index}`;
            if (name !== scene && (counts.get(name) ?? 0) < ((at + 1) * weight) / sum - 1e-6) return false;
          }
        }
        return true;
      }),
      { endOnFailure: true },
    );
  });

  it('never takes one of two equal scenes twice in a row', () => {
    const chosen = draws(poolOf([1, 1]), 100, 7);
    expect(chosen.every((scene, at) => scene !== chosen[at - 1])).toBe(true);
  });

  it('keeps the last three out of a pool of six or more equal ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 9 }), seeds, (size, seed) => {
        const chosen = draws(poolOf(Array.from({ length: size }, () => 1)), 60, seed);
        for (let at = 3; at < chosen.length; at += 1) expect(new Set(chosen.slice(at - 3, at + 1)).size).toBe(4);
      }),
    );
  });

  it('makes the same choices from the same seed, and others from another', () => {
    const pool = poolOf([1, 2, 3, 4]);
    expect(draws(pool, 40, 1)).toEqual(draws(pool, 40, 1));
    expect(draws(pool, 40, 1)).not.toEqual(draws(pool, 40, 2));
  });

  it('goes on with the shares when scenes join and leave', () => {
    const random = createRandom(1);
    let past = NO_PAST;
    const play = (pool: PoolEntry[], count: number): string[] =>
      Array.from({ length: count }, () => {
        const choice = chooseScene(pool, past, random);
        past = choice.past;
        return choice.entry.scene;
      });
    const [a, b, c] = poolOf([1, 8, 1]) as [PoolEntry, PoolEntry, PoolEntry];
    play([a, b], 55);
    const chosen = play([a, c], 100);
    expect(Math.abs(chosen.filter((scene) => scene === a.scene).length - 50)).toBeLessThanOrEqual(2);
  });

  it('takes an entry even where the generator gives its extremes', () => {
    for (const extreme of [0, 1 - 2 ** -32]) {
      expect(chooseScene(poolOf([0.1, 0.2, 0.7]), NO_PAST, () => extreme).entry.scene).toBe(
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
