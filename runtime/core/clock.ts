/** The one monotonic clock. Wall time appears only in schedules, sync and logs. */
import { token } from './token';

/** Milliseconds on the machine's monotonic clock; the same instant reads the same in every thread. */
export interface Clock {
  nowMs(): number;
  /** Resolves once `nowMs() >= atMs`; rejects with the signal's reason when it aborts first. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;
}

export const CLOCK = token<Clock>('clock');

/** Readings within this are those of one instant. */
const SAME_MS = 0.02;
/** A busy machine stops a thread between two readings now and then, not so often in a row. */
const MOST_READINGS = 20;

/**
 * What has to be added to `nowMs` to read as `commonMs`. A thread may be stopped between two readings, for a tenth of a second where the machine
 * is busy: so the best of several counts, read before and after. Wrong, the threads would be apart for as long as the program runs.
 */
export function originOf(nowMs: () => number, commonMs: () => number): number {
  let best = { apartMs: Infinity, originMs: 0 };
  for (let reading = 0; reading < MOST_READINGS && best.apartMs > SAME_MS; reading += 1) {
    const beforeMs = nowMs();
    const inCommonMs = commonMs();
    const afterMs = nowMs();
    const apartMs = afterMs - beforeMs;
    if (apartMs < best.apartMs) best = { apartMs, originMs: inCommonMs - (beforeMs + afterMs) / 2 };
  }
  return best.originMs;
}

// performance.now() counts from the start of its own thread; hrtime counts alike in all of them.
const threadOriginMs = originOf(
  () => performance.now(),
  () => Number(process.hrtime.bigint()) / 1e6,
);

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
