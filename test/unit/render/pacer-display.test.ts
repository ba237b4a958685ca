/** The pacer against simulated displays: what each refresh shows, over many seconds. */
import { Pacer } from '../../../runtime/render/pacer';
import type { Pace } from '../../../runtime/display/output';

const PERIOD = 1000 / 60;

/** Deterministic noise from 0 to 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A display with a queue of frames in front of it; the refresh takes one, if there is one. */
class Display {
  private readonly waiting: number[] = [];
  private lastRefresh = 0;
  /** For each refresh whether it showed a frame that was not shown before. */
  readonly fresh: boolean[] = [];

  constructor(
    readonly refreshMs: number,
    private readonly phaseMs: number,
    private readonly queue: number,
  ) {}

  refreshAfter(ms: number): number {
    return this.phaseMs + (Math.floor((ms - this.phaseMs) / this.refreshMs + 1e-9) + 1) * this.refreshMs;
  }

  /** Everything up to and with the refreshes before `ms`. */
  advance(ms: number): void {
    for (let at = this.refreshAfter(this.lastRefresh); at <= ms; at = this.refreshAfter(at)) {
      this.lastRefresh = at;
      const takes = this.waiting.length > 0 && this.waiting[0]! <= at;
      if (takes) this.waiting.shift();
      this.fresh.push(takes);
    }
  }

  /** Hands a frame over at `ms`; returns when the call comes back: once there is room in the queue again. */
  swap(ms: number): number {
    this.advance(ms);
    this.waiting.push(ms);
    let back = ms;
    while (this.waiting.length > this.queue) {
      back = this.refreshAfter(Math.max(back, this.lastRefresh));
      this.advance(back);
    }
    return back;
  }
}

interface Run {
  readonly missed: number;
  readonly frames: number;
  readonly stale: number;
  readonly stageMs: number;
  readonly steps: readonly number[];
}

/** Draws moving frames for `seconds`; `flip`: the output waits for the frame before and tells when it was shown. */
function play(
  display: Display,
  {
    pace,
    flip = false,
    seconds = 30,
    composeMs = 4,
  }: { pace: Pace; flip?: boolean; seconds?: number; composeMs?: number },
): Run {
  const random = noise(7);
  const pacer = new Pacer({ originMs: 0, periodMs: PERIOD, pace });
  let nowMs = 0.5;
  let missed = 0;
  let frames = 0;
  let flippedMs = 0;
  let lastDueMs = 0;
  const steps: number[] = [];
  const settledMs = 1000;
  let missedBefore = 0;
  let freshBefore = 0;
  while (nowMs < seconds * 1000) {
    if (pacer.isDrawn(nowMs)) {
      nowMs = pacer.nextSlotMs + random() * 0.3;
      continue;
    }
    missed += pacer.take(nowMs);
    if (nowMs < settledMs) {
      missedBefore = missed;
      freshBefore = display.fresh.length;
    }
    steps.push(pacer.takenDueMs - lastDueMs);
    lastDueMs = pacer.takenDueMs;
    nowMs += composeMs * (0.5 + random());
    if (flip) {
      nowMs = Math.max(nowMs, flippedMs);
      display.swap(nowMs);
      const shownMs = flippedMs;
      flippedMs = display.refreshAfter(nowMs);
      if (shownMs > 0) pacer.refreshed(shownMs);
    } else {
      nowMs = display.swap(nowMs) + random() * 0.2;
      pacer.swapped(nowMs);
    }
    frames += 1;
    const wakeMs = pacer.next(pacer.takenDueMs);
    if (wakeMs > nowMs) nowMs = wakeMs + random() * 0.3;
  }
  const shown = display.fresh.slice(freshBefore);
  return {
    missed: missed - missedBefore,
    frames,
    stale: shown.filter((fresh) => !fresh).length,
    stageMs: lastDueMs,
    steps: steps.slice(120),
  };
}

/** Displays whose real rate differs a little from the one they name, at several phases. */
const RATES = [59.94, 59.98, 60, 60.02, 60.06].map((hz) => 1000 / hz);
const PHASES = [0.1, 4, 8.3, 12, 16];

describe('the pacer on displays', () => {
  it.each([1, 2, 3])('shows a new frame at every refresh where swaps wait, with a queue of %i', (queue) => {
    for (const refreshMs of RATES)
      for (const phase of PHASES) {
        const run = play(new Display(refreshMs, phase, queue), { pace: 'swap' });
        expect(run).toMatchObject({ missed: 0, stale: 0 });
      }
  });

  it('shows a new frame at every refresh where flips are told of', () => {
    for (const refreshMs of RATES)
      for (const phase of PHASES) {
        const run = play(new Display(refreshMs, phase, 2), { pace: 'refresh', flip: true });
        expect(run).toMatchObject({ missed: 0, stale: 0 });
      }
  });

  it('moves evenly: one frame is as far from the next as refreshes are', () => {
    for (const pace of ['swap', 'refresh'] as const)
      for (const refreshMs of RATES) {
        const { steps } = play(new Display(refreshMs, 5, 2), { pace, flip: pace === 'refresh' });
        for (const step of steps) expect(Math.abs(step - refreshMs)).toBeLessThan(0.3);
      }
  });

  it('counts what a display at half its rate does not show', () => {
    const { missed, frames } = play(new Display(2 * PERIOD, 5, 1), { pace: 'swap', seconds: 10 });
    expect(frames).toBeGreaterThan(290);
    expect(frames).toBeLessThan(310);
    expect(missed).toBeGreaterThan(260);
  });

  it('keeps its own time where swaps come back at once', () => {
    for (const seconds of [1, 10]) {
      const { frames, stageMs } = play(new Display(PERIOD, 5, Infinity), { pace: 'swap', seconds });
      expect(Math.abs(frames - seconds * 60)).toBeLessThan(10);
      expect(Math.abs(stageMs - seconds * 1000)).toBeLessThan(100);
    }
  });

  it('follows refreshes with a grid of every second one, and not with one that does not fit', () => {
    const half = new Pacer({ originMs: 0, periodMs: 2 * PERIOD, refreshMs: PERIOD, pace: 'refresh' });
    half.refreshed(7);
    expect(half.dueMs(0)).toBeCloseTo(7, 6);
    const uneven = new Pacer({ originMs: 0, periodMs: 20, refreshMs: PERIOD, pace: 'refresh' });
    uneven.refreshed(7);
    expect(uneven.dueMs(0)).toBe(0);
  });

  it('draws nothing twice when a frame was not worth a swap', () => {
    const pacer = new Pacer({ originMs: 0, periodMs: PERIOD, pace: 'swap' });
    pacer.take(0.1);
    expect(pacer.next(pacer.takenDueMs)).toBeCloseTo(PERIOD, 6);
    expect(pacer.isDrawn(1)).toBe(true);
  });
});
