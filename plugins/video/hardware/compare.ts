/** Whether two decoders made the same picture, and whether a picture is one by which that can be told. Pure. */

export interface PlaneSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Decoders of one codec agree to the bit, but for those of MPEG-2 and MPEG-4, whose transforms may round differently, and for what is
 * lost from 10 bits to 8. Levels of 255: over the whole picture, and in the worst block.
 */
const MOST_MEAN = 2;
const MOST_IN_BLOCK = 12;
const BLOCK_PX = 16;
/** A picture that is the same a block further proves nothing: black, grey, a gradient. */
const SHIFT_PX = BLOCK_PX;

/** Of planes of 4:2:0 behind each other, as ffmpeg writes them. */
export const pictureBytes = ({ widthPx, heightPx }: PlaneSize): number =>
  widthPx * heightPx + 2 * ((widthPx + 1) >> 1) * ((heightPx + 1) >> 1);

/** One of the wrong length is no picture of this size. */
export function isSamePicture(a: Uint8Array, b: Uint8Array, { widthPx, heightPx }: PlaneSize): boolean {
  const luma = widthPx * heightPx;
  const [across, down] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
  if (a.length !== pictureBytes({ widthPx, heightPx }) || b.length !== a.length) return false;
  const planes = [
    [0, widthPx, heightPx],
    [luma, across, down],
    [luma + across * down, across, down],
  ] as const;
  return planes.every(([at, width, height]) => isSamePlane(a, b, at, width, height, 0, 0));
}

/** Whether a picture that is shifted, or of one colour, would be found to be another one. */
export function isTelling(picture: Uint8Array, { widthPx, heightPx }: PlaneSize): boolean {
  if (widthPx <= 2 * SHIFT_PX || heightPx <= 2 * SHIFT_PX) return false;
  const moves = [
    [SHIFT_PX, 0],
    [0, SHIFT_PX],
  ] as const;
  return moves.every(([dx, dy]) => !isSamePlane(picture, picture, 0, widthPx, heightPx, dx, dy));
}

/** Compares the plane at `at` with that of `b` which lies `dx` and `dy` further. */
function isSamePlane(
  a: Uint8Array,
  b: Uint8Array,
  at: number,
  width: number,
  height: number,
  dx: number,
  dy: number,
): boolean {
  const perRow = Math.ceil(width / BLOCK_PX);
  const blocks = new Float64Array(perRow * Math.ceil(height / BLOCK_PX));
  const counts = new Float64Array(blocks.length);
  for (let y = 0; y < height - dy; y += 1) {
    for (let x = 0; x < width - dx; x += 1) {
      const place = at + y * width + x;
      const block = Math.floor(y / BLOCK_PX) * perRow + Math.floor(x / BLOCK_PX);
      blocks[block]! += Math.abs(a[place]! - b[place + dy * width + dx]!);
      counts[block]! += 1;
    }
  }
  const sum = blocks.reduce((all, each) => all + each, 0);
  if (sum > MOST_MEAN * (width - dx) * (height - dy)) return false;
  return blocks.every((each, block) => each <= MOST_IN_BLOCK * counts[block]!);
}
