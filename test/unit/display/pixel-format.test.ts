/** Every format and row length against the plain definition of a pixel, and nothing written beside the part. */
import fc from 'fast-check';
import {
  COLOUR_BITS,
  formatOf,
  PIXEL_BYTES,
  writerFor,
  type PixelFormat,
  type Writable,
} from '../../../runtime/display/pixel-format';

const FORMATS = Object.keys(PIXEL_BYTES) as PixelFormat[];
const UNTOUCHED = 0x5a;

function memoryOf(bytes: Uint8Array): Writable {
  return {
    write: (at, source, sourceByte, length) => bytes.set(source.subarray(sourceByte, sourceByte + length), at),
  };
}

/** A pixel as the format defines it: the highest bits of each colour at their places. */
function pixelIn(bytes: Uint8Array, at: number, format: PixelFormat): number[] {
  let value = 0;
  for (let i = PIXEL_BYTES[format] - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  const { red, green, blue } = COLOUR_BITS[format];
  return [blue, green, red].map(([offset, bits]) => Math.floor(value / 2 ** offset) % 2 ** bits);
}

const part = fc.record({
  width: fc.integer({ min: 1, max: 23 }),
  height: fc.integer({ min: 1, max: 11 }),
  pad: fc.integer({ min: 0, max: 13 }),
  before: fc.integer({ min: 0, max: 50 }),
  edges: fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()),
  seed: fc.integer({ min: 1, max: 0xffff }),
});

describe.each(FORMATS)('%s', (format) => {
  it('shows each pixel of the part at its place and leaves the rest of the target alone', () => {
    fc.assert(
      fc.property(part, ({ width, height, pad, before, edges, seed }) => {
        const frame = new Uint8Array(new ArrayBuffer(width * height * 4));
        frame.forEach((_, i) => (frame[i] = (Math.imul(i + 1, seed * 2654435) >>> 9) & 255));
        const [left, right] = [edges[0] % (width + 1), edges[1] % (width + 1)].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const [top, bottom] = [edges[2] % (height + 1), edges[3] % (height + 1)].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const pixelBytes = PIXEL_BYTES[format];
        const pitch = width * pixelBytes + pad;
        const target = new Uint8Array(before + pitch * height + 9).fill(UNTOUCHED);
        writerFor(format, frame, width)(memoryOf(target), before, pitch, { left, top, right, bottom });
        // Whole rows of an equal format may take the frame's own pixels beside the part along.
        const alongside = format === 'xrgb8888' && pad === 0;
        const wrong: string[] = [];
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const at = before + y * pitch + x * pixelBytes;
            const source = [0, 1, 2].map((i) => frame[(y * width + x) * 4 + i]!);
            const { red, green, blue } = COLOUR_BITS[format];
            const due = [blue, green, red].map(([, bits], i) => source[i]! >>> (8 - bits));
            const inPart = x >= left && x < right && y >= top && y < bottom;
            const shown = String(pixelIn(target, at, format)) === String(due);
            const untouched = target.subarray(at, at + pixelBytes).every((byte) => byte === UNTOUCHED);
            if (inPart ? !shown : !(untouched || (alongside && shown))) wrong.push(`${x},${y}`);
          }
          const beside = before + y * pitch + width * pixelBytes;
          if (!target.subarray(beside, beside + pad).every((byte) => byte === UNTOUCHED)) wrong.push(`beside ${y}`);
        }
        if (!target.subarray(0, before).every((byte) => byte === UNTOUCHED)) wrong.push('before');
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is recognised by the bits of its colours', () => {
    expect(formatOf(PIXEL_BYTES[format] * 8, COLOUR_BITS[format])).toBe(format);
  });
});

it('does not take a palette or another depth for a format', () => {
  expect(formatOf(8, COLOUR_BITS.rgb565)).toBeUndefined();
  expect(formatOf(16, { red: [10, 5], green: [5, 5], blue: [0, 5] })).toBeUndefined();
});
