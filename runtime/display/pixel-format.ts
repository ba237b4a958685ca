/** Pixel formats of screens that are written to directly, and how the composed frame (B, G, R, X bytes) becomes them. */
import type { Rect } from '../stage/placement';

/**
 * Named as the kernel names them, by the bits of a pixel read as a little-endian number from its highest: `xrgb8888` lies in
 * memory as B, G, R, X.
 */
export type PixelFormat = 'xrgb8888' | 'xbgr8888' | 'rgbx8888' | 'bgrx8888' | 'rgb888' | 'bgr888' | 'rgb565' | 'bgr565';

/** Bytes of one pixel. */
export const PIXEL_BYTES: Readonly<Record<PixelFormat, 2 | 3 | 4>> = {
  xrgb8888: 4,
  xbgr8888: 4,
  rgbx8888: 4,
  bgrx8888: 4,
  rgb888: 3,
  bgr888: 3,
  rgb565: 2,
  bgr565: 2,
};

/** Where each colour lies in a pixel read as a number: bits from the lowest, and how many. */
export interface ColourBits {
  readonly red: readonly [offset: number, bits: number];
  readonly green: readonly [offset: number, bits: number];
  readonly blue: readonly [offset: number, bits: number];
}

export const COLOUR_BITS: Readonly<Record<PixelFormat, ColourBits>> = {
  xrgb8888: { red: [16, 8], green: [8, 8], blue: [0, 8] },
  xbgr8888: { red: [0, 8], green: [8, 8], blue: [16, 8] },
  rgbx8888: { red: [24, 8], green: [16, 8], blue: [8, 8] },
  bgrx8888: { red: [8, 8], green: [16, 8], blue: [24, 8] },
  rgb888: { red: [16, 8], green: [8, 8], blue: [0, 8] },
  bgr888: { red: [0, 8], green: [8, 8], blue: [16, 8] },
  rgb565: { red: [11, 5], green: [5, 6], blue: [0, 5] },
  bgr565: { red: [0, 5], green: [5, 6], blue: [11, 5] },
};

/** The format with these bits a pixel and colours, undefined when it is none of ours. */
export function formatOf(bitsPerPixel: number, colours: ColourBits): PixelFormat | undefined {
  const same = (a: readonly number[], b: readonly number[]): boolean => a[0] === b[0] && a[1] === b[1];
  return (Object.keys(PIXEL_BYTES) as PixelFormat[]).find((format) => {
    const bits = COLOUR_BITS[format];
    return (
      PIXEL_BYTES[format] * 8 === bitsPerPixel &&
      same(bits.red, colours.red) &&
      same(bits.green, colours.green) &&
      same(bits.blue, colours.blue)
    );
  });
}

/** Memory that pixels are written to, seldom ours to read: a mapping of a screen. */
export interface Writable {
  /** Copies `bytes` bytes of `source` from `sourceByte` on to `at`. Allocates nothing. */
  write(at: number, source: Uint8Array, sourceByte: number, bytes: number): void;
}

/** Writes a part of the frame it was made for. `at` is where in the target the screen begins. Allocates nothing. */
export type RectWriter = (target: Writable, at: number, pitchBytes: number, rect: Rect) => void;

/** One row's pixels, as they are in the frame, into the row buffer. */
type RowConverter = (frame: Uint32Array, first: number, count: number, row: Uint8Array) => void;

/** 5, 6 and 5 bits keep the highest of each colour. */
function to565(redShift: 0 | 11): RowConverter {
  const blueShift = 11 - redShift;
  return (frame, first, count, row) => {
    for (let i = 0, to = 0; i < count; i++) {
      const pixel = frame[first + i]!;
      const packed =
        (((pixel >>> 19) & 31) << redShift) | (((pixel >>> 10) & 63) << 5) | (((pixel >>> 3) & 31) << blueShift);
      row[to++] = packed;
      row[to++] = packed >>> 8;
    }
  };
}

const toRgb888: RowConverter = (frame, first, count, row) => {
  for (let i = 0, to = 0; i < count; i++) {
    const pixel = frame[first + i]!;
    row[to++] = pixel;
    row[to++] = pixel >>> 8;
    row[to++] = pixel >>> 16;
  }
};

const toBgr888: RowConverter = (frame, first, count, row) => {
  for (let i = 0, to = 0; i < count; i++) {
    const pixel = frame[first + i]!;
    row[to++] = pixel >>> 16;
    row[to++] = pixel >>> 8;
    row[to++] = pixel;
  }
};

/** Four bytes a pixel, the colours in other places; each place is bits from the lowest. */
function to8888({ red, green, blue }: ColourBits): RowConverter {
  const redByte = red[0] >>> 3;
  const greenByte = green[0] >>> 3;
  const blueByte = blue[0] >>> 3;
  const restByte = 6 - redByte - greenByte - blueByte;
  return (frame, first, count, row) => {
    for (let i = 0; i < count; i++) {
      const pixel = frame[first + i]!;
      row[4 * i + redByte] = pixel >>> 16;
      row[4 * i + greenByte] = pixel >>> 8;
      row[4 * i + blueByte] = pixel;
      row[4 * i + restByte] = 255;
    }
  };
}

function converterTo(format: PixelFormat): RowConverter {
  if (format === 'rgb565') return to565(11);
  if (format === 'bgr565') return to565(0);
  if (format === 'rgb888') return toRgb888;
  if (format === 'bgr888') return toBgr888;
  return to8888(COLOUR_BITS[format]);
}

/**
 * A writer of parts of `frame`, whose rows of `widthPx` BGRX pixels are tight and begin on a four-byte border. Equal formats
 * are copied as they are: at once where the rows of the target lie as close, then with whatever stands right and left of
 * the part, which is of the same frame.
 */
export function writerFor(format: PixelFormat, frame: Uint8Array, widthPx: number): RectWriter {
  const frameRowBytes = widthPx * 4;
  if (format === 'xrgb8888') {
    return (target, at, pitchBytes, { left, top, right, bottom }) => {
      if (right <= left || bottom <= top) return;
      if (pitchBytes === frameRowBytes) {
        const first = top * frameRowBytes + left * 4;
        target.write(at + first, frame, first, (bottom - 1) * frameRowBytes + right * 4 - first);
        return;
      }
      for (let y = top; y < bottom; y++) {
        target.write(at + y * pitchBytes + left * 4, frame, y * frameRowBytes + left * 4, (right - left) * 4);
      }
    };
  }
  const pixels = new Uint32Array(frame.buffer, frame.byteOffset, frame.byteLength >>> 2);
  const pixelBytes = PIXEL_BYTES[format];
  const convert = converterTo(format);
  // A buffer of its own from the start, so that its address never changes.
  const row = new Uint8Array(new ArrayBuffer(widthPx * pixelBytes));
  return (target, at, pitchBytes, { left, top, right, bottom }) => {
    if (right <= left) return;
    for (let y = top; y < bottom; y++) {
      convert(pixels, y * widthPx + left, right - left, row);
      target.write(at + y * pitchBytes + left * pixelBytes, row, 0, (right - left) * pixelBytes);
    }
  };
}
