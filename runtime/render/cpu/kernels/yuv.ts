/**
 * Video kernels: rows of planar YUV 4:2:0 to pixels, 128 bits at a time.
 *
 * Chroma is linear between its samples, in both directions. So a row of chroma first becomes a row of shares: for each of its samples
 * what it adds to red, green and blue. Two rows of pixels lie between two such rows: they use each of them twice. Shares are mixed of the
 * upper and the lower row, and then, between each sample and the next, for the first and the second of a pair of pixels. Sums keep
 * 5 bits of fraction until they are rounded, so that a level is off by less than 1 from exact arithmetic. Made of instructions that are
 * one on x64: V8 makes five of a rounding multiplication. Planes are readable for 16 bytes beyond their last sample.
 */

import { mix, mixByte } from './rows';

// @ts-ignore: decorator
@inline const OPAQUE: u32 = 0xff000000;

// What a row's colours are made with, in 32-bit words as `writeColours` makes them.
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
/** Where the first chroma sample lies from the first pixel, in halves of a pixel: 0, 1 or 2. */
// @ts-ignore: decorator
@inline const PLACE_X: usize = 20;
// @ts-ignore: decorator
@inline export const PLACE_Y: usize = 24;

// A row of shares: three planes, for red, green and blue, of 16 bits a sample, in 1/32 of a level. On either side of a row its outer
// sample is there once more. Shares are kept unsigned, so that the mean of two is one instruction; luma takes the bias off again.
/**
 * Bytes of a plane: the widest row of chroma, its repeated samples, and what SIMD stores write beyond; and so much more that the planes of
 * neighbouring rows do not press each other out of a processor's first cache.
 */
// @ts-ignore: decorator
@inline const PLANE: usize = 9536;
// @ts-ignore: decorator
@inline export const SHARES_BYTES: usize = 3 * PLANE + 384;
/** Bytes before the first sample. */
// @ts-ignore: decorator
@inline const LEAD: usize = 16;
// @ts-ignore: decorator
@inline const BIAS: i32 = 0x8000;

/** 8 samples of Cb and 8 of Cr, two of each in turns. */
// @ts-ignore: decorator
@inline
function chromaAt(cb: usize, cr: usize): v128 {
  return v128.shuffle<i16>(v128.load64_zero(cb), v128.load64_zero(cr), 0, 8, 1, 9, 2, 10, 3, 11);
}

/** 8 shares in one colour. `even`, `odd`: Cb and Cr of every other sample, in 1/256. */
// @ts-ignore: decorator
@inline
function sharesOf(even: v128, odd: v128, pair: v128): v128 {
  const low = i32x4.shr_u(i32x4.dot_i16x8_s(even, pair), 16);
  return v128.xor(v128.shuffle<i16>(low, i32x4.dot_i16x8_s(odd, pair), 0, 9, 2, 11, 4, 13, 6, 15), i16x8.splat(<i16>BIAS));
}

/** Shares of 8 samples, of which `samples` has two of each plane in turns. */
// @ts-ignore: decorator
@inline
function storeShares(samples: v128, out: usize, red: v128, green: v128, blue: v128): void {
  // Chroma's 0 to 255 as -128 to 127.
  const signed = v128.xor(samples, i8x16.splat(-128));
  const even = i16x8.shl(signed, 8);
  const odd = v128.and(signed, i16x8.splat(<i16>0xff00));
  v128.store(out, sharesOf(even, odd, red));
  v128.store(out, sharesOf(even, odd, green), PLANE);
  v128.store(out, sharesOf(even, odd, blue), 2 * PLANE);
}

/** The shares of a row of `chroma` samples. `mixes`: of two clips, the second one at `part` of 256. */
// @ts-ignore: decorator
@inline
function writeShares(
  cb: usize, cr: usize, overCb: usize, overCr: usize, chroma: i32, shares: usize, weights: usize, part: i32, mixes: bool,
): void {
  const red = v128.load32_splat(weights, RED), green = v128.load32_splat(weights, GREEN), blue = v128.load32_splat(weights, BLUE);
  const wb = i16x8.splat(<i16>part), wa = i16x8.splat(<i16>(256 - part));
  let out = shares + LEAD;
  const end = out + (<usize>chroma << 1);
  do {
    const first = mixes ? mix(chromaAt(cb, cr), chromaAt(overCb, overCr), wa, wb) : chromaAt(cb, cr);
    storeShares(first, out, red, green, blue);
    const second = mixes ? mix(chromaAt(cb + 8, cr + 8), chromaAt(overCb + 8, overCr + 8), wa, wb) : chromaAt(cb + 8, cr + 8);
    storeShares(second, out + 16, red, green, blue);
    cb += 16; cr += 16; overCb += 16; overCr += 16; out += 32;
  } while (out < end);
  for (let plane: usize = 0; plane < 3; plane++, shares += PLANE) {
    store<u16>(shares, load<u16>(shares, LEAD), LEAD - 2);
    const last = shares + LEAD + (<usize>chroma << 1);
    store<u16>(last, load<u16>(last - 2));
  }
}

/** shares = what a row of `chroma` samples adds to colours. `weights`: address of the words for the colours. */
export function sharesRow(cb: usize, cr: usize, chroma: i32, shares: usize, weights: usize): void {
  writeShares(cb, cr, cb, cr, chroma, shares, weights, 0, false);
}

/** The same of two clips of the same colours mixed, the second one at `part` of 256. */
export function mixSharesRow(
  cb: usize, cr: usize, overCb: usize, overCr: usize, chroma: i32, shares: usize, weights: usize, part: i32,
): void {
  writeShares(cb, cr, overCb, overCr, chroma, shares, weights, part, true);
}

/** out = the shares halfway between two rows. */
export function halfwayRow(upper: usize, lower: usize, chroma: i32, out: usize): void {
  const end = out + rowBytes(chroma);
  do {
    halfway(upper, lower, out);
    halfway(upper + 16, lower + 16, out + 16);
    upper += 32; lower += 32; out += 32;
  } while (out < end);
}

/** 8 samples of it. */
// @ts-ignore: decorator
@inline
function halfway(upper: usize, lower: usize, out: usize): void {
  v128.store(out, i16x8.avgr_u(v128.load(upper), v128.load(lower)));
  v128.store(out, i16x8.avgr_u(v128.load(upper, PLANE), v128.load(lower, PLANE)), PLANE);
  v128.store(out, i16x8.avgr_u(v128.load(upper, 2 * PLANE), v128.load(lower, 2 * PLANE)), 2 * PLANE);
}

/** first = the shares a quarter of the way from the upper row to the lower one; second = a quarter of the way back. */
export function quarterRows(upper: usize, lower: usize, chroma: i32, first: usize, second: usize): void {
  const end = first + rowBytes(chroma);
  do {
    quarters(upper, lower, first, second);
    quarters(upper + 16, lower + 16, first + 16, second + 16);
    upper += 32; lower += 32; first += 32; second += 32;
  } while (first < end);
}

/** 8 samples of them. */
// @ts-ignore: decorator
@inline
function quarters(upper: usize, lower: usize, first: usize, second: usize): void {
  const redAbove = v128.load(upper), redBelow = v128.load(lower);
  const greenAbove = v128.load(upper, PLANE), greenBelow = v128.load(lower, PLANE);
  const blueAbove = v128.load(upper, 2 * PLANE), blueBelow = v128.load(lower, 2 * PLANE);
  const red = i16x8.avgr_u(redAbove, redBelow), green = i16x8.avgr_u(greenAbove, greenBelow), blue = i16x8.avgr_u(blueAbove, blueBelow);
  v128.store(first, i16x8.avgr_u(redAbove, red));
  v128.store(second, i16x8.avgr_u(redBelow, red));
  v128.store(first, i16x8.avgr_u(greenAbove, green), PLANE);
  v128.store(second, i16x8.avgr_u(greenBelow, green), PLANE);
  v128.store(first, i16x8.avgr_u(blueAbove, blue), 2 * PLANE);
  v128.store(second, i16x8.avgr_u(blueBelow, blue), 2 * PLANE);
}

/** Bytes of a plane that a row fills, with the repeated samples. */
// @ts-ignore: decorator
@inline
function rowBytes(chroma: i32): usize {
  return LEAD + <usize>((chroma + 1) << 1);
}

/** A quarter of the way to the other, or half of it. */
// @ts-ignore: decorator
@inline
function towards(own: v128, other: v128, half: bool): v128 {
  const middle = i16x8.avgr_u(own, other);
  return half ? middle : i16x8.avgr_u(own, middle);
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

/** The shares of the first of each of 8 pairs of pixels, of their own chroma sample and the one before it, which lies at `place`. */
// @ts-ignore: decorator
@inline
function firstShare(own: v128, before: v128, place: i32): v128 {
  return place == 0 ? own : towards(own, before, place == 2);
}

/** Of the second: of their own chroma sample and the one after it. */
// @ts-ignore: decorator
@inline
function secondShare(own: v128, after: v128, place: i32): v128 {
  return place == 2 ? own : towards(own, after, place == 0);
}

/**
 * 16 pixels, as BGRX or packed as RGB; the latter writes 4 bytes beyond. `before`: the share left of the first one's chroma sample.
 * What is the same for a whole row comes as vectors, which stay in registers.
 */
// @ts-ignore: decorator
@inline
function block(y: v128, before: usize, out: usize, scale: v128, base: v128, place: i32, packs: bool): void {
  const full = i8x16.splat(-1);
  const first = i16x8.add(base, i16x8.shr_u(i16x8.mul(v128.and(y, i16x8.splat(0x00ff)), scale), 2));
  const second = i16x8.add(base, i16x8.shr_u(i16x8.mul(i16x8.shr_u(y, 8), scale), 2));
  const r = v128.load(before, 2), g = v128.load(before, PLANE + 2), b = v128.load(before, 2 * PLANE + 2);
  const r0 = firstShare(r, v128.load(before), place), r1 = secondShare(r, v128.load(before, 4), place);
  const g0 = firstShare(g, v128.load(before, PLANE), place), g1 = secondShare(g, v128.load(before, PLANE + 4), place);
  const b0 = firstShare(b, v128.load(before, 2 * PLANE), place), b1 = secondShare(b, v128.load(before, 2 * PLANE + 4), place);
  const firsts = levels(first, b0, first, r0);
  const seconds = levels(second, b1, second, r1);
  const greens = levels(first, g0, second, g1);
  const blue = zipLow(firsts, seconds);
  const red = zipHigh(firsts, seconds);
  const green = zipLow(greens, v128.shuffle<i64>(greens, greens, 1, 1));
  const bg0 = zipLow(blue, green);
  const bg1 = zipHigh(blue, green);
  const rx0 = zipLow(red, full);
  const rx1 = zipHigh(red, full);
  const p0 = v128.shuffle<i16>(bg0, rx0, 0, 8, 1, 9, 2, 10, 3, 11);
  const p1 = v128.shuffle<i16>(bg0, rx0, 4, 12, 5, 13, 6, 14, 7, 15);
  const p2 = v128.shuffle<i16>(bg1, rx1, 0, 8, 1, 9, 2, 10, 3, 11);
  const p3 = v128.shuffle<i16>(bg1, rx1, 4, 12, 5, 13, 6, 14, 7, 15);
  if (packs) {
    const toRgb = i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16);
    v128.store(out, v128.swizzle(p0, toRgb));
    v128.store(out, v128.swizzle(p1, toRgb), 12);
    v128.store(out, v128.swizzle(p2, toRgb), 24);
    v128.store(out, v128.swizzle(p3, toRgb), 36);
  } else {
    v128.store(out, p0);
    v128.store(out, p1, 16);
    v128.store(out, p2, 32);
    v128.store(out, p3, 48);
  }
}

/** One level, as `block` makes it. `quarters`: of the way from the share of its chroma sample to the one at `other`. */
// @ts-ignore: decorator
@inline
function levelAt(luma: i32, share: usize, other: usize, quarters: i32): u32 {
  let own = <i32>load<u16>(share);
  if (quarters > 0) {
    const middle = (own + <i32>load<u16>(other) + 1) >> 1;
    own = quarters == 2 ? middle : (own + middle + 1) >> 1;
  }
  return <u32>max(0, min(255, (luma + own - BIAS) >> 5));
}

/** The pixel whose chroma sample has its share at `share`. */
function writePixel(luma: i32, share: usize, isSecond: bool, out: usize, weights: usize, packs: bool): void {
  const place = load<i32>(weights + PLACE_X);
  const quarters = isSecond ? 2 - place : place;
  const other = isSecond ? share + 2 : share - 2;
  const y = ((luma * load<i32>(weights + SCALE)) >> 2) + load<i32>(weights + BASE);
  const red = levelAt(y, share, other, quarters);
  const green = levelAt(y, share + PLANE, other + PLANE, quarters);
  const blue = levelAt(y, share + 2 * PLANE, other + 2 * PLANE, quarters);
  if (packs) {
    store<u8>(out, <u8>red);
    store<u8>(out, <u8>green, 1);
    store<u8>(out, <u8>blue, 2);
  } else store<u32>(out, OPAQUE | (red << 16) | (green << 8) | blue);
}

/**
 * A run of pixels of the shares at `share`. `isSecond`: the first pixel is the second of its pair. `mixes`: luma is mixed with another
 * clip's. Blocks begin at the first of a pair; the last block lies over the one before it where the run is no multiple of them.
 */
// @ts-ignore: decorator
@inline
function writePixels(
  luma: usize, overLuma: usize, pixels: i32, isSecond: bool, share: usize, out: usize, weights: usize, part: i32,
  place: i32, packs: bool, mixes: bool,
): void {
  const pixelBytes: usize = packs ? 3 : 4;
  const scale = v128.load16_splat(weights, SCALE);
  const base = i16x8.splat(<i16>(load<i32>(weights + BASE) - BIAS));
  const wb = i16x8.splat(<i16>part);
  const wa = i16x8.splat(<i16>(256 - part));
  if (isSecond) {
    writePixel(lumaAt(luma, overLuma, part, mixes), share, true, out, weights, packs);
    luma++; overLuma++; pixels--; share += 2; out += pixelBytes;
  }
  let before = share - 2;
  const blockBytes: usize = packs ? 48 : 64;
  const isLong = pixels >= 16;
  // Two blocks a round: what a round costs beside its work is a tenth of it.
  if (pixels >= 32) do {
    const y0 = mixes ? mix(v128.load(luma), v128.load(overLuma), wa, wb) : v128.load(luma);
    block(y0, before, out, scale, base, place, packs);
    const y1 = mixes ? mix(v128.load(luma, 16), v128.load(overLuma, 16), wa, wb) : v128.load(luma, 16);
    block(y1, before + 16, out + blockBytes, scale, base, place, packs);
    luma += 32; overLuma += 32; before += 32; out += 2 * blockBytes; pixels -= 32;
  } while (pixels >= 32);
  if (isLong) {
    // The remaining whole blocks first, then the last pairs of pixels.
    while (pixels >= 2) {
      const back = pixels >= 16 ? 0 : 16 - (pixels & ~1);
      luma -= back; overLuma -= back; before -= back; out -= <usize>back * pixelBytes;
      const y = mixes ? mix(v128.load(luma), v128.load(overLuma), wa, wb) : v128.load(luma);
      block(y, before, out, scale, base, place, packs);
      luma += 16; overLuma += 16; before += 16; out += blockBytes; pixels -= 16 - back;
    }
  }
  for (let at = 0; at < pixels; at++, out += pixelBytes) {
    writePixel(lumaAt(luma + at, overLuma + at, part, mixes), before + 2 + (at & ~1), (at & 1) != 0, out, weights, packs);
  }
}

// @ts-ignore: decorator
@inline
function lumaAt(luma: usize, overLuma: usize, part: i32, mixes: bool): i32 {
  const own = <u32>load<u8>(luma);
  return mixes ? <i32>mixByte(own, <u32>load<u8>(overLuma), part) : <i32>own;
}

/**
 * frame (BGRX) = pixels `column` to `column + pixels` (exclusive) of a row of video, the first of which has its luma at `luma`. `shares`: of
 * the row; `weights`: address of the words for the colours.
 */
export function yuvRow(luma: usize, shares: usize, column: i32, frame: usize, pixels: i32, weights: usize): void {
  const share = shares + LEAD + <usize>((column >> 1) << 1), place = load<i32>(weights + PLACE_X), isSecond = (column & 1) != 0;
  if (place == 0) writePixels(luma, luma, pixels, isSecond, share, frame, weights, 0, 0, false, false);
  else if (place == 1) writePixels(luma, luma, pixels, isSecond, share, frame, weights, 0, 1, false, false);
  else writePixels(luma, luma, pixels, isSecond, share, frame, weights, 0, 2, false, false);
}

/** out (RGB, as pictures are stored; writable for 16 bytes beyond) = video. */
export function yuvToRgbRow(luma: usize, shares: usize, column: i32, out: usize, pixels: i32, weights: usize): void {
  const share = shares + LEAD + <usize>((column >> 1) << 1), place = load<i32>(weights + PLACE_X), isSecond = (column & 1) != 0;
  if (place == 0) writePixels(luma, luma, pixels, isSecond, share, out, weights, 0, 0, true, false);
  else if (place == 1) writePixels(luma, luma, pixels, isSecond, share, out, weights, 0, 1, true, false);
  else writePixels(luma, luma, pixels, isSecond, share, out, weights, 0, 2, true, false);
}

/**
 * frame (BGRX) = two videos of the same colours mixed, the second one at `part` of 256, as are their `shares`. Mixes the samples before it
 * makes one picture of them: half the work, and the same but for rounding, because all but the limits is linear.
 */
export function mixYuvRow(
  luma: usize, overLuma: usize, shares: usize, column: i32, frame: usize, pixels: i32, weights: usize, part: i32,
): void {
  const share = shares + LEAD + <usize>((column >> 1) << 1), place = load<i32>(weights + PLACE_X), isSecond = (column & 1) != 0;
  if (place == 0) writePixels(luma, overLuma, pixels, isSecond, share, frame, weights, part, 0, false, true);
  else if (place == 1) writePixels(luma, overLuma, pixels, isSecond, share, frame, weights, part, 1, false, true);
  else writePixels(luma, overLuma, pixels, isSecond, share, frame, weights, part, 2, false, true);
}

/** Whether both have the same colours, with chroma at the same place. */
// @ts-ignore: decorator
@inline
export function hasSameColours(weights: usize, others: usize): bool {
  return (
    load<u64>(weights) == load<u64>(others) &&
    load<u64>(weights, 8) == load<u64>(others, 8) &&
    load<u64>(weights, 16) == load<u64>(others, 16) &&
    load<u32>(weights, 24) == load<u32>(others, 24)
  );
}
