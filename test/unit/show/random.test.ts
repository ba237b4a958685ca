/** The generator is repeatable, even, and different for every seed. */
import fc from 'fast-check';
import { createRandom } from '../../../runtime/show/random';

const first = (seed: number | string, count: number): number[] => Array.from({ length: count }, createRandom(seed));

describe('seeded random numbers', () => {
  it('are the same on every machine and in every version', () => {
    expect(first('vitrine', 3)).toEqual([0.16942416410893202, 0.45975274802185595, 0.17481284216046333]);
  });

  it('repeat for the same seed and lie in [0, 1)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double(), fc.string()), (seed) => {
        const numbers = first(seed, 20);
        expect(first(seed, 20)).toEqual(numbers);
        for (const number of numbers) expect(number >= 0 && number < 1).toBe(true);
      }),
    );
  });

  it('differ between neighbouring seeds, and between 1 and "1"', () => {
    const starts = [...Array.from({ length: 2000 }, (_, seed) => seed), '1', '2', ''].map((seed) => first(seed, 1)[0]);
    expect(new Set(starts).size).toBe(starts.length);
    const mean = (starts as number[]).reduce((sum, value) => sum + value, 0) / starts.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  });

  it('fill sixteen bins evenly (chi-square below its 0.1 % limit of 37.7)', () => {
    const random = createRandom(7);
    const bins = new Array<number>(16).fill(0);
    for (let draw = 0; draw < 32_000; draw += 1) bins[Math.floor(random() * 16)]! += 1;
    expect(bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(37.7);
  });
});
