/** Tiles: a picture larger than the GL's largest texture lies in several, each with a rim of its neighbours' pixels. Pure. */

/** A part of a picture along one axis, in px. */
export interface Span {
  /** What is drawn from this tile. */
  readonly from: number;
  readonly to: number;
  /** What the tile holds: the rim lets a sample between two tiles see both sides. */
  readonly heldFrom: number;
  readonly heldTo: number;
}

/** Bilinear sampling looks one pixel beyond its own. */
const RIM_PX = 1;

/** Divides `sizePx` into the fewest spans of which none holds more than `mostPx`. `mostPx` is at least 64, as GLES demands. */
export function spans(sizePx: number, mostPx: number): Span[] {
  if (sizePx <= mostPx) return [{ from: 0, to: sizePx, heldFrom: 0, heldTo: sizePx }];
  const ownPx = mostPx - 2 * RIM_PX;
  const count = Math.ceil(sizePx / ownPx);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((sizePx * index) / count);
    const to = Math.floor((sizePx * (index + 1)) / count);
    return { from, to, heldFrom: Math.max(0, from - RIM_PX), heldTo: Math.min(sizePx, to + RIM_PX) };
  });
}
