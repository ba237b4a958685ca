/**
 * Video kernels: rows of planar YUV 4:2:0 to pixels, 128 bits at a time.
 *
 * A row's luma is given with the row of each chroma plane that belongs to it; each chroma sample stands for two pixels: luma is taken
 * apart into even and odd samples, so that chroma serves both as it is. Sums keep 5 bits of fraction until they are rounded, so that a
 * level is off by at most 1 from exact arithmetic. Made of instructions that are one on x64: V8 makes five of a rounding multiplication.
 * Planes are readable for 16 bytes beyond their last sample.
 */

import { mix, mixByte } from './rows';

// @ts-ignore: decorator
@inline const OPAQUE: u32 = 0xff000000;

// What a row's colours are made with, in 32-bit words as `writeWeights` makes them.
/** Luma's scale, in 1/128: what 255 samples take fits into 16 bits. */
// @ts-ignore: decorator
@inline const SCALE: usize = 0;
/** Added to luma, in 1/32: its offset, and the half for rounding. */
// @ts-ignore: decorator
@inline const BASE: usize = 4;
/** Weights of Cb (low half) and Cr (high half) in each colour, in 1/8192. */
// @ts-ignore: decorator
@inline const RED: usize = 8;
// @ts-ignore: decorator
@inline const GREEN: usize = 12;
// @ts-ignore: decorator
@inline const BLUE: usize = 16;

/** 8 samples of Cb, each with its sample of Cr. */
// @ts-ignore: decorator
@inline
function chromaAt(cb: usize, cr: usize): v128 {
  return v128.shuffle<u8>(
    v128.load64_zero(cb), v128.load64_zero(cr),
    0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23,
  );
}

/** 8 shares of chroma in one colour, in 1/32. `low` and `high`: pairs of Cb and Cr, less 128. */
// @ts-ignore: decorator
@inline
function shares(low: v128, high: v128, pair: v128): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.dot_i16x8_s(low, pair), 8),
    i32x4.shr_s(i32x4.dot_i16x8_s(high, pair), 8),
  );
}

/** Two times 8 levels, limited to 0 to 255. */
// @ts-ignore: decorator
@inline
function levels(first: v128, firstShare: v128, second: v128, secondShare: v128): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.shr_s(i16x8.add(first, firstShare), 5),
    i16x8.shr_s(i16x8.add(second, secondShare), 5),
  );
}

/** The first halves of both, in turns. */
// @ts-ignore: decorator
@inline
function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/**
 * 16 pixels, as BGRX or packed as RGB; the latter writes 4 bytes beyond. What is the same for a whole row comes as vectors, which stay
 * in registers.
 */
// @ts-ignore: decorator
@inline
function block(y: v128, chroma: v128, out: usize, scale: v128, base: v128, redPair: v128, greenPair: v128, bluePair: v128, packs: bool): void {
  const full = i8x16.splat(-1);
  const even = i16x8.add(base, i16x8.shr_u(i16x8.mul(v128.and(y, i16x8.splat(0x00ff)), scale), 2));
  const odd = i16x8.add(base, i16x8.shr_u(i16x8.mul(i16x8.shr_u(y, 8), scale), 2));
  // Chroma's 0 to 255 as -128 to 127.
  const pairs = v128.xor(chroma, i8x16.splat(-128));
  const low = i16x8.extend_low_i8x16_s(pairs);
  const high = i16x8.extend_high_i8x16_s(pairs);
  const r = shares(low, high, redPair);
  const g = shares(low, high, greenPair);
  const b = shares(low, high, bluePair);
  const evens = levels(even, b, even, r);
  const odds = levels(odd, b, odd, r);
  const greens = levels(even, g, odd, g);
  const blue = zipLow(evens, odds);
  const red = zipHigh(evens, odds);
  const green = zipLow(greens, v128.shuffle<i64>(greens, greens, 1, 1));
  const bg0 = zipLow(blue, green);
  const bg1 = zipHigh(blue, green);
  const rx0 = zipLow(red, full);
  const rx1 = zipHigh(red, full);
  const first = v128.shuffle<i16>(bg0, rx0, 0, 8, 1, 9, 2, 10, 3, 11);
  const second = v128.shuffle<i16>(bg0, rx0, 4, 12, 5, 13, 6, 14, 7, 15);
  const third = v128.shuffle<i16>(bg1, rx1, 0, 8, 1, 9, 2, 10, 3, 11);
  const fourth = v128.shuffle<i16>(bg1, rx1, 4, 12, 5, 13, 6, 14, 7, 15);
  if (packs) {
    const toRgb = i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16);
    v128.store(out, v128.swizzle(first, toRgb));
    v128.store(out, v128.swizzle(second, toRgb), 12);
    v128.store(out, v128.swizzle(third, toRgb), 24);
    v128.store(out, v128.swizzle(fourth, toRgb), 36);
  } else {
    v128.store(out, first);
    v128.store(out, second, 16);
    v128.store(out, third, 32);
    v128.store(out, fourth, 48);
  }
}

/** frame (BGRX) = video. `weights`: address of the five words. */
export function yuvRow(luma: usize, cb: usize, cr: usize, frame: usize, pixels: i32, weights: usize): void {
  const end = frame + (<usize>pixels << 2);
  const scale = v128.load16_splat(weights, SCALE);
  const base = v128.load16_splat(weights, BASE);
  const red = v128.load32_splat(weights, RED);
  const green = v128.load32_splat(weights, GREEN);
  const blue = v128.load32_splat(weights, BLUE);
  if (frame + 64 <= end) do {
    block(v128.load(luma), chromaAt(cb, cr), frame, scale, base, red, green, blue, false);
    frame += 64; luma += 16; cb += 8; cr += 8;
  } while (frame + 64 <= end);
  for (let at: usize = 0; frame < end; frame += 4, at++) {
    store<u32>(frame, pixelAt(luma, cb, cr, at, weights));
  }
}

/**
 * frame (BGRX) = two videos of the same colours mixed, the second one at `weight` of 256. Mixes the samples before it makes one picture
 * of them: half the work, and the same but for rounding, because all but the limits is linear.
 */
export function mixYuvRow(
  luma: usize, cb: usize, cr: usize,
  overLuma: usize, overCb: usize, overCr: usize,
  frame: usize, pixels: i32, weights: usize, weight: i32,
): void {
  const end = frame + (<usize>pixels << 2);
  const scale = v128.load16_splat(weights, SCALE);
  const base = v128.load16_splat(weights, BASE);
  const red = v128.load32_splat(weights, RED);
  const green = v128.load32_splat(weights, GREEN);
  const blue = v128.load32_splat(weights, BLUE);
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  if (frame + 64 <= end) do {
    const y = mix(v128.load(luma), v128.load(overLuma), wa, wb);
    const chroma = mix(chromaAt(cb, cr), chromaAt(overCb, overCr), wa, wb);
    block(y, chroma, frame, scale, base, red, green, blue, false);
    frame += 64; luma += 16; cb += 8; cr += 8; overLuma += 16; overCb += 8; overCr += 8;
  } while (frame + 64 <= end);
  for (let at: usize = 0; frame < end; frame += 4, at++) {
    const y = mixByte(load<u8>(luma + at), load<u8>(overLuma + at), weight);
    const u = mixByte(load<u8>(cb + (at >> 1)), load<u8>(overCb + (at >> 1)), weight);
    const v = mixByte(load<u8>(cr + (at >> 1)), load<u8>(overCr + (at >> 1)), weight);
    store<u32>(frame, yuvPixel(<i32>y, <i32>u, <i32>v, weights));
  }
}

/** Whether both have the same weights. */
// @ts-ignore: decorator
@inline
export function hasSameColours(weights: usize, others: usize): bool {
  return (
    load<u64>(weights) == load<u64>(others) &&
    load<u64>(weights, 8) == load<u64>(others, 8) &&
    load<u32>(weights, 16) == load<u32>(others, 16)
  );
}

/** out (RGB, as pictures are stored; writable for 16 bytes beyond) = video. */
export function yuvToRgbRow(luma: usize, cb: usize, cr: usize, out: usize, pixels: i32, weights: usize): void {
  const end = out + <usize>pixels * 3;
  const scale = v128.load16_splat(weights, SCALE);
  const base = v128.load16_splat(weights, BASE);
  const red = v128.load32_splat(weights, RED);
  const green = v128.load32_splat(weights, GREEN);
  const blue = v128.load32_splat(weights, BLUE);
  if (out + 48 <= end) do {
    block(v128.load(luma), chromaAt(cb, cr), out, scale, base, red, green, blue, true);
    out += 48; luma += 16; cb += 8; cr += 8;
  } while (out + 48 <= end);
  for (let at: usize = 0; out < end; out += 3, at++) {
    const bgrx = pixelAt(luma, cb, cr, at, weights);
    store<u8>(out, <u8>(bgrx >> 16));
    store<u8>(out, <u8>(bgrx >> 8), 1);
    store<u8>(out, <u8>bgrx, 2);
  }
}

// @ts-ignore: decorator
@inline
function pixelAt(luma: usize, cb: usize, cr: usize, at: usize, weights: usize): u32 {
  return yuvPixel(<i32>load<u8>(luma + at), <i32>load<u8>(cb + (at >> 1)), <i32>load<u8>(cr + (at >> 1)), weights);
}

/** As `block` makes it. */
// @ts-ignore: decorator
@inline
function level(luma: i32, share: i32): u32 {
  return <u32>max(0, min(255, (luma + share) >> 5));
}

function yuvPixel(luma: i32, cb: i32, cr: i32, weights: usize): u32 {
  const y = ((luma * load<i32>(weights + SCALE)) >> 2) + load<i32>(weights + BASE);
  const red = level(y, shareOf(cb, cr, weights + RED));
  const green = level(y, shareOf(cb, cr, weights + GREEN));
  const blue = level(y, shareOf(cb, cr, weights + BLUE));
  return OPAQUE | (red << 16) | (green << 8) | blue;
}

/** Of both chroma samples, in 1/32; `pair`: address of their weights. */
// @ts-ignore: decorator
@inline
function shareOf(cb: i32, cr: i32, pair: usize): i32 {
  return ((cb - 128) * load<i16>(pair) + (cr - 128) * load<i16>(pair, 2)) >> 8;
}
