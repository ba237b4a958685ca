/**
 * Lines of a source: of pictures as they are, of video turned into RGB, mixed or drawn; and the scratch of a thread, in which it keeps the
 * rows of video that the next line needs again.
 */
import {
  CB, CHROMA_STRIDE, columnOf, CR, field, KIND, KIND_VIDEO, lineOf, ROWS, SOURCE, SOURCE_HEIGHT, SOURCE_STRIDE, SOURCE_WIDTH, WEIGHTS,
} from './plan';
import { halfwayRow, mixSharesRow, mixYuvRow, PLACE_Y, quarterRows, SHARES_BYTES, sharesRow, yuvRow, yuvToRgbRow } from './yuv';

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
@inline export const TABLES: usize = RGB_ROWS + <usize>VIDEO_ROWS * VIDEO_ROW_BYTES;
/** Added to a row's number where its shares are mixed with those of the layer above. */
// @ts-ignore: decorator
@inline const MIXED: i32 = 0x40000000;

export function forgetRows(scratch: usize): void {
  for (let i = 0; i < VIDEO_ROWS; i++) {
    store<i32>(scratch + LINES + (<usize>i << 2), -1);
    store<i32>(scratch + SHARE_ROWS + (<usize>i << 2), -1);
  }
  store<i32>(scratch + BETWEEN_LAYER, 0);
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

export function videoLineAt(layer: usize, scratch: usize, line: i32): usize {
  const place = <usize>((field(layer, ROWS) << 1) | (line & 1));
  const row = scratch + RGB_ROWS + place * VIDEO_ROW_BYTES;
  if (field(scratch, LINES + (place << 2)) == line) return row;
  store<i32>(scratch + LINES + (place << 2), line);
  yuvToRgbRow(lumaAt(layer, 0, line), sharesOf(layer, 0, scratch, line, 0), 0, row, field(layer, SOURCE_WIDTH), layer + WEIGHTS);
  return row;
}

export function mixVideos(layer: usize, next: usize, scratch: usize, frame: usize, left: i32, y: i32, pixels: i32, weight: i32): void {
  const line = lineOf(layer, y), column = columnOf(layer, left);
  const shares = sharesOf(layer, next, scratch, line, weight);
  mixYuvRow(lumaAt(layer, column, line), lumaAt(next, column, line), shares, column, frame, pixels, layer + WEIGHTS, weight);
}

/** Opaque video, pixel by pixel: straight into the frame. */
// @ts-ignore: decorator
@inline
export function drawVideo(layer: usize, scratch: usize, frame: usize, column: i32, line: i32, pixels: i32): void {
  yuvRow(lumaAt(layer, column, line), sharesOf(layer, 0, scratch, line, 0), column, frame, pixels, layer + WEIGHTS);
}

/** The address of a line of the source. A line of video is turned into one of RGB first; each thread keeps the last two of a layer. */
// @ts-ignore: decorator
@inline
export function lineAt(layer: usize, scratch: usize, line: i32): usize {
  if (field(layer, KIND) != KIND_VIDEO) return <usize>field(layer, SOURCE) + <usize>line * <usize>field(layer, SOURCE_STRIDE);
  return videoLineAt(layer, scratch, line);
}
