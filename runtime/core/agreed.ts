/** Numbers on which the memory account and the parts that use the memory must agree: each stands here and nowhere else. */

/**
 * A picture that moves (ken-burns) is stored this much wider and higher than the panel, so that the move has somewhere
 * to go without enlarging pixels.
 */
export const KEN_BURNS_ZOOM = 1.15;

/** Kernels read up to 16 bytes (one SIMD load) beyond the last pixel of a picture, or sample of a plane. */
export const READ_BEYOND_BYTES = 16;

/** Blocks of the arena, and so pictures in it, begin on cache lines. */
export const CACHE_LINE_BYTES = 64;

/** Fewest frames a ring can work with: the one shown, the next, the one being written. */
export const FEWEST_RING_FRAMES = 3;

/**
 * Data of the process that draws a costly vector picture, at most. Node, libvips and librsvg write to 60 MiB; the rest is for the drawing (a
 * surface of 1080p has 8 MiB, each filter some of them).
 */
export const MOST_VECTOR_BYTES = 256 * 2 ** 20;

/** Pixels of the largest picture that is decoded: libvips' own limit; the largest camera pictures have 200 megapixels. */
export const MOST_PICTURE_PIXELS = 16383 * 16383;
