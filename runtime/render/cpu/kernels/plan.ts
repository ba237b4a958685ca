/** The plan of a frame as the kernels read it: offsets in bytes. `render/plan/plan-layout.ts` writes it down; keep both in step. */

// Plan header
// @ts-ignore: decorator
@inline export const FRAME: usize = 0;
// @ts-ignore: decorator
@inline export const FRAME_STRIDE: usize = 4;
// @ts-ignore: decorator
@inline export const LAYERS: usize = 8;
// @ts-ignore: decorator
@inline export const BASE_COLOUR: usize = 12;
// @ts-ignore: decorator
@inline export const DAMAGE_LEFT: usize = 16;
// @ts-ignore: decorator
@inline export const DAMAGE_RIGHT: usize = 20;
// @ts-ignore: decorator
@inline export const SERIAL: usize = 24;
// @ts-ignore: decorator
@inline export const TABLE_BYTES: usize = 28;
// @ts-ignore: decorator
@inline export const HEADER_BYTES: usize = 64;

// Layer entry
// @ts-ignore: decorator
@inline export const KIND: usize = 0;
// @ts-ignore: decorator
@inline export const SOURCE: usize = 4;
// @ts-ignore: decorator
@inline export const SOURCE_STRIDE: usize = 8;
// @ts-ignore: decorator
@inline export const SOURCE_WIDTH: usize = 12;
// @ts-ignore: decorator
@inline export const SOURCE_HEIGHT: usize = 16;
// @ts-ignore: decorator
@inline export const CLIP_LEFT: usize = 20;
// @ts-ignore: decorator
@inline export const CLIP_TOP: usize = 24;
// @ts-ignore: decorator
@inline export const CLIP_RIGHT: usize = 28;
// @ts-ignore: decorator
@inline export const CLIP_BOTTOM: usize = 32;
// @ts-ignore: decorator
@inline export const PICTURE_LEFT: usize = 36;
// @ts-ignore: decorator
@inline export const PICTURE_TOP: usize = 40;
// @ts-ignore: decorator
@inline export const PICTURE_RIGHT: usize = 44;
// @ts-ignore: decorator
@inline export const PICTURE_BOTTOM: usize = 48;
// @ts-ignore: decorator
@inline export const BACKGROUND: usize = 52;
// @ts-ignore: decorator
@inline export const WEIGHT: usize = 56;
// @ts-ignore: decorator
@inline export const SCALED: usize = 60;
// @ts-ignore: decorator
@inline export const SOURCE_X: usize = 64;
// @ts-ignore: decorator
@inline export const STEP_X: usize = 72;
// @ts-ignore: decorator
@inline export const SOURCE_Y: usize = 80;
// @ts-ignore: decorator
@inline export const STEP_Y: usize = 88;
// Of video only: the chroma planes, which two rows of the scratch are the layer's own, the words for its colours.
// @ts-ignore: decorator
@inline export const CB: usize = 96;
// @ts-ignore: decorator
@inline export const CR: usize = 100;
// @ts-ignore: decorator
@inline export const CHROMA_STRIDE: usize = 104;
// @ts-ignore: decorator
@inline export const ROWS: usize = 112;
// @ts-ignore: decorator
@inline export const WEIGHTS: usize = 116;
// @ts-ignore: decorator
@inline export const LAYER_BYTES: usize = 144;

// @ts-ignore: decorator
@inline export const KIND_OVERLAY: i32 = 1;
// @ts-ignore: decorator
@inline export const KIND_VIDEO: i32 = 2;

// @ts-ignore: decorator
@inline
export function field(entry: usize, offset: usize): i32 {
  return load<i32>(entry + offset);
}

/** The line and the column of the source that stand at (x, y) of the frame; unscaled layers only. */
// @ts-ignore: decorator
@inline
export function lineOf(layer: usize, y: i32): i32 {
  return <i32>load<f64>(layer + SOURCE_Y) + y - field(layer, PICTURE_TOP);
}

// @ts-ignore: decorator
@inline
export function columnOf(layer: usize, x: i32): i32 {
  return <i32>load<f64>(layer + SOURCE_X) + x - field(layer, PICTURE_LEFT);
}
