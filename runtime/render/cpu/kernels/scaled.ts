/** Pictures that are scaled while they are drawn: a table of source pixels for each layer, and the rows that are drawn by it. */
import { lineAt } from './lines';
import {
  field, PICTURE_LEFT, PICTURE_RIGHT, PICTURE_TOP, SOURCE_HEIGHT, SOURCE_WIDTH, SOURCE_X, SOURCE_Y, STEP_X, STEP_Y, WEIGHT,
} from './plan';
import { blendRow32, gatherGroups, gatherPixel, gatherRow, mixBytes } from './rows';

/**
 * Steps of at most this many source pixels are gathered in groups. Motion zooms by less; only a picture that was stored for a larger
 * display has more.
 */
// @ts-ignore: decorator
@inline const LONGEST_GROUP_STEP: f64 = 4.0 / 3.0;

// A row's table: of groups it has bases (4 bytes a group), picks and weights (16 each); of single pixels offsets (4) and weights (8).
// @ts-ignore: decorator
@inline
function inGroups(layer: usize): bool {
  return load<f64>(layer + STEP_X) <= LONGEST_GROUP_STEP;
}

// @ts-ignore: decorator
@inline
function tablePixels(layer: usize): usize {
  return <usize>((field(layer, PICTURE_RIGHT) - field(layer, PICTURE_LEFT) + 3) & ~3);
}

/** Of a table in groups. */
// @ts-ignore: decorator
@inline
function picksOf(layer: usize, table: usize): usize {
  return table + ((tablePixels(layer) + 15) & ~15);
}

/** Of a table of either kind. */
// @ts-ignore: decorator
@inline
function weightsOf(layer: usize, table: usize): usize {
  if (inGroups(layer)) return picksOf(layer, table) + tablePixels(layer) * 4;
  return table + ((tablePixels(layer) * 4 + 15) & ~15);
}

/** The byte offset of a pixel's left neighbour. */
// @ts-ignore: decorator
@inline
function leftByte(layer: usize, table: usize, pixel: usize): usize {
  if (!inGroups(layer)) return <usize>load<u32>(table + (pixel << 2));
  return <usize>load<u32>(table + (pixel & ~3)) + <usize>load<u8>(picksOf(layer, table) + (pixel << 2), 2);
}

/** For each pixel of a scaled layer: which source pixel is left of it and how much the next one counts. */
export function writeTable(layer: usize, table: usize): void {
  const pixels = tablePixels(layer);
  const groups = inGroups(layer);
  const picks = picksOf(layer, table);
  const weights = weightsOf(layer, table);
  const last = <f64>(field(layer, SOURCE_WIDTH) - 1);
  const step = load<f64>(layer + STEP_X);
  let x = load<f64>(layer + SOURCE_X);
  let base: u32 = 0;
  for (let i: usize = 0; i < pixels; i++, x += step) {
    const at = max<f64>(0, min<f64>(last, x));
    // The last pixel has no right neighbour: look at it from the one before, with the whole weight.
    const left = min<f64>(floor(at), max<f64>(0, last - 1));
    const weight = <u32>nearest<f64>((at - left) * 256);
    const offset = <u32>left * 3;
    if (!groups) {
      store<u32>(table + (i << 2), offset);
      store<u64>(weights + (i << 3), <u64>weight * 0x0001000100010001);
      continue;
    }
    if ((i & 3) == 0) {
      base = offset;
      store<u32>(table + i, base);
    }
    // B, G, R, and a fourth byte from nowhere.
    store<u32>(picks + (i << 2), 0x10000102 + (offset - base) * 0x010101);
    store<u32>(weights + (i << 2), weight * 0x00010001);
  }
}

/** Bilinear: the two source rows mixed whole (contiguous, fast), then the columns picked from that one row. */
export function drawScaled(layer: usize, scratch: usize, table: usize, mixed: usize, frame: usize, y: i32, first: usize, pixels: usize): void {
  const weight = field(layer, WEIGHT);
  const lastRow = <f64>(field(layer, SOURCE_HEIGHT) - 1);
  const v = max<f64>(0, min<f64>(lastRow, load<f64>(layer + SOURCE_Y) + <f64>(y - field(layer, PICTURE_TOP)) * load<f64>(layer + STEP_Y)));
  const above = min<f64>(floor(v), max<f64>(0, lastRow - 1));
  const upper = lineAt(layer, scratch, <i32>above);
  const lower = lastRow > 0 ? lineAt(layer, scratch, <i32>above + 1) : upper;
  const share = <i32>nearest<f64>((v - above) * 256);
  const firstByte = leftByte(layer, table, first);
  const bytes = <i32>(leftByte(layer, table, first + pixels - 1) + 6 - firstByte);
  if (share >= 256) mixBytes(lower + firstByte, lower + firstByte, mixed + firstByte, bytes, 0);
  else mixBytes(upper + firstByte, lower + firstByte, mixed + firstByte, bytes, share);
  const weights = weightsOf(layer, table);
  if (!inGroups(layer)) {
    const offsets = table + (first << 2);
    if (weight == 256) {
      gatherRow(mixed, offsets, weights + (first << 3), frame, <i32>pixels);
    } else {
      const scaled = mixed + ((<usize>field(layer, SOURCE_WIDTH) * 3 + 79) & ~63);
      gatherRow(mixed, offsets, weights + (first << 3), scaled, <i32>pixels);
      blendRow32(scaled, frame, <i32>pixels, weight);
    }
    return;
  }
  // Single pixels up to the first whole group, and after the last.
  const end = first + pixels;
  const groupsBegin = min((first + 3) & ~3, end);
  const groupsEnd = max(end & ~3, groupsBegin);
  for (let i = first; i < groupsBegin; i++) drawSingle(layer, table, weights, mixed, frame + ((i - first) << 2), i, weight);
  if (groupsBegin < groupsEnd) {
    const picks = picksOf(layer, table);
    const out = frame + ((groupsBegin - first) << 2);
    gatherGroups(mixed, table + groupsBegin, picks + (groupsBegin << 2), weights + (groupsBegin << 2), out, <i32>((groupsEnd - groupsBegin) >> 2), weight);
  }
  for (let i = groupsEnd; i < end; i++) drawSingle(layer, table, weights, mixed, frame + ((i - first) << 2), i, weight);
}

// @ts-ignore: decorator
@inline
function drawSingle(layer: usize, table: usize, weights: usize, mixed: usize, frame: usize, pixel: usize, weight: i32): void {
  gatherPixel(mixed + leftByte(layer, table, pixel), <u32>load<u16>(weights + (pixel << 2)), frame, weight);
}
