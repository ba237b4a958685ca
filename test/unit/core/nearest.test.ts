/** A mistyped name is answered with the one that was most likely meant. */
import fc from 'fast-check';
import { editDistance, nearestName } from '../../../runtime/core/nearest';

const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });

describe('the nearest name', () => {
  it.each([
    ['weigth', 'weight'],
    ['Weight', 'weight'],
    ['evry', 'every'],
    ['crosfade', 'crossfade'],
    ['videos', undefined],
    ['', undefined],
  ])('to %j is %j', (written, nearest) => {
    expect(nearestName(written, ['weight', 'every', 'crossfade', 'themes'])).toBe(nearest);
  });

  it('counts a swap of neighbours as one slip', () => {
    expect(editDistance('weigth', 'weight')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('is measured alike both ways, and 0 only between the same words', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
