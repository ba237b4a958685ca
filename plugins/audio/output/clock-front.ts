/**
 * A clock that goes in blocks, read evenly: the audio clock stands while nothing is rendered and then jumps by what was; where it is between
 * two jumps is measured by the clock of the machine.
 */

/** So long the clock is watched: it may go a little faster or slower than the machine's, or have stood still. */
const WATCHED_MS = 1000;

/** Main thread only. Times are ms. */
export class ClockFront {
  /** By how much the clock was before the machine's at most: lately, and in the watch before. */
  private most = -Infinity;
  private mostBefore = -Infinity;
  private sinceMs = -Infinity;

  constructor(
    private readonly clockMs: () => number,
    private readonly machineMs: () => number = () => performance.now(),
  ) {}

  /** The more often it is asked the better it knows. */
  nowMs(): number {
    const machineMs = this.machineMs();
    const aheadMs = this.clockMs() - machineMs;
    if (machineMs - this.sinceMs > WATCHED_MS) {
      const isRecent = machineMs - this.sinceMs <= 2 * WATCHED_MS;
      this.mostBefore = isRecent ? this.most : -Infinity;
      this.most = -Infinity;
      this.sinceMs = machineMs;
    }
    this.most = Math.max(this.most, aheadMs);
    return machineMs + Math.max(this.most, this.mostBefore);
  }
}
