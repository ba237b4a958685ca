/** The compositor: draws some rows of the frame by a plan in the arena. Every thread runs it over its own rows. */
import { drawVideo, forgetRows, lineAt, mixVideos, TABLES } from './lines';
import {
  BACKGROUND, BASE_COLOUR, CLIP_BOTTOM, CLIP_LEFT, CLIP_RIGHT, CLIP_TOP, columnOf, DAMAGE_LEFT, DAMAGE_RIGHT, field, FRAME,
  FRAME_STRIDE, HEADER_BYTES, KIND, KIND_OVERLAY, KIND_VIDEO, LAYER_BYTES, LAYERS, lineOf, PICTURE_BOTTOM, PICTURE_LEFT, PICTURE_RIGHT,
  PICTURE_TOP, SCALED, SERIAL, SOURCE_HEIGHT, SOURCE_WIDTH, TABLE_BYTES, WEIGHT, WEIGHTS,
} from './plan';
import { blendFillRow, blendRow, blendRow32, copyRow, fillRow, gatherGroups, gatherRow, mixBytes, mixRow, overRow } from './rows';
import { drawScaled, writeTable } from './scaled';
import { halfwayRow, hasSameColours, mixSharesRow, mixYuvRow, quarterRows, sharesRow, yuvRow, yuvToRgbRow } from './yuv';

export { blendFillRow, blendRow, blendRow32, copyRow, fillRow, gatherGroups, gatherRow, mixBytes, mixRow, overRow };
export { halfwayRow, mixSharesRow, mixYuvRow, quarterRows, sharesRow, yuvRow, yuvToRgbRow };

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

/** out (BGRX, rows without a gap) = lines `top` to `bottom` (exclusive) of a video, whose `layer` needs no more than what is of video only. */
export function videoRows(layer: usize, scratch: usize, out: usize, top: i32, bottom: i32): void {
  forgetRows(scratch);
  const pixels = field(layer, SOURCE_WIDTH);
  for (let line = top; line < bottom; line++, out += <usize>pixels << 2) drawVideo(layer, scratch, out, 0, line, pixels);
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

// @ts-ignore: decorator
@inline
function drawBackground(row: usize, left: i32, right: i32, colour: u32, weight: i32): void {
  if (left >= right) return;
  if (weight == 256) fillRow(row + (<usize>left << 2), right - left, colour);
  else blendFillRow(row + (<usize>left << 2), right - left, colour, weight);
}
