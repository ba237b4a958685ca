/** Rounds of a clip that goes on by itself. Pure. */

/**
 * When the round begins that is nearest to `atMs`, where the clip is at `positionMs` of its round then; but not the one that began at
 * `sinceMs`. Ms. Where the clip has not been shown yet (NaN), at `atMs`.
 */
export function roundBegins(positionMs: number, roundMs: number, atMs: number, sinceMs: number): number {
  if (Number.isNaN(positionMs)) return atMs;
  const nearestMs = atMs - positionMs + (positionMs > roundMs / 2 ? roundMs : 0);
  return nearestMs > sinceMs + roundMs / 2 ? nearestMs : nearestMs + roundMs;
}
