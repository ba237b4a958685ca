import fc from 'fast-check';
import { openPlanner, type PlannedFile, type Planner, type ThemeFiles } from '../../../runtime/library/planner';
import { createRandom } from '../../../runtime/show/random';

const shuffle = (themes: readonly ThemeFiles[], repeatHorizon = 100, seed = 1): Planner => {
  const planner = openPlanner({ order: 'shuffle', repeatHorizon, random: createRandom(`${seed} scene`) });
  planner.update(themes);
  return planner;
};
const sequence = (themes: readonly ThemeFiles[]): Planner => {
  const planner = openPlanner({ order: 'sequence', repeatHorizon: 100, random: () => 0 });
  planner.update(themes);
  return planner;
};
const theme = (name: string, count: number, weight = 1): ThemeFiles => ({
  name,
  weight,
  files: Array.from({ length: count }, (_, at) => `/${name}/${at}`),
});
const draws = (planner: Planner, count: number): string[] =>
  Array.from({ length: count }, () => planner.draw()).flatMap((picture) => picture?.path ?? []);
const paths = (pictures: readonly PlannedFile[]): string[] => pictures.map(({ path }) => path);

const themes = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 4 })
  .map((list) => list.map(([count, weight], at) => theme(`t${at}`, count, weight)));
const seed = fc.integer({ min: 0, max: 2 ** 31 });
const horizon = fc.integer({ min: 0, max: 60 });

/** Fails where a picture repeats within `distance` draws. */
function expectNoRepeats(order: readonly string[], distance: number): void {
  const last = new Map<string, number>();
  for (const [at, path] of order.entries()) {
    const before = last.get(path);
    if (before !== undefined && at - before <= distance)
      throw new Error(`${path} again after ${at - before} draws, not over ${distance}`);
    last.set(path, at);
  }
}

describe('shuffled planning', () => {
  it('makes the same order from the same seed and another from another', () => {
    const order = (one: number): string[] => draws(shuffle([theme('a', 40), theme('b', 20)], 10, one), 100);
    expect(order(7)).toEqual(order(7));
    expect(order(7)).not.toEqual(order(8));
  });

  it('peeks exactly what is drawn next, however peeks and draws mix', () => {
    fc.assert(
      fc.property(
        themes,
        seed,
        horizon,
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }),
        (list, one, far, peeks) => {
          const plain = draws(shuffle(list, far, one), 200);
          const planner = shuffle(list, far, one);
          const drawn: string[] = [];
          for (const count of peeks) {
            const seen = paths(planner.peek(count));
            const taken = draws(planner, Math.ceil(count / 2));
            expect(seen.slice(0, taken.length)).toEqual(taken.slice(0, seen.length));
            drawn.push(...taken);
          }
          expect(drawn.slice(0, 200)).toEqual(plain.slice(0, drawn.length));
        },
      ),
    );
  });

  it('never repeats within min(H, N-1) draws', () => {
    fc.assert(
      fc.property(themes, seed, horizon, (list, one, far) => {
        const planner = shuffle(list, far, one);
        expectNoRepeats(draws(planner, 300), Math.min(far, planner.size - 1));
      }),
    );
  });

  it('keeps the horizon and the order of its predictions while files come and go', () => {
    const change = fc.record({
      draw: fc.integer({ min: 0, max: 20 }),
      peek: fc.integer({ min: 0, max: 32 }),
      keep: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    });
    fc.assert(
      fc.property(seed, horizon, fc.array(change, { maxLength: 8 }), (one, far, changes) => {
        const all = theme('a', 40).files;
        let files = all;
        const drawn: string[] = [];
        const planner = shuffle([{ name: 'a', weight: 1, files }], far, one);
        for (const { draw, peek, keep } of changes) {
          drawn.push(...draws(planner, draw));
          const before = paths(planner.peek(peek));
          const now = all.filter((_, at) => keep[at]);
          const staying = files.filter((path) => now.includes(path));
          const removed = staying.length < files.length;
          files = now;
          planner.update([{ name: 'a', weight: 1, files }]);
          const after = paths(planner.peek(peek));
          expect(planner.size).toBe(files.length);
          for (const path of after) expect(files).toContain(path);
          if (!removed) expect(after.slice(0, before.length)).toEqual(before);
          else {
            // The last draws before the change and those predicted now, seen together.
            const distance = Math.max(0, Math.min(far, staying.length - 1));
            for (const [at, path] of after.entries()) {
              const before = [...drawn, ...after.slice(0, at)];
              expect(before.slice(before.length - Math.min(distance, before.length))).not.toContain(path);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('drops only predictions of the removed file where nothing else would repeat too early', () => {
    // A horizon beyond what is predicted: none of it comes twice.
    const planner = shuffle([theme('a', 200)], 40);
    const before = paths(planner.peek(32));
    planner.remove(before[3]!);
    expect(paths(planner.peek(31))).toEqual(before.filter((_, at) => at !== 3));
    expect(draws(planner, 1000)).not.toContain(before[3]);
  });

  it('lets a new file join after what was predicted', () => {
    const planner = shuffle([theme('a', 5)]);
    const before = paths(planner.peek(5));
    planner.update([{ ...theme('a', 5), files: [...theme('a', 5).files, '/new'] }]);
    expect(paths(planner.peek(5))).toEqual(before);
    expect(draws(planner, 11)).toContain('/new');
  });

  it('draws themes by weight, whatever their number of files', () => {
    const planner = shuffle([theme('few', 300, 3), theme('many', 3000, 1)], 10);
    const order = draws(planner, 8000);
    const share = order.filter((path) => path.startsWith('/few/')).length / order.length;
    expect(share).toBeGreaterThan(0.71);
    expect(share).toBeLessThan(0.79);
  });

  it('counts a file of two themes once', () => {
    const planner = shuffle([theme('a', 3), { name: 'b', weight: 5, files: theme('a', 3).files }]);
    expect(planner.size).toBe(3);
    expect(planner.peek(3).every(({ theme: name }) => name === 'a')).toBe(true);
  });

  it('has nothing to draw from empty themes, and goes on when files come', () => {
    const planner = shuffle([theme('a', 0)]);
    expect(planner.draw()).toBeUndefined();
    expect(planner.peek(3)).toEqual([]);
    planner.update([theme('a', 1)]);
    expect(draws(planner, 3)).toEqual(['/a/0', '/a/0', '/a/0']);
  });

  it('draws from 50,000 files without looking at them all', () => {
    let listed = 0;
    const files = new Proxy(theme('a', 50_000).files as string[], {
      get: (target, key) => {
        listed += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    const planner = shuffle([{ name: 'a', weight: 1, files }]);
    listed = 0;
    expect(new Set(draws(planner, 101)).size).toBe(101);
    expect(listed).toBe(0);
  });
});

describe('planning in sequence', () => {
  it('plays theme after theme in the given order, round and round', () => {
    expect(draws(sequence([theme('b', 2), theme('a', 2)]), 6)).toEqual([
      '/b/0',
      '/b/1',
      '/a/0',
      '/a/1',
      '/b/0',
      '/b/1',
    ]);
  });

  it('goes on where it was when files join and leave', () => {
    const planner = sequence([{ name: 'a', weight: 1, files: ['/1', '/2', '/4', '/5'] }]);
    expect(draws(planner, 2)).toEqual(['/1', '/2']);
    planner.update([{ name: 'a', weight: 1, files: ['/0', '/1', '/3', '/4', '/5'] }]);
    expect(draws(planner, 4)).toEqual(['/3', '/4', '/5', '/0']);
    planner.remove('/1');
    expect(draws(planner, 2)).toEqual(['/3', '/4']);
  });

  it('keeps its predictions but those of removed files', () => {
    const planner = sequence([theme('a', 6)]);
    expect(paths(planner.peek(4))).toEqual(['/a/0', '/a/1', '/a/2', '/a/3']);
    planner.remove('/a/2');
    expect(draws(planner, 6)).toEqual(['/a/0', '/a/1', '/a/3', '/a/4', '/a/5', '/a/0']);
  });

  it('goes on when its last picture goes and others come', () => {
    const planner = sequence([{ name: 'a', weight: 1, files: ['/1'] }]);
    expect(draws(planner, 1)).toEqual(['/1']);
    planner.remove('/1');
    expect(planner.draw()).toBeUndefined();
    planner.update([{ name: 'a', weight: 1, files: ['/2', '/3'] }]);
    expect(draws(planner, 3)).toEqual(['/2', '/3', '/2']);
  });
});
