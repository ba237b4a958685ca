/** Silences that nobody asked for: sounds that are due and have no samples. Counts them and judges health by the recent past. Pure but for its own state. */

/** A gap is a silence once it lasts so long: shorter ones are underruns, or the late start of a sound. */
export const SILENCE_MS = 1000;
/** Health recovers once so long nothing was missing. */
export const RECENT_MS = 60_000;

/** A silence that just began, or just ended after `lastedMs`. */
export interface SilenceChange {
  readonly file: string;
  readonly lastedMs?: number;
}

interface Gap {
  readonly file: string;
  readonly sinceMs: number;
  /** Whether it lasted long enough to count. */
  counts: boolean;
}

/** Main thread only. Times are ms of one clock that goes on while the sound does. */
export class Silences {
  private readonly gaps = new Map<object, Gap>();
  private count = 0;
  private endedMs = 0;
  private lastMs = -Infinity;

  /**
   * Takes what is missing now: for each sound that is due and has no samples, its file and since when. Returns the silences that began or
   * ended with it.
   */
  look(
    nowMs: number,
    missing: ReadonlyMap<object, { readonly file: string; readonly sinceMs: number }>,
  ): SilenceChange[] {
    const changes: SilenceChange[] = [];
    for (const [sound, gap] of this.gaps) {
      if (missing.has(sound)) continue;
      this.gaps.delete(sound);
      if (!gap.counts) continue;
      this.endedMs += nowMs - gap.sinceMs;
      changes.push({ file: gap.file, lastedMs: nowMs - gap.sinceMs });
    }
    for (const [sound, { file, sinceMs }] of missing) {
      const gap = this.gaps.get(sound) ?? { file, sinceMs, counts: false };
      this.gaps.set(sound, gap);
      if (gap.counts || nowMs - gap.sinceMs < SILENCE_MS) continue;
      gap.counts = true;
      this.count += 1;
      changes.push({ file });
    }
    if (this.isSilent) this.lastMs = nowMs;
    return changes;
  }

  /** Whether a sound is due and silent now. */
  get isSilent(): boolean {
    return [...this.gaps.values()].some(({ counts }) => counts);
  }

  /** Files that are due and silent now. */
  get files(): readonly string[] {
    return [...this.gaps.values()].filter(({ counts }) => counts).map(({ file }) => file);
  }

  /** Whether a sound was due and silent in the last minute. */
  wasSilent(nowMs: number): boolean {
    return nowMs - this.lastMs < RECENT_MS;
  }

  /** Silences so far and how long all of them lasted. */
  report(nowMs: number): { readonly silences: number; readonly silentMs: number } {
    const lastingMs = [...this.gaps.values()]
      .filter(({ counts }) => counts)
      .reduce((sum, { sinceMs }) => sum + nowMs - sinceMs, 0);
    return { silences: this.count, silentMs: Math.round(this.endedMs + lastingMs) };
  }
}
