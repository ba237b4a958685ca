import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { writeWeights } from '../../../runtime/render/plan/frame-plan';
import { yuvWeights, type ColourMatrix } from '../../../runtime/stage/colour';

type Kernel = (...args: number[]) => void;

const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536, shared: true });
const bytes = new Uint8Array(memory.buffer);
const words = new Uint32Array(memory.buffer);
const halves = new Uint16Array(memory.buffer);
const wasm = readFileSync(join(__dirname, '../../../runtime/render/cpu/kernels.wasm'));
const kernels = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory, abort: () => {} } })
  .exports as Record<string, Kernel>;

/** Where the parts of a test lie; each has far more room than its rows. */
const [A, B, OUT, OFFSETS, WEIGHTS] = [0x11000, 0x13000, 0x15000, 0x17000, 0x18000];
const CANARY = 0xc9;
const ROOM = 1024;

/** Every tail: none, whole vectors, and what is left beside them. */
const pixels = fc.oneof(fc.nat(17), fc.integer({ min: 18, max: 90 }));
const weight = fc.integer({ min: 1, max: 255 });
const row = fc.uint8Array({ minLength: ROOM, maxLength: ROOM });
/** Rows need not begin on any border. */
const shift = fc.nat(15);

const mixed = (a: number, b: number, w: number): number => (a * (256 - w) + b * w + 128) >> 8;

/** Runs a kernel on a row of frame pixels; returns them and holds all bytes around them against what they were. */
function onFrame(count: number, at: number, before: Uint8Array, run: (frame: number) => void): Uint8Array {
  bytes.fill(CANARY, OUT, OUT + ROOM);
  const frame = OUT + 64 + at * 4;
  bytes.set(before.subarray(0, count * 4), frame);
  run(frame);
  expect(bytes.subarray(OUT, frame).every((byte) => byte === CANARY)).toBe(true);
  expect(bytes.subarray(frame + count * 4, OUT + ROOM).every((byte) => byte === CANARY)).toBe(true);
  return bytes.slice(frame, frame + count * 4);
}

/** A frame row from a formula for one colour channel of one pixel; `c` counts R, G, B. */
function frameOf(count: number, channel: (pixel: number, c: number) => number): Uint8Array {
  const out = new Uint8Array(count * 4).fill(255);
  for (let pixel = 0; pixel < count; pixel += 1)
    for (let c = 0; c < 3; c += 1) out[pixel * 4 + 2 - c] = channel(pixel, c);
  return out;
}

const rgb = (source: Uint8Array) => (pixel: number, c: number) => source[pixel * 3 + c]!;
const bgrx = (source: Uint8Array) => (pixel: number, c: number) => source[pixel * 4 + 2 - c]!;

describe('kernels do what their formulas say, pixel for pixel, and touch nothing else', () => {
  it('copyRow spreads RGB to BGRX', () => {
    fc.assert(
      fc.property(pixels, shift, row, (count, at, a) => {
        bytes.set(a, A + at);
        expect(onFrame(count, at, a, (frame) => kernels['copyRow']!(A + at, frame, count))).toEqual(
          frameOf(count, rgb(a)),
        );
      }),
    );
  });

  it('mixRow mixes two pictures', () => {
    fc.assert(
      fc.property(pixels, shift, row, row, weight, (count, at, a, b, w) => {
        bytes.set(a, A + at);
        bytes.set(b, B);
        const got = onFrame(count, at, a, (frame) => kernels['mixRow']!(A + at, B, frame, count, w));
        expect(got).toEqual(frameOf(count, (p, c) => mixed(rgb(a)(p, c), rgb(b)(p, c), w)));
      }),
    );
  });

  it('blendRow mixes a picture into the frame', () => {
    fc.assert(
      fc.property(pixels, shift, row, row, weight, (count, at, under, a, w) => {
        bytes.set(a, A + at);
        const got = onFrame(count, at, under, (frame) => kernels['blendRow']!(A + at, frame, count, w));
        expect(got).toEqual(frameOf(count, (p, c) => mixed(bgrx(under)(p, c), rgb(a)(p, c), w)));
      }),
    );
  });

  it('blendRow32 mixes a frame row into the frame', () => {
    fc.assert(
      fc.property(pixels, shift, row, row, weight, (count, at, under, a, w) => {
        bytes.set(a, A);
        const got = onFrame(count, at, under, (frame) => kernels['blendRow32']!(A, frame, count, w));
        expect(got).toEqual(frameOf(count, (p, c) => mixed(bgrx(under)(p, c), bgrx(a)(p, c), w)));
      }),
    );
  });

  it('fillRow and blendFillRow lay one colour', () => {
    fc.assert(
      fc.property(pixels, shift, row, fc.nat(0xffffff), weight, (count, at, under, colour, w) => {
        const channel = (_: number, c: number): number => (colour >> (16 - 8 * c)) & 255;
        const filled = onFrame(count, at, under, (frame) => kernels['fillRow']!(frame, count, colour | 0xff000000));
        expect(filled).toEqual(frameOf(count, channel));
        const blended = onFrame(count, at, under, (frame) =>
          kernels['blendFillRow']!(frame, count, colour | 0xff000000, w),
        );
        expect(blended).toEqual(frameOf(count, (p, c) => mixed(bgrx(under)(p, c), channel(p, c), w)));
      }),
    );
  });

  it('overRow lays premultiplied pixels over the frame, exact to a level', () => {
    fc.assert(
      fc.property(
        pixels,
        shift,
        row,
        row,
        fc.integer({ min: 1, max: 256 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, at, under, raw, w, clear) => {
          const a = raw.map((byte, index) => {
            const alpha = raw[index | 3]! < clear * 255 ? 0 : raw[index | 3]!;
            return index % 4 === 3 ? alpha : Math.round((byte * alpha) / 255);
          });
          const below = under.map((byte, index) => (index % 4 === 3 ? 255 : byte));
          bytes.set(a, A);
          const got = onFrame(count, at, below, (frame) => kernels['overRow']!(A, frame, count, w));
          const exact = frameOf(count, (p, c) => {
            const share = w / 256;
            return Math.round(a[p * 4 + c]! * share + bgrx(below)(p, c) * (1 - (a[p * 4 + 3]! / 255) * share));
          });
          got.forEach((byte, index) => expect(Math.abs(byte - exact[index]!)).toBeLessThanOrEqual(1));
        },
      ),
    );
  });

  it('overRow gives every pixel the same value, whichever lane it is in', () => {
    fc.assert(
      fc.property(row, row, fc.integer({ min: 1, max: 256 }), (under, raw, w) => {
        const a = raw.map((byte, index) => (index % 4 === 3 ? byte : Math.round((byte * raw[index | 3]!) / 255)));
        const below = under.map((byte, index) => (index % 4 === 3 ? 255 : byte));
        bytes.set(a, A);
        const whole = onFrame(15, 0, below, (frame) => kernels['overRow']!(A, frame, 15, w));
        const single = onFrame(15, 0, below, (frame) => {
          for (let pixel = 0; pixel < 15; pixel += 1) kernels['overRow']!(A + pixel * 4, frame + pixel * 4, 1, w);
        });
        expect(whole).toEqual(single);
      }),
    );
  });

  it('mixBytes mixes two rows, in whole vectors', () => {
    fc.assert(
      fc.property(fc.nat(200), row, row, fc.nat(255), (count, a, b, w) => {
        bytes.set(a, A);
        bytes.set(b, B);
        bytes.fill(CANARY, OUT, OUT + ROOM);
        kernels['mixBytes']!(A, B, OUT, count, w);
        const end = Math.ceil(count / 16) * 16;
        expect(bytes.slice(OUT, OUT + end)).toEqual(a.slice(0, end).map((byte, index) => mixed(byte, b[index]!, w)));
        expect(bytes.subarray(OUT + end, OUT + ROOM).every((byte) => byte === CANARY)).toBe(true);
      }),
    );
  });

  it('gatherRow picks pixels at fractional places of a row', () => {
    const places = fc.array(fc.record({ left: fc.nat(300), share: fc.integer({ min: 0, max: 256 }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(places, shift, row, (wanted, at, a) => {
        bytes.set(a, A);
        wanted.forEach(({ left, share }, index) => {
          words[OFFSETS / 4 + index] = left * 3;
          halves.fill(share, WEIGHTS / 2 + index * 4, WEIGHTS / 2 + index * 4 + 4);
        });
        const got = onFrame(wanted.length, at, a, (frame) =>
          kernels['gatherRow']!(A, OFFSETS, WEIGHTS, frame, wanted.length),
        );
        const exact = frameOf(wanted.length, (p, c) =>
          mixed(a[wanted[p]!.left * 3 + c]!, a[wanted[p]!.left * 3 + 3 + c]!, wanted[p]!.share),
        );
        expect(got).toEqual(exact);
      }),
    );
  });

  it('gatherGroups picks whole groups of pixels that lie close to each other, and mixes them into the frame', () => {
    const PICKS = WEIGHTS + ROOM;
    const SHARES = PICKS + ROOM;
    // Within a group no left neighbour is more than 4 source pixels from the first.
    const group = fc.record({
      base: fc.nat(300),
      places: fc.array(fc.record({ left: fc.nat(4), share: fc.integer({ min: 0, max: 256 }) }), {
        minLength: 4,
        maxLength: 4,
      }),
    });
    const anyWeight = fc.integer({ min: 1, max: 256 });
    fc.assert(
      fc.property(fc.array(group, { maxLength: 20 }), shift, row, row, anyWeight, (groups, at, under, a, w) => {
        bytes.set(a, A);
        const wanted = groups.flatMap(({ base, places }, index) => {
          words[OFFSETS / 4 + index] = base * 3;
          return places.map(({ left, share }) => ({ left: base + left, from: left * 3, share }));
        });
        wanted.forEach(({ from, share }, index) => {
          bytes.set([from + 2, from + 1, from, 16], PICKS + index * 4);
          halves.fill(share, SHARES / 2 + index * 2, SHARES / 2 + index * 2 + 2);
        });
        const got = onFrame(wanted.length, at, under, (frame) =>
          kernels['gatherGroups']!(A, OFFSETS, PICKS, SHARES, frame, groups.length, w),
        );
        const exact = frameOf(wanted.length, (p, c) => {
          const { left, share } = wanted[p]!;
          const colour = mixed(a[left * 3 + c]!, a[left * 3 + 3 + c]!, share);
          return w === 256 ? colour : mixed(bgrx(under)(p, c), colour, w);
        });
        expect(got).toEqual(exact);
      }),
    );
  });
});

describe('rows of video', () => {
  /** The row's planes, and where the words for its colours lie. */
  const [LUMA, CB, CR, COLOURS] = [A, B, B + ROOM, WEIGHTS];
  const colours = fc.record({
    matrix: fc.constantFrom<ColourMatrix>('bt601', 'bt709', 'bt2020'),
    range: fc.constantFrom('limited' as const, 'full' as const),
  });
  const planes = fc.tuple(row, row, row);
  const put = (at: number, [luma, cb, cr]: readonly Uint8Array[]): void => {
    bytes.set(luma!, LUMA + at);
    bytes.set(cb!, CB + at);
    bytes.set(cr!, CR + at);
  };
  type Colours = Parameters<typeof yuvWeights>[0];
  /** The exact levels of a pixel, R, G, B. */
  const exact = (of: Colours, y: number, cb: number, cr: number): number[] => {
    const { scale, offset, redCr, greenCb, greenCr, blueCb } = yuvWeights(of);
    const [base, u, v] = [scale * (y - offset), cb - 128, cr - 128];
    const sums = [base + redCr * v, base + greenCb * u + greenCr * v, base + blueCb * u];
    return sums.map((sum) => Math.max(0, Math.min(255, sum)));
  };
  const worst = (
    out: (pixel: number, c: number) => number,
    count: number,
    levels: (pixel: number) => number[],
  ): number =>
    Math.max(
      0,
      ...Array.from({ length: count }, (_, pixel) =>
        Math.max(...levels(pixel).map((level, c) => Math.abs(level - out(pixel, c)))),
      ),
    );

  it('become the levels that exact arithmetic makes, to less than one', () => {
    fc.assert(
      fc.property(pixels, shift, planes, colours, (count, at, [luma, cb, cr], of) => {
        put(at, [luma, cb, cr]);
        writeWeights(new Int32Array(memory.buffer), COLOURS / 4, yuvWeights(of));
        const out = onFrame(count, at, luma, (frame) =>
          kernels['yuvRow']!(LUMA + at, CB + at, CR + at, frame, count, COLOURS),
        );
        expect(frameOf(count, bgrx(out))).toEqual(out);
        const levels = (pixel: number): number[] => exact(of, luma[pixel]!, cb[pixel >> 1]!, cr[pixel >> 1]!);
        expect(worst(bgrx(out), count, levels)).toBeLessThan(0.65);
      }),
    );
  });

  it('are the same as RGB, and mixed with themselves', () => {
    fc.assert(
      fc.property(pixels, planes, colours, weight, (count, [luma, cb, cr], of, w) => {
        put(0, [luma, cb, cr]);
        writeWeights(new Int32Array(memory.buffer), COLOURS / 4, yuvWeights(of));
        const run = (kernel: string, ...args: number[]): Uint8Array => {
          kernels[kernel]!(...args);
          return bytes.slice(OUT, OUT + count * 4);
        };
        const plain = run('yuvRow', LUMA, CB, CR, OUT, count, COLOURS);
        expect(run('mixYuvRow', LUMA, CB, CR, LUMA, CB, CR, OUT, count, COLOURS, w)).toEqual(plain);
        const packed = run('yuvToRgbRow', LUMA, CB, CR, OUT, count, COLOURS);
        expect(frameOf(count, rgb(packed))).toEqual(plain);
      }),
    );
  });
});
