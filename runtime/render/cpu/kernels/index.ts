/**
 * The compositor: draws some rows of the frame by a plan in the arena. Every thread runs it over its own rows.
 * The layout of the plan is written down in `render/plan/plan-layout.ts`; keep both in step.
 */
import { blendFillRow, blendRow, blendRow32, copyRow, fillRow, gatherGroups, gatherPixel, gatherRow, mixBytes, mixRow, overRow } from './rows';
import {
  halfwayRow, hasSameColours, mixSharesRow, mixYuvRow, PLACE_Y, quarterRows, SHARES_BYTES, sharesRow, yuvRow, yuvToRgbRow,
} from './yuv';

export { blendFillRow, blendRow, blendRow32, copyRow, fillRow, gatherGroups, gatherRow, mixBytes, mixRow, overRow };
export { halfwayRow, mixSharesRow, mixYuvRow, quarterRows, sharesRow, yuvRow, yuvToRgbRow };

// Plan header
// @ts-ignore: decorator
@inline const FRAME: usize = 0;
// @ts-ignore: decorator
@inline const FRAME_STRIDE: usize = 4;
// @ts-ignore: decorator
@inline const LAYERS: usize = 8;
// @ts-ignore: decorator
@inline const BASE_COLOUR: usize = 12;
// @ts-ignore: decorator
@inline const DAMAGE_LEFT: usize = 16;
// @ts-ignore: decorator
@inline const DAMAGE_RIGHT: usize = 20;
// @ts-ignore: decorator
@inline const SERIAL: usize = 24;
// @ts-ignore: decorator
@inline const TABLE_BYTES: usize = 28;
// @ts-ignore: decorator
@inline const HEADER_BYTES: usize = 64;

// Layer entry
// @ts-ignore: decorator
@inline const KIND: usize = 0;
// @ts-ignore: decorator
@inline const SOURCE: usize = 4;
// @ts-ignore: decorator
@inline const SOURCE_STRIDE: usize = 8;
// @ts-ignore: decorator
@inline const SOURCE_WIDTH: usize = 12;
// @ts-ignore: decorator
@inline const SOURCE_HEIGHT: usize = 16;
// @ts-ignore: decorator
@inline const CLIP_LEFT: usize = 20;
// @ts-ignore: decorator
@inline const CLIP_TOP: usize = 24;
// @ts-ignore: decorator
@inline const CLIP_RIGHT: usize = 28;
// @ts-ignore: decorator
@inline const CLIP_BOTTOM: usize = 32;
// @ts-ignore: decorator
@inline const PICTURE_LEFT: usize = 36;
// @ts-ignore: decorator
@inline const PICTURE_TOP: usize = 40;
// @ts-ignore: decorator
@inline const PICTURE_RIGHT: usize = 44;
// @ts-ignore: decorator
@inline const PICTURE_BOTTOM: usize = 48;
// @ts-ignore: decorator
@inline const BACKGROUND: usize = 52;
// @ts-ignore: decorator
@inline const WEIGHT: usize = 56;
// @ts-ignore: decorator
@inline const SCALED: usize = 60;
// @ts-ignore: decorator
@inline const SOURCE_X: usize = 64;
// @ts-ignore: decorator
@inline const STEP_X: usize = 72;
// @ts-ignore: decorator
@inline const SOURCE_Y: usize = 80;
// @ts-ignore: decorator
@inline const STEP_Y: usize = 88;
// Of video only: the chroma planes, which two rows of the scratch are the layer's own, the words for its colours.
// @ts-ignore: decorator
@inline const CB: usize = 96;
// @ts-ignore: decorator
@inline const CR: usize = 100;
// @ts-ignore: decorator
@inline const CHROMA_STRIDE: usize = 104;
// @ts-ignore: decorator
@inline const ROWS: usize = 112;
// @ts-ignore: decorator
@inline const WEIGHTS: usize = 116;
// @ts-ignore: decorator
@inline const LAYER_BYTES: usize = 144;

// @ts-ignore: decorator
@inline const KIND_OVERLAY: i32 = 1;
// @ts-ignore: decorator
@inline const KIND_VIDEO: i32 = 2;

// Scratch of one thread: serial of the plan it belongs to, and what its rows hold; the shares of two rows of pixels; those of two rows of
// chroma for each video; two lines as RGB for each; a table for each layer; the mixed row; a BGRX row.
// @ts-ignore: decorator
@inline const LINES: usize = 16;
// @ts-ignore: decorator
@inline const SHARE_ROWS: usize = 48;
// @ts-ignore: decorator
@inline const BETWEEN_LAYER: usize = 80;
// @ts-ignore: decorator
@inline const BETWEEN_ROW: usize = 84;
// @ts-ignore: decorator
@inline const VIDEO_ROWS: i32 = 8;
// @ts-ignore: decorator
@inline const VIDEO_ROW_BYTES: usize = 24704;
// @ts-ignore: decorator
@inline const BETWEEN: usize = 128;
// @ts-ignore: decorator
@inline const SHARES: usize = BETWEEN + 2 * SHARES_BYTES;
// @ts-ignore: decorator
@inline const RGB_ROWS: usize = SHARES + <usize>VIDEO_ROWS * SHARES_BYTES;
// @ts-ignore: decorator
@inline const TABLES: usize = RGB_ROWS + <usize>VIDEO_ROWS * VIDEO_ROW_BYTES;
/** Added to a row's number where its shares are mixed with those of the layer above. */
// @ts-ignore: decorator
@inline const MIXED: i32 = 0x40000000;

// @ts-ignore: decorator
@inline
function field(entry: usize, offset: usize): i32 {
  return load<i32>(entry + offset);
}

/** Whether the layer alone decides every pixel of the row between `left` and `right`. */
// @ts-ignore: decorator
@inline
function hidesRow(layer: usize, y: i32, left: i32, right: i32): bool {
  return (
    field(layer, KIND) != KIND_OVERLAY &&
    field(layer, WEIGHT) == 256 &&
    field(layer, CLIP_TOP) <= y &&
    y < field(layer, CLIP_BOTTOM) &&
    field(layer, CLIP_LEFT) <= left &&
    right <= field(layer, CLIP_RIGHT)
  );
}

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
function writeTable(layer: usize, table: usize): void {
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

/** Draws rows `top` to `bottom` (exclusive) of the plan's frame. `scratch` belongs to the calling thread alone. */
export function composeRows(plan: usize, scratch: usize, top: i32, bottom: i32): void {
  const layers = field(plan, LAYERS);
  const damageLeft = field(plan, DAMAGE_LEFT);
  const damageRight = field(plan, DAMAGE_RIGHT);
  const tableBytes = <usize>field(plan, TABLE_BYTES);
  const tables = scratch + TABLES;
  const mixed = tables + tableBytes * <usize>layers;
  if (field(scratch, 0) != field(plan, SERIAL)) {
    for (let i = 0; i < layers; i++) {
      const layer = plan + HEADER_BYTES + <usize>i * LAYER_BYTES;
      if (field(layer, SCALED)) writeTable(layer, tables + tableBytes * <usize>i);
    }
    forgetRows(scratch);
    store<i32>(scratch, field(plan, SERIAL));
  }
  for (let y = top; y < bottom; y++) {
    const row = <usize>field(plan, FRAME) + <usize>y * <usize>field(plan, FRAME_STRIDE);
    let first = layers - 1;
    while (first >= 0 && !hidesRow(plan + HEADER_BYTES + <usize>first * LAYER_BYTES, y, damageLeft, damageRight)) first--;
    if (first < 0) {
      fillRow(row + (<usize>damageLeft << 2), damageRight - damageLeft, field(plan, BASE_COLOUR));
      first = 0;
    }
    for (let i = first; i < layers; i++) {
      const layer = plan + HEADER_BYTES + <usize>i * LAYER_BYTES;
      if (y < field(layer, CLIP_TOP) || y >= field(layer, CLIP_BOTTOM)) continue;
      const left = max(damageLeft, field(layer, CLIP_LEFT));
      const right = min(damageRight, field(layer, CLIP_RIGHT));
      if (left >= right) continue;
      if (i + 1 < layers && mixesWithNext(layer, layer + LAYER_BYTES, y, left, right)) {
        const next = layer + LAYER_BYTES;
        const frame = row + (<usize>left << 2);
        const weight = field(next, WEIGHT);
        if (mixesAsVideo(layer, next, left, y)) mixVideos(layer, next, scratch, frame, left, y, right - left, weight);
        else mixRow(sourceAt(layer, scratch, left, y), sourceAt(next, scratch, left, y), frame, right - left, weight);
        i++;
        continue;
      }
      drawRow(layer, scratch, tables + tableBytes * <usize>i, mixed, row, y, left, right);
    }
  }
}

function forgetRows(scratch: usize): void {
  for (let i = 0; i < VIDEO_ROWS; i++) {
    store<i32>(scratch + LINES + (<usize>i << 2), -1);
    store<i32>(scratch + SHARE_ROWS + (<usize>i << 2), -1);
  }
  store<i32>(scratch + BETWEEN_LAYER, 0);
}

/** out (BGRX, rows without a gap) = lines `top` to `bottom` (exclusive) of a video, whose `layer` needs no more than what is of video only. */
export function videoRows(layer: usize, scratch: usize, out: usize, top: i32, bottom: i32): void {
  forgetRows(scratch);
  const pixels = field(layer, SOURCE_WIDTH);
  for (let line = top; line < bottom; line++, out += <usize>pixels << 2) drawVideo(layer, scratch, out, 0, line, pixels);
}

/** The address of a line of the source. A line of video is turned into one of RGB first; each thread keeps the last two of a layer. */
// @ts-ignore: decorator
@inline
function lineAt(layer: usize, scratch: usize, line: i32): usize {
  if (field(layer, KIND) != KIND_VIDEO) return <usize>field(layer, SOURCE) + <usize>line * <usize>field(layer, SOURCE_STRIDE);
  return videoLineAt(layer, scratch, line);
}

function videoLineAt(layer: usize, scratch: usize, line: i32): usize {
  const place = <usize>((field(layer, ROWS) << 1) | (line & 1));
  const row = scratch + RGB_ROWS + place * VIDEO_ROW_BYTES;
  if (field(scratch, LINES + (place << 2)) == line) return row;
  store<i32>(scratch + LINES + (place << 2), line);
  yuvToRgbRow(lumaAt(layer, 0, line), sharesOf(layer, 0, scratch, line, 0), 0, row, field(layer, SOURCE_WIDTH), layer + WEIGHTS);
  return row;
}

/** The line and the column of the source that stand at (x, y) of the frame; unscaled layers only. */
// @ts-ignore: decorator
@inline
function lineOf(layer: usize, y: i32): i32 {
  return <i32>load<f64>(layer + SOURCE_Y) + y - field(layer, PICTURE_TOP);
}

// @ts-ignore: decorator
@inline
function columnOf(layer: usize, x: i32): i32 {
  return <i32>load<f64>(layer + SOURCE_X) + x - field(layer, PICTURE_LEFT);
}

/** The address of the source pixel that stands at (x, y) of the frame; unscaled layers only. */
// @ts-ignore: decorator
@inline
function sourceAt(layer: usize, scratch: usize, x: i32, y: i32): usize {
  const pixelBytes = field(layer, KIND) == KIND_OVERLAY ? 4 : 3;
  return lineAt(layer, scratch, lineOf(layer, y)) + <usize>(columnOf(layer, x) * pixelBytes);
}

/** Whether an opaque layer and the one above it can be drawn in one pass over these pixels. */
// @ts-ignore: decorator
@inline
function mixesWithNext(layer: usize, next: usize, y: i32, left: i32, right: i32): bool {
  return (
    field(layer, WEIGHT) == 256 &&
    isPlainPicture(layer, y, left, right) &&
    field(next, WEIGHT) < 256 &&
    field(next, CLIP_TOP) <= y &&
    y < field(next, CLIP_BOTTOM) &&
    field(next, CLIP_LEFT) <= left &&
    right <= field(next, CLIP_RIGHT) &&
    isPlainPicture(next, y, left, right)
  );
}

/** Whether these pixels of the layer are picture or video, one to one, with no background among them. */
// @ts-ignore: decorator
@inline
function isPlainPicture(layer: usize, y: i32, left: i32, right: i32): bool {
  return (
    field(layer, KIND) != KIND_OVERLAY &&
    !field(layer, SCALED) &&
    field(layer, PICTURE_TOP) <= y &&
    y < field(layer, PICTURE_BOTTOM) &&
    field(layer, PICTURE_LEFT) <= left &&
    right <= field(layer, PICTURE_RIGHT)
  );
}

/** Whether two layers that are mixed are video of the same size and colours, pixel over pixel. */
// @ts-ignore: decorator
@inline
function mixesAsVideo(layer: usize, next: usize, left: i32, y: i32): bool {
  return (
    field(layer, KIND) == KIND_VIDEO &&
    field(next, KIND) == KIND_VIDEO &&
    hasSameColours(layer + WEIGHTS, next + WEIGHTS) &&
    field(layer, SOURCE_WIDTH) == field(next, SOURCE_WIDTH) &&
    field(layer, SOURCE_HEIGHT) == field(next, SOURCE_HEIGHT) &&
    columnOf(layer, left) == columnOf(next, left) &&
    lineOf(layer, y) == lineOf(next, y)
  );
}

// @ts-ignore: decorator
@inline
function lumaAt(layer: usize, column: i32, line: i32): usize {
  return <usize>field(layer, SOURCE) + <usize>line * <usize>field(layer, SOURCE_STRIDE) + <usize>column;
}

/** Where a line lies in the rows of chroma, in quarters from the first one. */
// @ts-ignore: decorator
@inline
function chromaQuarters(layer: usize, line: i32): i32 {
  return 2 * line - field(layer, WEIGHTS + PLACE_Y);
}

/**
 * The address of the shares of a row of chroma, alone or mixed with those of the layer `next` (0: alone). Each thread keeps the last two
 * of a layer.
 */
function chromaShares(layer: usize, next: usize, scratch: usize, row: i32, weight: i32): usize {
  const place = <usize>((field(layer, ROWS) << 1) | (row & 1));
  const shares = scratch + SHARES + place * SHARES_BYTES;
  const held = next == 0 ? row : row | MIXED;
  if (field(scratch, SHARE_ROWS + (place << 2)) == held) return shares;
  store<i32>(scratch + SHARE_ROWS + (place << 2), held);
  const chroma = field(layer, CHROMA_STRIDE);
  const at = <usize>row * <usize>chroma;
  const cb = <usize>field(layer, CB) + at, cr = <usize>field(layer, CR) + at;
  if (next == 0) sharesRow(cb, cr, chroma, shares, layer + WEIGHTS);
  else mixSharesRow(cb, cr, <usize>field(next, CB) + at, <usize>field(next, CR) + at, chroma, shares, layer + WEIGHTS, weight);
  return shares;
}

/** The address of the shares of a line: it lies on a row of chroma, or halfway or a quarter of the way between two. */
function sharesOf(layer: usize, next: usize, scratch: usize, line: i32, weight: i32): usize {
  const quarters = chromaQuarters(layer, line);
  // Beyond the first row and the last one it is the same.
  const upper = max(0, quarters >> 2);
  const lower = min((field(layer, SOURCE_HEIGHT) - 1) >> 1, (quarters >> 2) + 1);
  const above = chromaShares(layer, next, scratch, upper, weight);
  if ((quarters & 3) == 0 || upper == lower) return above;
  const below = chromaShares(layer, next, scratch, lower, weight);
  const chroma = field(layer, CHROMA_STRIDE);
  const between = scratch + BETWEEN;
  if ((quarters & 3) == 2) {
    store<i32>(scratch + BETWEEN_LAYER, 0);
    halfwayRow(above, below, chroma, between);
    return between;
  }
  // Two lines lie between two rows: what is made for the first one serves the second.
  const held = next == 0 ? upper : upper | MIXED;
  if (<usize>field(scratch, BETWEEN_LAYER) != layer || field(scratch, BETWEEN_ROW) != held) {
    quarterRows(above, below, chroma, between, between + SHARES_BYTES);
    store<usize>(scratch + BETWEEN_LAYER, layer);
    store<i32>(scratch + BETWEEN_ROW, held);
  }
  return (quarters & 3) == 1 ? between : between + SHARES_BYTES;
}

function mixVideos(layer: usize, next: usize, scratch: usize, frame: usize, left: i32, y: i32, pixels: i32, weight: i32): void {
  const line = lineOf(layer, y), column = columnOf(layer, left);
  const shares = sharesOf(layer, next, scratch, line, weight);
  mixYuvRow(lumaAt(layer, column, line), lumaAt(next, column, line), shares, column, frame, pixels, layer + WEIGHTS, weight);
}

/** Draws one row of one layer over what is there. */
function drawRow(layer: usize, scratch: usize, table: usize, mixed: usize, row: usize, y: i32, left: i32, right: i32): void {
  const weight = field(layer, WEIGHT);
  const pictureLeft = max(left, field(layer, PICTURE_LEFT));
  const pictureRight = min(right, field(layer, PICTURE_RIGHT));
  const inside = field(layer, PICTURE_TOP) <= y && y < field(layer, PICTURE_BOTTOM) && pictureLeft < pictureRight;
  if (field(layer, KIND) == KIND_OVERLAY) {
    if (inside) overRow(sourceAt(layer, scratch, pictureLeft, y), row + (<usize>pictureLeft << 2), pictureRight - pictureLeft, weight);
    return;
  }
  const background = field(layer, BACKGROUND);
  if (!inside) {
    drawBackground(row, left, right, background, weight);
    return;
  }
  drawBackground(row, left, pictureLeft, background, weight);
  drawBackground(row, pictureRight, right, background, weight);
  const pixels = pictureRight - pictureLeft;
  const frame = row + (<usize>pictureLeft << 2);
  if (!field(layer, SCALED)) {
    if (field(layer, KIND) == KIND_VIDEO && weight == 256) {
      drawVideo(layer, scratch, frame, columnOf(layer, pictureLeft), lineOf(layer, y), pixels);
      return;
    }
    const source = sourceAt(layer, scratch, pictureLeft, y);
    if (weight == 256) copyRow(source, frame, pixels);
    else blendRow(source, frame, pixels, weight);
    return;
  }
  drawScaled(layer, scratch, table, mixed, frame, y, <usize>(pictureLeft - field(layer, PICTURE_LEFT)), <usize>pixels);
}

/** Opaque video, pixel by pixel: straight into the frame. */
// @ts-ignore: decorator
@inline
function drawVideo(layer: usize, scratch: usize, frame: usize, column: i32, line: i32, pixels: i32): void {
  yuvRow(lumaAt(layer, column, line), sharesOf(layer, 0, scratch, line, 0), column, frame, pixels, layer + WEIGHTS);
}

/** Bilinear: the two source rows mixed whole (contiguous, fast), then the columns picked from that one row. */
function drawScaled(layer: usize, scratch: usize, table: usize, mixed: usize, frame: usize, y: i32, first: usize, pixels: usize): void {
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

// @ts-ignore: decorator
@inline
function drawBackground(row: usize, left: i32, right: i32, colour: u32, weight: i32): void {
  if (left >= right) return;
  if (weight == 256) fillRow(row + (<usize>left << 2), right - left, colour);
  else blendFillRow(row + (<usize>left << 2), right - left, colour, weight);
}
