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
  /** Of video only, from here on. */
  cb: 24,
  cr: 25,
  chromaStride: 26,
  /** Which frame of its clip: the same address holds another one later. */
  frame: 27,
  /** Which two of the scratch's video rows are the layer's. */
  rows: 28,
  /** Seven words, see `writeColours`. */
  colours: 29,
  words: 36,
} as const;

/** Layers that one frame can show; the lowest are left out beyond that (a crossfade has 2, texts 2 more). */
export const PLAN_LAYERS = 16;

export const PLAN_BYTES = (PLAN.headerWords + PLAN_LAYER.words * PLAN_LAYERS) * 4;

/** Layers of video that one frame can show: both sides of a transition, and of another one that a reload brings. */
export const PLAN_VIDEOS = 4;
/** Widest video that is drawn; the decoder makes it no larger than the panel. */
export const WIDEST_VIDEO_PX = 8192;
/** Parts of one in a video's weights: of chroma, of luma, and of a level while it is summed up. */
export const WEIGHT_ONE = 8192;
export const LUMA_ONE = 128;
export const FRACTION_ONE = 32;

const SCRATCH_HEADER_BYTES = 128;
/** Shares of chroma of one row of the widest video; rows lie so that no two of them press each other out of a processor's first cache. */
const SHARES_BYTES = 28_992;
/** A line of video as RGB, with a piece of 16 pixels as BGRX behind it, and what SIMD stores write beyond. */
const VIDEO_ROW_BYTES = WIDEST_VIDEO_PX * 3 + 128;

/** Bytes of one layer's scaling table: at most an offset (4) and a weight (8) for each pixel of a frame row. */
export function tableBytes(frameWidthPx: number): number {
  return Math.ceil((frameWidthPx * 12 + 64) / 64) * 64;
}

/**
 * Widest stored picture that is drawn, whatever the size of the frame: after a change of displays, pictures stored for a
 * larger one stay on until the show is prepared anew. Beyond any panel with its room for motion (8K: 8832).
 */
export const WIDEST_SOURCE_PX = 16_384;

/**
 * The begin of a thread's scratch, which is all that one video needs where nothing is scaled: shares of two rows of pixels, and of two rows
 * of chroma.
 */
export const VIDEO_SCRATCH_BYTES = SCRATCH_HEADER_BYTES + 4 * SHARES_BYTES;

/**
 * Scratch of one composing thread: shares of two rows of pixels, those of two rows of chroma and two rows of pixels for each video, the
 * tables, a mixed source row, a scaled row.
 */
export function scratchBytes(frameWidthPx: number): number {
  const mixedRow = Math.ceil((WIDEST_SOURCE_PX * 3 + 160) / 64) * 64;
  const videoRows = PLAN_VIDEOS * 2 * (SHARES_BYTES + VIDEO_ROW_BYTES);
  return (
    SCRATCH_HEADER_BYTES +
    2 * SHARES_BYTES +
    videoRows +
    tableBytes(frameWidthPx) * PLAN_LAYERS +
    mixedRow +
    frameWidthPx * 4 +
    64
  );
}
