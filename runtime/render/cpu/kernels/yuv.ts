/**
 * Video kernels: rows of planar YUV 4:2:0 to pixels, 128 bits at a time.
 *
 * A row's luma is given with the row of each chroma plane that belongs to it; each chroma sample stands for two pixels. Weights are
 * 1/8192; the sums keep 5 bits of fraction until they are rounded, so that a level is off by at most 1 from exact arithmetic.
 * Planes are readable for 16 bytes beyond their last sample.
 */

import { mix, mixByte } from './rows';

// @ts-ignore: decorator
@inline const OPAQUE: u32 = 0xff000000;

// The weights as the plan has them, in 32-bit words.
// @ts-ignore: decorator
@inline const SCALE: usize = 0;
// @ts-ignore: decorator
@inline const RED_CR: usize = 4;
// @ts-ignore: decorator
@inline const GREEN_CB: usize = 8;
// @ts-ignore: decorator
@inline const GREEN_CR: usize = 12;
// @ts-ignore: decorator
@inline const BLUE_CB: usize = 16;
// @ts-ignore: decorator
@inline const OFFSET: usize = 20;

// @ts-ignore: decorator
@inline
function splatOf(weights: usize, which: usize): v128 {
  return i16x8.splat(<i16>load<i32>(weights + which));
}

/** 8 samples of Cb, then 8 of Cr. */
// @ts-ignore: decorator
@inline
function chromaAt(cb: usize, cr: usize): v128 {
  return v128.load_lane<u64>(cr, v128.load64_zero(cb), 1);
}

/**
 * 16 pixels, as BGRX or packed as RGB; the latter writes 4 bytes beyond. The weights
 * come as vectors, which stay in registers over a row.
 */
// @ts-ignore: decorator
@inline
function block(y: v128, chroma: v128, out: usize, scale: v128, redCr: v128, greenCb: v128, greenCr: v128, blueCb: v128, offset: v128, packs: bool): void {
  const middle = i16x8.splat(128);
  const half = i16x8.splat(16);
  const full = i8x16.splat(-1);
  const u = i16x8.shl(i16x8.sub(i16x8.extend_low_i8x16_u(chroma), middle), 7);
  const v = i16x8.shl(i16x8.sub(i16x8.extend_high_i8x16_u(chroma), middle), 7);
  const r = i16x8.q15mulr_sat_s(v, redCr);
  const g = i16x8.add(i16x8.q15mulr_sat_s(u, greenCb), i16x8.q15mulr_sat_s(v, greenCr));
  const b = i16x8.q15mulr_sat_s(u, blueCb);
  const low = i16x8.add(half, i16x8.q15mulr_sat_s(i16x8.shl(i16x8.sub(i16x8.extend_low_i8x16_u(y), offset), 7), scale));
  const high = i16x8.add(half, i16x8.q15mulr_sat_s(i16x8.shl(i16x8.sub(i16x8.extend_high_i8x16_u(y), offset), 7), scale));
  const red = i8x16.narrow_i16x8_u(
    i16x8.shr_s(i16x8.add(low, v128.shuffle<i16>(r, r, 0, 0, 1, 1, 2, 2, 3, 3)), 5),
    i16x8.shr_s(i16x8.add(high, v128.shuffle<i16>(r, r, 4, 4, 5, 5, 6, 6, 7, 7)), 5),
  );
  const green = i8x16.narrow_i16x8_u(
    i16x8.shr_s(i16x8.add(low, v128.shuffle<i16>(g, g, 0, 0, 1, 1, 2, 2, 3, 3)), 5),
    i16x8.shr_s(i16x8.add(high, v128.shuffle<i16>(g, g, 4, 4, 5, 5, 6, 6, 7, 7)), 5),
  );
  const blue = i8x16.narrow_i16x8_u(
    i16x8.shr_s(i16x8.add(low, v128.shuffle<i16>(b, b, 0, 0, 1, 1, 2, 2, 3, 3)), 5),
    i16x8.shr_s(i16x8.add(high, v128.shuffle<i16>(b, b, 4, 4, 5, 5, 6, 6, 7, 7)), 5),
  );
  const bg0 = v128.shuffle<u8>(blue, green, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const bg1 = v128.shuffle<u8>(blue, green, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const rx0 = v128.shuffle<u8>(red, full, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const rx1 = v128.shuffle<u8>(red, full, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
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

/** frame (BGRX) = video. `weights`: address of the six words. */
export function yuvRow(luma: usize, cb: usize, cr: usize, frame: usize, pixels: i32, weights: usize): void {
  const end = frame + (<usize>pixels << 2);
  const scale = splatOf(weights, SCALE);
  const redCr = splatOf(weights, RED_CR);
  const greenCb = splatOf(weights, GREEN_CB);
  const greenCr = splatOf(weights, GREEN_CR);
  const blueCb = splatOf(weights, BLUE_CB);
  const offset = splatOf(weights, OFFSET);
  for (; frame + 64 <= end; frame += 64, luma += 16, cb += 8, cr += 8) {
    block(v128.load(luma), chromaAt(cb, cr), frame, scale, redCr, greenCb, greenCr, blueCb, offset, false);
  }
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
  const scale = splatOf(weights, SCALE);
  const redCr = splatOf(weights, RED_CR);
  const greenCb = splatOf(weights, GREEN_CB);
  const greenCr = splatOf(weights, GREEN_CR);
  const blueCb = splatOf(weights, BLUE_CB);
  const offset = splatOf(weights, OFFSET);
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  for (; frame + 64 <= end; frame += 64, luma += 16, cb += 8, cr += 8, overLuma += 16, overCb += 8, overCr += 8) {
    const y = mix(v128.load(luma), v128.load(overLuma), wa, wb);
    const chroma = mix(chromaAt(cb, cr), chromaAt(overCb, overCr), wa, wb);
    block(y, chroma, frame, scale, redCr, greenCb, greenCr, blueCb, offset, false);
  }
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
    load<u64>(weights, 16) == load<u64>(others, 16)
  );
}

/** out (RGB, as pictures are stored; writable for 16 bytes beyond) = video. */
export function yuvToRgbRow(luma: usize, cb: usize, cr: usize, out: usize, pixels: i32, weights: usize): void {
  const end = out + <usize>pixels * 3;
  const scale = splatOf(weights, SCALE);
  const redCr = splatOf(weights, RED_CR);
  const greenCb = splatOf(weights, GREEN_CB);
  const greenCr = splatOf(weights, GREEN_CR);
  const blueCb = splatOf(weights, BLUE_CB);
  const offset = splatOf(weights, OFFSET);
  for (; out + 48 <= end; out += 48, luma += 16, cb += 8, cr += 8) {
    block(v128.load(luma), chromaAt(cb, cr), out, scale, redCr, greenCb, greenCr, blueCb, offset, true);
  }
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

// @ts-ignore: decorator
@inline
function share(value: i32, weight: i32): i32 {
  return ((value << 7) * weight + 0x4000) >> 15;
}

// @ts-ignore: decorator
@inline
function level(sum: i32): u32 {
  return <u32>max(0, min(255, sum >> 5));
}

function yuvPixel(luma: i32, cb: i32, cr: i32, weights: usize): u32 {
  const y = share(luma - load<i32>(weights + OFFSET), load<i32>(weights + SCALE)) + 16;
  const u = cb - 128;
  const v = cr - 128;
  const red = level(y + share(v, load<i32>(weights + RED_CR)));
  const green = level(y + share(u, load<i32>(weights + GREEN_CB)) + share(v, load<i32>(weights + GREEN_CR)));
  const blue = level(y + share(u, load<i32>(weights + BLUE_CB)));
  return OPAQUE | (red << 16) | (green << 8) | blue;
}
