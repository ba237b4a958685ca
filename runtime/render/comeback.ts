/** Comeback: how long a display that went away is left alone before it is opened again. Bookkeeping without effects. */

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
/** A display that was there for so long goes away for a reason of its own; one that comes and goes is tried less and less often. */
const STEADY_MS = 30_000;

export class Comeback {
  private pauseMs = FIRST_MS / 2;

  /** It was open for `openMs` and is gone. Returns the pause until it is opened again, in ms. */
  lost(openMs: number): number {
    this.pauseMs = openMs < STEADY_MS ? Math.min(LONGEST_MS, 2 * this.pauseMs) : FIRST_MS;
    return this.pauseMs;
  }
}
