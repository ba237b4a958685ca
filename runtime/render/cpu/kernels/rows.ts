/**
 * Row kernels: what is done to one row of pixels, 128 bits at a time.
 *
 * Sources are RGB (3 bytes a pixel) or premultiplied RGBA; the frame is BGRX (4 bytes, the X byte 255), the order in which
 * displays scan out. Weights are 1 to 255 of 256: a weight of 0 or 256 never gets here. Sources are readable for 16 bytes
 * beyond their last pixel (the arena pads every slab).
 *
 * Some loops look at their end (`if … do … while`): what is the same for a whole row V8 computes once before such a loop, but for every
 * block within one that looks first. The others were measured to be as fast as they are.
 */

// @ts-ignore: decorator
@inline const OPAQUE: u32 = 0xff000000;

/** Four RGB pixels in the low 12 bytes, as BGRX. */
// @ts-ignore: decorator
@inline
function expand(rgb: v128): v128 {
  const bgr = v128.swizzle(rgb, i8x16(2, 1, 0, 16, 5, 4, 3, 16, 8, 7, 6, 16, 11, 10, 9, 16));
  return v128.or(bgr, i32x4.splat(OPAQUE));
}

/**
 * Byte by byte (a * (256 - w) + b * w + 128) / 256. Even and odd bytes are taken apart with a mask and a shift instead of being
 * widened and narrowed again: two instructions less.
 */
// @ts-ignore: decorator
@inline
export function mix(a: v128, b: v128, wa: v128, wb: v128): v128 {
  const half = i16x8.splat(128);
  const low = i16x8.splat(0x00ff);
  const even = i16x8.add(i16x8.mul(v128.and(a, low), wa), i16x8.mul(v128.and(b, low), wb));
  const odd = i16x8.add(i16x8.mul(i16x8.shr_u(a, 8), wa), i16x8.mul(i16x8.shr_u(b, 8), wb));
  return v128.or(i16x8.shr_u(i16x8.add(even, half), 8), v128.andnot(i16x8.add(odd, half), low));
}

/** One byte of the same mix. */
// @ts-ignore: decorator
@inline
export function mixByte(a: u32, b: u32, w: u32): u32 {
  return (a * (256 - w) + b * w + 128) >> 8;
}

// @ts-ignore: decorator
@inline
function rgbAsBgrx(source: usize): u32 {
  return OPAQUE | (<u32>load<u8>(source) << 16) | (<u32>load<u8>(source, 1) << 8) | <u32>load<u8>(source, 2);
}

// @ts-ignore: decorator
@inline
function mixPixel(a: u32, b: u32, w: u32): u32 {
  return (
    OPAQUE |
    (mixByte((a >> 16) & 255, (b >> 16) & 255, w) << 16) |
    (mixByte((a >> 8) & 255, (b >> 8) & 255, w) << 8) |
    mixByte(a & 255, b & 255, w)
  );
}

/** frame = colour. */
export function fillRow(frame: usize, pixels: i32, bgrx: u32): void {
  const end = frame + (<usize>pixels << 2);
  const colour = i32x4.splat(bgrx);
  while (frame + 16 <= end) {
    v128.store(frame, colour);
    frame += 16;
  }
  for (; frame < end; frame += 4) store<u32>(frame, bgrx);
}

/** frame = frame and colour mixed. */
export function blendFillRow(frame: usize, pixels: i32, bgrx: u32, weight: i32): void {
  const end = frame + (<usize>pixels << 2);
  const colour = i32x4.splat(bgrx);
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  if (frame + 16 <= end) do {
    v128.store(frame, v128.or(mix(v128.load(frame), colour, wa, wb), i32x4.splat(OPAQUE)));
    frame += 16;
  } while (frame + 16 <= end);
  for (; frame < end; frame += 4) store<u32>(frame, mixPixel(load<u32>(frame), bgrx, weight));
}

/** frame = source (RGB). */
export function copyRow(source: usize, frame: usize, pixels: i32): void {
  const end = frame + (<usize>pixels << 2);
  if (frame + 64 <= end) do {
    const s0 = v128.load(source), s1 = v128.load(source, 12), s2 = v128.load(source, 24), s3 = v128.load(source, 36);
    v128.store(frame, expand(s0));
    v128.store(frame, expand(s1), 16);
    v128.store(frame, expand(s2), 32);
    v128.store(frame, expand(s3), 48);
    source += 48;
    frame += 64;
  } while (frame + 64 <= end);
  for (; frame < end; frame += 4, source += 3) store<u32>(frame, rgbAsBgrx(source));
}

/** frame = two RGB sources mixed; the crossfade's inner loop. Mixes before it spreads 3 bytes to 4: a quarter less work. */
export function mixRow(below: usize, above: usize, frame: usize, pixels: i32, weight: i32): void {
  const end = frame + (<usize>pixels << 2);
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  const opaque = i32x4.splat(OPAQUE);
  if (frame + 64 <= end) do {
    const m0 = mix(v128.load(below), v128.load(above), wa, wb);
    const m1 = mix(v128.load(below, 16), v128.load(above, 16), wa, wb);
    const m2 = mix(v128.load(below, 32), v128.load(above, 32), wa, wb);
    v128.store(frame, expand(m0));
    v128.store(frame, v128.or(v128.shuffle<u8>(m0, m1, 14, 13, 12, 14, 17, 16, 15, 17, 20, 19, 18, 20, 23, 22, 21, 23), opaque), 16);
    v128.store(frame, v128.or(v128.shuffle<u8>(m1, m2, 10, 9, 8, 10, 13, 12, 11, 13, 16, 15, 14, 16, 19, 18, 17, 19), opaque), 32);
    v128.store(frame, v128.or(v128.swizzle(m2, i8x16(6, 5, 4, 16, 9, 8, 7, 16, 12, 11, 10, 16, 15, 14, 13, 16)), opaque), 48);
    below += 48;
    above += 48;
    frame += 64;
  } while (frame + 64 <= end);
  for (; frame < end; frame += 4, below += 3, above += 3) {
    store<u32>(frame, mixPixel(rgbAsBgrx(below), rgbAsBgrx(above), weight));
  }
}

/** frame = frame and an RGB source mixed. */
export function blendRow(source: usize, frame: usize, pixels: i32, weight: i32): void {
  const end = frame + (<usize>pixels << 2);
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  const opaque = i32x4.splat(OPAQUE);
  if (frame + 64 <= end) do {
    v128.store(frame, v128.or(mix(v128.load(frame), expand(v128.load(source)), wa, wb), opaque));
    v128.store(frame, v128.or(mix(v128.load(frame, 16), expand(v128.load(source, 12)), wa, wb), opaque), 16);
    v128.store(frame, v128.or(mix(v128.load(frame, 32), expand(v128.load(source, 24)), wa, wb), opaque), 32);
    v128.store(frame, v128.or(mix(v128.load(frame, 48), expand(v128.load(source, 36)), wa, wb), opaque), 48);
    frame += 64; source += 48;
  } while (frame + 64 <= end);
  for (; frame < end; frame += 4, source += 3) {
    store<u32>(frame, mixPixel(load<u32>(frame), rgbAsBgrx(source), weight));
  }
}

/** frame = frame and a BGRX row mixed. */
export function blendRow32(source: usize, frame: usize, pixels: i32, weight: i32): void {
  const end = frame + (<usize>pixels << 2);
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  if (frame + 16 <= end) do {
    v128.store(frame, v128.or(mix(v128.load(frame), v128.load(source), wa, wb), i32x4.splat(OPAQUE)));
    source += 16;
    frame += 16;
  } while (frame + 16 <= end);
  for (; frame < end; frame += 4, source += 4) store<u32>(frame, mixPixel(load<u32>(frame), load<u32>(source), weight));
}

/** x / 255, rounded, for 0 <= x <= 65025 in eight lanes. */
// @ts-ignore: decorator
@inline
function over255(x: v128): v128 {
  const y = i16x8.add(x, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(y, i16x8.shr_u(y, 8)), 8);
}

/** frame = premultiplied RGBA source over frame, the whole source at `weight` of 256 (here 256 is allowed). */
export function overRow(source: usize, frame: usize, pixels: i32, weight: i32): void {
  const w = i16x8.splat(<i16>weight);
  const half = i16x8.splat(128);
  const full = i16x8.splat(255);
  const toBgra = i8x16(2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);
  for (; pixels >= 4; pixels -= 4, source += 16, frame += 16) {
    const raw = v128.load(source);
    if (!v128.any_true(raw)) continue; // the plate's surroundings: nothing to do
    const bgra = v128.swizzle(raw, toBgra);
    const under = v128.load(frame);
    let low = i16x8.extend_low_i8x16_u(bgra);
    let high = i16x8.extend_high_i8x16_u(bgra);
    if (weight < 256) {
      low = i16x8.shr_u(i16x8.add(i16x8.mul(low, w), half), 8);
      high = i16x8.shr_u(i16x8.add(i16x8.mul(high, w), half), 8);
    }
    const alphaLow = v128.shuffle<u8>(low, low, 6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
    const alphaHigh = v128.shuffle<u8>(high, high, 6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15);
    const restLow = over255(i16x8.mul(i16x8.extend_low_i8x16_u(under), i16x8.sub(full, alphaLow)));
    const restHigh = over255(i16x8.mul(i16x8.extend_high_i8x16_u(under), i16x8.sub(full, alphaHigh)));
    const sum = i8x16.narrow_i16x8_u(i16x8.add(low, restLow), i16x8.add(high, restHigh));
    v128.store(frame, v128.or(sum, i32x4.splat(OPAQUE)));
  }
  for (; pixels > 0; pixels--, source += 4, frame += 4) {
    const rest = 255 - ((<u32>load<u8>(source, 3) * weight + 128) >> 8);
    for (let channel: usize = 0; channel < 3; channel++) {
      const colour = (<u32>load<u8>(source + 2 - channel) * weight + 128) >> 8;
      const under = <u32>load<u8>(frame + channel) * rest + 128;
      store<u8>(frame + channel, <u8>min<u32>(255, colour + ((under + (under >> 8)) >> 8)));
    }
    store<u8>(frame, 255, 3);
  }
}

/** out = two rows of bytes mixed; `bytes` is rounded up to 16. The vertical half of bilinear scaling. */
export function mixBytes(a: usize, b: usize, out: usize, bytes: i32, weight: i32): void {
  const end = out + bytes;
  if (weight == 0 || a == b) {
    for (; out < end; out += 16, a += 16) v128.store(out, v128.load(a));
    return;
  }
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  for (; out + 64 <= end; out += 64, a += 64, b += 64) {
    v128.store(out, mix(v128.load(a), v128.load(b), wa, wb));
    v128.store(out, mix(v128.load(a, 16), v128.load(b, 16), wa, wb), 16);
    v128.store(out, mix(v128.load(a, 32), v128.load(b, 32), wa, wb), 32);
    v128.store(out, mix(v128.load(a, 48), v128.load(b, 48), wa, wb), 48);
  }
  for (; out < end; out += 16, a += 16, b += 16) v128.store(out, mix(v128.load(a), v128.load(b), wa, wb));
}

/**
 * BGRX pixels from an RGB row at fractional places: the horizontal half of bilinear scaling. `offsets` holds for each pixel
 * the byte offset of its left neighbour (i32), `weights` the share of its right neighbour, 0 to 256, four times (u16 x 4).
 */
export function gatherRow(row: usize, offsets: usize, weights: usize, frame: usize, pixels: i32): void {
  const left = i8x16(2, 16, 1, 16, 0, 16, 16, 16, 10, 16, 9, 16, 8, 16, 16, 16);
  const right = i8x16(5, 16, 4, 16, 3, 16, 16, 16, 13, 16, 12, 16, 11, 16, 16, 16);
  const whole = i16x8.splat(256);
  const half = i16x8.splat(128);
  if (pixels >= 4) do {
    let ab = v128.load64_zero(row + load<u32>(offsets));
    ab = v128.load64_lane(row + load<u32>(offsets, 4), ab, 1);
    let cd = v128.load64_zero(row + load<u32>(offsets, 8));
    cd = v128.load64_lane(row + load<u32>(offsets, 12), cd, 1);
    const wab = v128.load(weights);
    const wcd = v128.load(weights, 16);
    const mab = i16x8.add(i16x8.mul(v128.swizzle(ab, left), i16x8.sub(whole, wab)), i16x8.mul(v128.swizzle(ab, right), wab));
    const mcd = i16x8.add(i16x8.mul(v128.swizzle(cd, left), i16x8.sub(whole, wcd)), i16x8.mul(v128.swizzle(cd, right), wcd));
    const bgr = i8x16.narrow_i16x8_u(i16x8.shr_u(i16x8.add(mab, half), 8), i16x8.shr_u(i16x8.add(mcd, half), 8));
    v128.store(frame, v128.or(bgr, i32x4.splat(OPAQUE)));
    pixels -= 4; offsets += 16; weights += 32; frame += 16;
  } while (pixels >= 4);
  for (; pixels > 0; pixels--, offsets += 4, weights += 8, frame += 4) {
    const at = row + load<u32>(offsets);
    store<u32>(frame, mixPixel(rgbAsBgrx(at), rgbAsBgrx(at + 3), load<u16>(weights)));
  }
}

/**
 * The same for steps of at most 4/3 source pixels, four pixels at a time: the left neighbours of a group lie within 16 bytes, and
 * so do the right ones, 3 bytes further on. `bases` holds for each group the byte offset of its first left neighbour (i32), `picks`
 * which of the bytes from there on make the group (16 bytes), `weights` the share of the right neighbours (for each pixel u16,
 * twice). Only whole groups. With a `weight` below 256 the pixels are mixed into the frame.
 */
export function gatherGroups(row: usize, bases: usize, picks: usize, weights: usize, frame: usize, groups: i32, weight: i32): void {
  const whole = i16x8.splat(256);
  const opaque = i32x4.splat(OPAQUE);
  const end = frame + (<usize>groups << 4);
  if (weight == 256) {
    for (; frame + 32 <= end; frame += 32, bases += 8, picks += 32, weights += 32) {
      v128.store(frame, v128.or(gatherGroup(row + load<u32>(bases), v128.load(picks), v128.load(weights), whole), opaque));
      v128.store(frame, v128.or(gatherGroup(row + load<u32>(bases, 4), v128.load(picks, 16), v128.load(weights, 16), whole), opaque), 16);
    }
    if (frame < end) {
      v128.store(frame, v128.or(gatherGroup(row + load<u32>(bases), v128.load(picks), v128.load(weights), whole), opaque));
    }
    return;
  }
  const wb = i16x8.splat(<i16>weight);
  const wa = i16x8.splat(<i16>(256 - weight));
  for (; frame + 32 <= end; frame += 32, bases += 8, picks += 32, weights += 32) {
    const near = gatherGroup(row + load<u32>(bases), v128.load(picks), v128.load(weights), whole);
    v128.store(frame, v128.or(mix(v128.load(frame), near, wa, wb), opaque));
    const next = gatherGroup(row + load<u32>(bases, 4), v128.load(picks, 16), v128.load(weights, 16), whole);
    v128.store(frame, v128.or(mix(v128.load(frame, 16), next, wa, wb), opaque), 16);
  }
  if (frame < end) {
    const scaled = gatherGroup(row + load<u32>(bases), v128.load(picks), v128.load(weights), whole);
    v128.store(frame, v128.or(mix(v128.load(frame), scaled, wa, wb), opaque));
  }
}

// @ts-ignore: decorator
@inline
function gatherGroup(source: usize, pick: v128, wb: v128, whole: v128): v128 {
  return mix(v128.swizzle(v128.load(source), pick), v128.swizzle(v128.load(source, 3), pick), i16x8.sub(whole, wb), wb);
}

/** One pixel, `share` of 256 on the way from the source pixel at `at` to its right neighbour: what is left beside whole groups. */
export function gatherPixel(at: usize, share: u32, frame: usize, weight: i32): void {
  const colour = mixPixel(rgbAsBgrx(at), rgbAsBgrx(at + 3), share);
  store<u32>(frame, weight == 256 ? colour : mixPixel(load<u32>(frame), colour, weight));
}
