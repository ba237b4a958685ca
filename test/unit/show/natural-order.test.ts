/** Files are played in the order a person would number them. */
import fc from 'fast-check';
import { compareNaturally, inNaturalOrder } from '../../../runtime/show/natural-order';

const names = fc.string({
  unit: fc.constantFrom('a', 'B', 'b', '/', '0', '1', '9', ' ', '-', '.', 'é'),
  maxLength: 10,
});

describe('natural order', () => {
  it.each([
    [
      ['p10.jpg', 'p9.jpg', 'p1.jpg'],
      ['p1.jpg', 'p9.jpg', 'p10.jpg'],
    ],
    [
      ['03.jpg', '002.jpg', '10.jpg', '1.jpg'],
      ['1.jpg', '002.jpg', '03.jpg', '10.jpg'],
    ],
    [
      ['b.jpg', 'A.jpg', 'a2.jpg'],
      ['A.jpg', 'a2.jpg', 'b.jpg'],
    ],
    [
      ['a b/1.jpg', 'a/2.jpg', 'a/10.jpg'],
      ['a/2.jpg', 'a/10.jpg', 'a b/1.jpg'],
    ],
    [
      ['v1.10/a', 'v1.9/a'],
      ['v1.9/a', 'v1.10/a'],
    ],
    [
      ['x99999999999999999999999.jpg', 'x100000000000000000000000.jpg'],
      ['x99999999999999999999999.jpg', 'x100000000000000000000000.jpg'],
    ],
    [
      ['Foto 🌲 12', 'Foto 🌲 3'],
      ['Foto 🌲 3', 'Foto 🌲 12'],
    ],
  ])('%j', (given, expected) => expect(inNaturalOrder(given)).toEqual(expected));

  it('is a total order: antisymmetric, transitive, and 0 only for the same name', () => {
    fc.assert(
      fc.property(names, names, names, (a, b, c) => {
        expect(Math.sign(compareNaturally(a, b))).toBe(0 - Math.sign(compareNaturally(b, a)));
        expect(compareNaturally(a, b) === 0).toBe(a === b);
        if (compareNaturally(a, b) <= 0 && compareNaturally(b, c) <= 0) {
          expect(compareNaturally(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('does not depend on the order it was given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(names), (list) => {
        expect(inNaturalOrder([...list].reverse())).toEqual(inNaturalOrder(list));
      }),
    );
  });
});
