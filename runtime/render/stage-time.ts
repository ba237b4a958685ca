/** Stage time: the monotonic clock without its pauses; or, untimed, a clock that frames and gaps themselves push on. */
import type { StageState } from './stage-state';

/** Stage time from the monotonic clock. Pausing costs it no time. */
export class TimedTime {
  private pausedMs = 0;
  private pausedSinceMs: number | undefined;

  /** Stage time at a monotonic instant. */
  at(monotonic: number): number {
    return (this.pausedSinceMs ?? monotonic) - this.pausedMs;
  }

  get isPaused(): boolean {
    return this.pausedSinceMs !== undefined;
  }

  pause(monotonic: number): void {
    this.pausedSinceMs ??= monotonic;
  }

  resume(monotonic: number): void {
    if (this.pausedSinceMs === undefined) return;
    this.pausedMs += monotonic - this.pausedSinceMs;
    this.pausedSinceMs = undefined;
  }

  setHorizon(): void {}

  touch(): void {}
}

/**
 * Stage time that runs as fast as frames are drawn: one period a frame while something moves, straight to the next change
 * while nothing does, and never beyond the horizon up to which the main thread has planned.
 */
export class UntimedTime {
  nowMs = 0;
  isPaused = false;
  private horizonMs = 0;
  private announced = true;
  private touched = true;

  at(): number {
    return this.nowMs;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  setHorizon(untilMs: number): void {
    this.horizonMs = untilMs;
    this.announced = false;
  }

  /** Commands came: what they change is drawn before time goes on. */
  touch(): void {
    this.touched = true;
  }

  /** The next instant to draw; undefined when there is nothing to do before the horizon moves. */
  advance(stage: StageState, periodMs: number): number | undefined {
    if (this.isPaused) return undefined;
    if (this.touched) {
      this.touched = false;
      return this.nowMs;
    }
    const changeMs = stage.nextChangeMs(this.nowMs);
    const wantedMs = changeMs <= this.nowMs ? this.nowMs + periodMs : changeMs;
    if (wantedMs > this.horizonMs) {
      this.nowMs = Math.max(this.nowMs, this.horizonMs);
      return undefined;
    }
    this.nowMs = wantedMs;
    return wantedMs;
  }

  /** True once for each horizon that was reached. */
  announceHorizon(): boolean {
    if (this.announced || this.isPaused) return false;
    this.announced = true;
    return true;
  }
}

export function createStageTime(untimed: boolean): TimedTime | UntimedTime {
  return untimed ? new UntimedTime() : new TimedTime();
}
