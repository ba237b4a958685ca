/** Boundaries: a cue that is due waits for the next media-cycle boundary, but not for ever. Pure. */

/** The smoothed interval between media-cycle boundaries, in ms; undefined before the first. */
export interface Rhythm {
  readonly smoothedMs: number | undefined;
}

/** Weight of the newest interval in the moving average (the seed project's figure, as are the limits below). */
const NEWEST_RATIO = 0.25;
/** Intervals count as no shorter and no longer than this. */
const SHORTEST_INTERVAL_MS = 50;
const LONGEST_INTERVAL_MS = 60_000;
/** A wait of this many intervals holds at least two boundaries of a steady rhythm. */
const INTERVALS_WAITED = 2.5;
const SHORTEST_WAIT_MS = 750;
const LONGEST_WAIT_MS = 10_000;

/** A rhythm of no interval yet; `expectedMs` where the media cycle is known beforehand. */
export function startRhythm(expectedMs?: number): Rhythm {
  return expectedMs === undefined ? { smoothedMs: undefined } : hearInterval({ smoothedMs: undefined }, expectedMs);
}

/** The rhythm after one more interval between two boundaries. */
export function hearInterval({ smoothedMs }: Rhythm, intervalMs: number): Rhythm {
  const heardMs = clamp(intervalMs, SHORTEST_INTERVAL_MS, LONGEST_INTERVAL_MS);
  return { smoothedMs: smoothedMs === undefined ? heardMs : smoothedMs + NEWEST_RATIO * (heardMs - smoothedMs) };
}

/** The longest a due cue waits for a boundary, in ms. Without a rhythm there is nothing to wait for: the shortest wait. */
export function longestWaitMs({ smoothedMs }: Rhythm): number {
  return clamp(INTERVALS_WAITED * (smoothedMs ?? 0), SHORTEST_WAIT_MS, LONGEST_WAIT_MS);
}

/** When a cue that is due at `dueMs` ends: at the next boundary from then on (undefined: none is known), or when the wait is over. */
export function cueEndMs(dueMs: number, nextBoundaryMs: number | undefined, rhythm: Rhythm): number {
  const latestMs = dueMs + longestWaitMs(rhythm);
  if (nextBoundaryMs === undefined) return latestMs;
  return clamp(nextBoundaryMs, dueMs, latestMs);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
