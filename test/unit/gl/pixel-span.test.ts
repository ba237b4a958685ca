import fc from 'fast-check';
import { GL } from '../../../runtime/gl/gl';
import { pixelSpanBytes } from '../../../runtime/gl/pixel-span';

const CHANNELS = new Map<number, number>([
  [GL.RGBA, 4],
  [GL.RGB, 3],
  [GL.LUMINANCE, 1],
]);

describe('the span of a rectangle of pixels', () => {
  it('ends with the last pixel, every row beginning at a multiple of the alignment', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CHANNELS.keys()),
        fc.constantFrom(1, 2, 4, 8),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 9 }),
        (format, alignment, width, height) => {
          let end = 0;
          for (let row = 0; row < height; row += 1) {
            while (end % alignment !== 0) end += 1;
            end += width * CHANNELS.get(format)!;
          }
          expect(pixelSpanBytes(width, height, format, alignment)).toBe(end);
        },
      ),
    );
  });

  it('is empty where GL reads nothing or refuses', () => {
    expect(pixelSpanBytes(0, 5, GL.RGBA, 4)).toBe(0);
    expect(pixelSpanBytes(5, 0, GL.RGBA, 4)).toBe(0);
    expect(pixelSpanBytes(5, 5, GL.FLOAT, 4)).toBe(0);
  });
});
