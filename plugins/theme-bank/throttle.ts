/** The adaptive throttle of the look-ahead: how large the next batch is and how long it pauses. Pure. */

export interface Pace {
  /** Pictures in the next batch. */
  readonly batch: number;
  /** Pause between two decodes of a batch. */
  readonly sleepMs: number;
}

export interface PaceLimits {
  readonly batch: number;
  readonly sleepMs: number;
  readonly backgroundWarningMs: number;
}

// The rule and its numbers come from the seed's loader.
const SHRINK_RATIO = 0.75;
const FEWEST = 2;
const SLOWER_MS = 2;
const MOST_SLOWER_MS = 50;
const QUICK_RATIO = 0.6;
const GROW = 2;
const FASTER_MS = 1;

/** The pace of a look-ahead that has not run yet. */
export function fullPace(limits: PaceLimits): Pace {
  return { batch: limits.batch, sleepMs: limits.sleepMs };
}

/** The pace after a batch that took `elapsedMs` and decoded `loaded` pictures. */
export function nextPace(pace: Pace, limits: PaceLimits, elapsedMs: number, loaded: number): Pace {
  const fewest = Math.min(FEWEST, limits.batch);
  if (elapsedMs > limits.backgroundWarningMs) {
    return clampPace(
      { batch: Math.max(fewest, Math.floor(pace.batch * SHRINK_RATIO)), sleepMs: pace.sleepMs + SLOWER_MS },
      limits,
    );
  }
  if (loaded > 0 && elapsedMs < limits.backgroundWarningMs * QUICK_RATIO) {
    return clampPace({ batch: pace.batch + GROW, sleepMs: pace.sleepMs - FASTER_MS }, limits);
  }
  return pace;
}

/** Brings a pace inside limits that changed. */
export function clampPace(pace: Pace, limits: PaceLimits): Pace {
  return {
    batch: Math.max(1, Math.min(limits.batch, pace.batch)),
    sleepMs: Math.max(limits.sleepMs, Math.min(limits.sleepMs + MOST_SLOWER_MS, pace.sleepMs)),
  };
}
