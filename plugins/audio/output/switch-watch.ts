/** The time a switch takes: from the request to the first changed sample at the clock, and to its output, as far as the device reports its delay; to 5 ms. */

/** How often a switch is looked for, for how long, and how many are kept for the report. */
const LOOK_MS = 1;
const LIMIT_MS = 500;
/** Looks farther apart than this, because the main thread was busy, do not show when a switch was rendered. */
const SHARP_MS = 5;
const KEPT = 1000;

export interface SwitchTimes {
  /** From the request until the first block with a changed sample in it has been rendered. */
  readonly toggleMs: { readonly p50: number; readonly p99: number };
  /** The same and what the device held back then; missing where it does not say. */
  readonly toggleHeardMs?: { readonly p50: number; readonly p99: number };
  /** Switches whose time is not among those: the main thread was busy when they were rendered. */
  readonly togglesUnseen: number;
}

/** Main thread only. */
export class SwitchWatch {
  private readonly atClockMs: number[] = [];
  private readonly heardMs: number[] = [];
  private unseen = 0;

  /** A switch has been asked for now. `isRendered` says whether its first frames were rendered; one that never is counts nowhere. */
  watch(isRendered: () => boolean, deviceMs: () => number): void {
    const askedMs = performance.now();
    let lastMs = 0;
    const look = (): void => {
      const sinceMs = performance.now() - askedMs;
      const isSharp = sinceMs - lastMs <= SHARP_MS;
      lastMs = sinceMs;
      if (isRendered()) {
        if (!isSharp) {
          this.unseen += 1;
          return;
        }
        keep(this.atClockMs, sinceMs);
        if (deviceMs() > 0) keep(this.heardMs, sinceMs + deviceMs());
      } else if (sinceMs < LIMIT_MS) setTimeout(look, LOOK_MS).unref();
    };
    look();
  }

  report(): SwitchTimes {
    return {
      toggleMs: shares(this.atClockMs),
      togglesUnseen: this.unseen,
      ...(this.heardMs.length === 0 ? {} : { toggleHeardMs: shares(this.heardMs) }),
    };
  }
}

function keep(times: number[], ms: number): void {
  times.push(ms);
  if (times.length > KEPT) times.shift();
}

function shares(times: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}
