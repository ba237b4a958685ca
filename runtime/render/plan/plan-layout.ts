/** Layout of the frame plan in the arena; `kernels/index.ts` reads it. Offsets in 32-bit words unless they say otherwise. */

export const PLAN = {
  frame: 0,
  frameStride: 1,
  layers: 2,
  baseColour: 3,
  damageLeft: 4,
  damageRight: 5,
  serial: 6,
  tableBytes: 7,
  headerWords: 16,
} as const;

export const PLAN_LAYER = {
  kind: 0,
  source: 1,
  sourceStride: 2,
  sourceWidth: 3,
  sourceHeight: 4,
  clipLeft: 5,
  clipTop: 6,
  clipRight: 7,
  clipBottom: 8,
  pictureLeft: 9,
  pictureTop: 10,
  pictureRight: 11,
  pictureBottom: 12,
  background: 13,
  weight: 14,
  scaled: 15,
  /** In 64-bit floats from the entry's begin. */
  sourceXFloat: 8,
  stepXFloat: 9,
  sourceYFloat: 10,
  stepYFloat: 11,
  words: 24,
} as const;

/** Layers that one frame can show; the lowest are left out beyond that (a crossfade has 2, texts 2 more). */
export const PLAN_LAYERS = 16;

export const PLAN_BYTES = (PLAN.headerWords + PLAN_LAYER.words * PLAN_LAYERS) * 4;

const SCRATCH_HEADER_BYTES = 16;

/** Bytes of one layer's scaling table: at most an offset (4) and a weight (8) for each pixel of a frame row. */
export function tableBytes(frameWidthPx: number): number {
  return Math.ceil((frameWidthPx * 12 + 64) / 64) * 64;
}

/**
 * Widest stored picture that is drawn, whatever the size of the frame: after a change of displays, pictures stored for a
 * larger one stay on until the show is prepared anew. Beyond any panel with its room for motion (8K: 8832).
 */
export const WIDEST_SOURCE_PX = 16_384;

/** Scratch of one composing thread: the tables, a mixed source row, a scaled row. */
export function scratchBytes(frameWidthPx: number): number {
  const mixedRow = Math.ceil((WIDEST_SOURCE_PX * 3 + 160) / 64) * 64;
  return SCRATCH_HEADER_BYTES + tableBytes(frameWidthPx) * PLAN_LAYERS + mixedRow + frameWidthPx * 4 + 64;
}
