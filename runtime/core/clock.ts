/** The one monotonic clock. Wall time appears only in schedules, sync and logs. */
import { token } from './token';

/** Milliseconds on the machine's monotonic clock; the same instant reads the same in every thread. */
export interface Clock {
  nowMs(): number;
  /** Resolves once `nowMs() >= atMs`; rejects with the signal's reason when it aborts first. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;
}

export const CLOCK = token<Clock>('clock');

// performance.now() counts from the start of its own thread; hrtime counts alike in all of them.
const threadOriginMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** The monotonic time in ms. Allocates nothing; fit for the frame path. */
export function monotonicMs(): number {
  return threadOriginMs + performance.now();
}

/** setTimeout holds at most 2^31 - 1 ms (the delay is a 32-bit integer). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: monotonicMs,
  async sleepUntil(atMs, signal) {
    for (;;) {
      signal?.throwIfAborted();
      const leftMs = atMs - monotonicMs();
      if (leftMs <= 0) return;
      await delay(Math.min(leftMs, LONGEST_TIMER_MS), signal);
    }
  },
};

/** Waits `ms`; rejects with the signal's reason when it aborts first. Leaves neither timer nor listener behind. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
