import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { writeColours } from '../../../runtime/render/plan/frame-plan';
import { yuvWeights, type ChromaPlace, type ColourMatrix, type VideoColour } from '../../../runtime/stage/colour';

type Kernel = (...args: number[]) => void;

const memory = new WebAssembly.Memory({ initial: 8, maximum: 65536, shared: true });
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
  /** The row's luma, two rows of each chroma plane, and where the words for its colours lie. */
  const [LUMA, CB, CR, COLOURS] = [A, B, B + 2 * ROOM, WEIGHTS];
  /** Rows of shares: two of chroma, then what lies between. A kernel's own are as far apart. */
  const SHARES = [0x20000, 0x28000, 0x30000, 0x38000] as const;
  const place = fc.constantFrom<0 | 0.5 | 1>(0, 0.5, 1);
  const colours: fc.Arbitrary<VideoColour> = fc.record({
    matrix: fc.constantFrom<ColourMatrix>('bt601', 'bt709', 'bt2020'),
    range: fc.constantFrom('limited' as const, 'full' as const),
    chroma: fc.record<ChromaPlace>({ xPx: place, yPx: place }),
  });
  /** A part of a row: its first pixel, its pixels, and those of the row behind it. */
  const run = fc.tuple(
    fc.nat(40),
    fc.oneof(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 18, max: 90 })),
    fc.nat(5),
  );
  /** Of the lower row of chroma. */
  const quarters = fc.nat(3);
  /** Luma, and two rows of each chroma plane. */
  const rows = fc.tuple(row, row, row, row, row);
  type Rows = readonly Uint8Array[];

  /** Writes the shares of two rows of chroma, or those of two clips mixed, and those between them. Returns the row's. */
  const prepare = (
    [, ...chroma]: Rows,
    of: VideoColour,
    share: number,
    width: number,
    over?: Rows,
    part = 0,
  ): number => {
    writeColours(new Int32Array(memory.buffer), COLOURS / 4, { ...yuvWeights(of), chroma: of.chroma });
    const [upper, lower, first, second] = SHARES;
    for (const [at, shares] of [upper, lower].entries()) {
      bytes.set(chroma[at]!, CB);
      bytes.set(chroma[at + 2]!, CR);
      if (over === undefined) {
        kernels['sharesRow']!(CB, CR, width, shares, COLOURS);
        continue;
      }
      bytes.set(over[at + 1]!, CB + ROOM);
      bytes.set(over[at + 3]!, CR + ROOM);
      kernels['mixSharesRow']!(CB, CR, CB + ROOM, CR + ROOM, width, shares, COLOURS, part);
    }
    if (share === 0) return upper;
    if (share === 2) kernels['halfwayRow']!(upper, lower, width, first);
    else kernels['quarterRows']!(upper, lower, width, first, second);
    return share === 3 ? second : first;
  };
  /** The exact levels of a pixel, R, G, B. */
  const exact = (of: VideoColour, [luma, ...chroma]: Rows, x: number, share: number, width: number): number[] => {
    const { scale, offset, redCr, greenCb, greenCr, blueCb } = yuvWeights(of);
    const at = Math.min(width - 1, Math.max(0, (x - of.chroma.xPx) / 2));
    const [left, right] = [Math.floor(at), Math.min(width - 1, Math.floor(at) + 1)];
    const across = (samples: Uint8Array): number => samples[left]! + (samples[right]! - samples[left]!) * (at - left);
    const down = (upper: Uint8Array, lower: Uint8Array): number =>
      across(upper) + ((across(lower) - across(upper)) * share) / 4 - 128;
    const [base, u, v] = [scale * (luma![x]! - offset), down(chroma[0]!, chroma[1]!), down(chroma[2]!, chroma[3]!)];
    const sums = [base + redCr * v, base + greenCb * u + greenCr * v, base + blueCb * u];
    return sums.map((sum) => Math.max(0, Math.min(255, sum)));
  };
  const worst = (out: Uint8Array, from: number, count: number, levels: (x: number) => number[]): number =>
    Math.max(
      ...Array.from({ length: count }, (_, pixel) =>
        Math.max(...levels(from + pixel).map((level, c) => Math.abs(level - bgrx(out)(pixel, c)))),
      ),
    );

  it('become the levels that exact arithmetic makes, to less than one, wherever chroma lies', () => {
    fc.assert(
      fc.property(run, shift, rows, colours, quarters, ([from, count, behind], at, planes, of, share) => {
        const width = (from + count + behind + 1) >> 1;
        bytes.set(planes[0], LUMA + at);
        const shares = prepare(planes, of, share, width);
        const out = onFrame(count, at, planes[0], (frame) =>
          kernels['yuvRow']!(LUMA + at + from, shares, from, frame, count, COLOURS),
        );
        expect(frameOf(count, bgrx(out))).toEqual(out);
        expect(worst(out, from, count, (x) => exact(of, planes, x, share, width))).toBeLessThan(0.75);
      }),
      { numRuns: 400 },
    );
  });

  it('are the same as RGB, and mixed with themselves', () => {
    fc.assert(
      fc.property(run, rows, colours, quarters, weight, ([from, count, behind], planes, of, share, w) => {
        const width = (from + count + behind + 1) >> 1;
        bytes.set(planes[0], LUMA);
        const drawn = (kernel: string, ...args: number[]): Uint8Array => {
          kernels[kernel]!(...args);
          return bytes.slice(OUT, OUT + count * 4);
        };
        const shares = prepare(planes, of, share, width);
        const plain = drawn('yuvRow', LUMA + from, shares, from, OUT, count, COLOURS);
        const packed = drawn('yuvToRgbRow', LUMA + from, shares, from, OUT, count, COLOURS);
        expect(frameOf(count, rgb(packed))).toEqual(plain);
        prepare(planes, of, share, width, planes, w);
        expect(drawn('mixYuvRow', LUMA + from, LUMA + from, shares, from, OUT, count, COLOURS, w)).toEqual(plain);
      }),
    );
  });

  it('are mixed sample by sample', () => {
    fc.assert(
      fc.property(run, rows, rows, colours, quarters, weight, ([from, count, behind], a, b, of, share, w) => {
        const width = (from + count + behind + 1) >> 1;
        const [luma, over] = [a[0].subarray(0, ROOM / 2), b[0].subarray(0, ROOM / 2)];
        bytes.set(luma, LUMA);
        bytes.set(over, LUMA + ROOM);
        const shares = prepare(a, of, share, width, b, w);
        const out = onFrame(count, 0, luma, (frame) =>
          kernels['mixYuvRow']!(LUMA + from, LUMA + ROOM + from, shares, from, frame, count, COLOURS, w),
        );
        const both = a.map((samples, plane) => samples.map((sample, x) => mixed(sample, b[plane]![x]!, w)));
        expect(worst(out, from, count, (x) => exact(of, both, x, share, width))).toBeLessThan(0.75);
      }),
    );
  });
});
