/** How long chunks are, and the parts in which they are made. Pure. */

export interface ChunkLayout {
  /** A whole number of parts. */
  readonly chunkFrames: number;
  /** A part is made at a time, and can be heard as soon as it is there. */
  readonly partFrames: number;
}

/** Of a part, about: an urgent sound waits no longer than one takes to decode, and what is put on the clock at a time is as long. */
const PART_MS = 1000;
/** Parts begin at whole hundredths of a second, which every decoder finds exactly. */
const GRID_HZ = 100;

/** The layout for chunks of at most `chunkMs`. */
export function layoutOf(chunkMs: number, rateHz: number): ChunkLayout {
  const parts = Math.max(1, Math.round(chunkMs / PART_MS));
  const gridFrames = Math.max(1, Math.floor(rateHz / GRID_HZ));
  const steps = Math.floor(((chunkMs / 1000) * rateHz) / parts / gridFrames);
  const partFrames = Math.max(1, steps) * gridFrames;
  return { chunkFrames: parts * partFrames, partFrames };
}

export const partsOf = ({ chunkFrames, partFrames }: ChunkLayout): number => chunkFrames / partFrames;
