/**
 * The lead: how long before its time a frame is begun, so that it can be handed over on time whatever composing takes. Only for outputs
 * that show a frame when it comes: there an uneven composing time is an uneven movement.
 */
import { monotonicMs } from '../core/clock';

/** More of a period than this is not drawn ahead: what is heard of meanwhile would come too late. */
const MOST_OF_PERIOD = 0.5;
/** By how much the lead shrinks with each frame that took less: back to a half after 1.2 s at 60 frames a second. */
const SHRINKING = 0.99;
/** Beyond the longest of late: waking takes some of it. */
const SPARE_MS = 0.5;
/** Shorter is not slept. */
const SHORTEST_WAIT_MS = 0.1;

/** Render thread only; allocates nothing. */
export class Lead {
  private leadMs = 0;
  private readonly sleeper = new Int32Array(new SharedArrayBuffer(4));

  get ms(): number {
    return this.leadMs;
  }

  /** What is shown stands still: the next frame is drawn when it is wanted. */
  forget(): void {
    this.leadMs = 0;
  }

  /** Composing a frame took so long. */
  took(composeMs: number, periodMs: number): void {
    const wantedMs = Math.min(composeMs + SPARE_MS, periodMs * MOST_OF_PERIOD);
    this.leadMs = Math.max(wantedMs, this.leadMs * SHRINKING);
  }

  /** Sleeps until then, and returns when it is over. At once where the time has come. */
  waitUntil(atMs: number, nowMs: number): number {
    const waitMs = atMs - nowMs;
    if (waitMs < SHORTEST_WAIT_MS || waitMs > this.leadMs + SPARE_MS) return nowMs;
    Atomics.wait(this.sleeper, 0, 0, waitMs);
    return monotonicMs();
  }
}
