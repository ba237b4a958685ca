/** Stage time on the main thread: the render thread's clock, pauses included, for everything that is scheduled on the stage. */
import type { Clock } from '../core/clock';
import type { StageCommand } from '../stage/commands';

export interface StageClock {
  /** Stage ms. */
  nowMs(): number;
  /** Resolves when stage time has come to `atMs`; rejects with the signal's reason when it aborts first. */
  sleepUntil(atMs: number, signal: AbortSignal): Promise<void>;
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /** Whether it follows the clock on the wall. */
  readonly isTimed: boolean;
  /** Untimed: someone who plans ahead; stage time waits for all of them. Timed: nothing. */
  join(): () => void;
}

/** Stage time that follows the monotonic clock. `send` carries pauses to the render thread. */
export function openTimedClock(clock: Clock, send: (command: StageCommand) => void): StageClock {
  let pausedMs = 0;
  let pausedSinceMs: number | undefined;
  const waiting = new Set<() => void>();
  const nowMs = (): number => (pausedSinceMs ?? clock.nowMs()) - pausedMs;
  return {
    nowMs,
    isTimed: true,
    get paused() {
      return pausedSinceMs !== undefined;
    },
    pause() {
      if (pausedSinceMs !== undefined) return;
      pausedSinceMs = clock.nowMs();
      send({ op: 'pause', atMs: pausedSinceMs });
    },
    resume() {
      if (pausedSinceMs === undefined) return;
      const atMs = clock.nowMs();
      pausedMs += atMs - pausedSinceMs;
      pausedSinceMs = undefined;
      send({ op: 'resume', atMs });
      for (const wake of [...waiting]) wake();
    },
    async sleepUntil(atMs, signal) {
      while (nowMs() < atMs || pausedSinceMs !== undefined) {
        signal.throwIfAborted();
        if (pausedSinceMs === undefined) await clock.sleepUntil(atMs + pausedMs, signal);
        else await untilWoken(waiting, signal);
      }
    },
    join: () => () => {},
  };
}

function untilWoken(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      waiting.delete(wake);
      signal.removeEventListener('abort', abort);
    };
    const wake = (): void => {
      settle();
      resolve();
    };
    const abort = (): void => {
      settle();
      reject(signal.reason as Error);
    };
    waiting.add(wake);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Stage time that the frames push on: it runs to the earliest sleeper once everybody who joined sleeps. */
export function openUntimedClock(send: (command: StageCommand) => void): StageClock & { reached(atMs: number): void } {
  let now = 0;
  let members = 0;
  let announced = -1;
  let paused = false;
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  const advance = (): void => {
    if (sleepers.size === 0 || sleepers.size < members) return;
    const untilMs = Math.min(...[...sleepers].map(({ atMs }) => atMs));
    if (untilMs === announced) return;
    announced = untilMs;
    send({ op: 'horizon', untilMs });
  };
  return {
    nowMs: () => now,
    isTimed: false,
    get paused() {
      return paused;
    },
    pause() {
      paused = true;
      send({ op: 'pause', atMs: now });
    },
    resume() {
      paused = false;
      send({ op: 'resume', atMs: now });
    },
    join() {
      members += 1;
      let joined = true;
      return () => {
        if (!joined) return;
        joined = false;
        members -= 1;
        advance();
      };
    },
    async sleepUntil(atMs, signal) {
      signal.throwIfAborted();
      if (atMs <= now) return;
      if (atMs === Infinity) throw new RangeError('stage time has no end to sleep until');
      const waiting = new Set<() => void>();
      const sleeper = { atMs, wake: () => [...waiting].forEach((wake) => wake()) };
      sleepers.add(sleeper);
      const woken = untilWoken(waiting, signal);
      advance();
      try {
        await woken;
      } finally {
        sleepers.delete(sleeper);
      }
    },
    /** The render thread has come to the horizon. */
    reached(atMs) {
      now = Math.max(now, atMs);
      announced = -1;
      for (const sleeper of [...sleepers]) if (sleeper.atMs <= now) sleeper.wake();
    },
  };
}
