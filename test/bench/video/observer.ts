/** An observer outside of every player: looks at the screen, and says what was shown, missed, held too long, or black. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CodedClip } from './coded-clip';
import type { Sighting } from './observer-thread';

export interface Observed {
  readonly sightings: readonly Sighting[];
  /** Looks a second. */
  readonly hz: number;
}

export function observe(framebuffer: string): { end(): Promise<Observed> } {
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(join(__dirname, 'observer-thread.js'), { workerData: { framebuffer, stop } });
  const told = new Promise<Observed>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    end() {
      Atomics.store(new Int32Array(stop), 0, 1);
      Atomics.notify(new Int32Array(stop), 0);
      return told;
    },
  };
}

export interface Verdict {
  readonly shown: number;
  readonly missing: number;
  /** Refreshes for which a frame stayed on beyond its time. */
  readonly repeated: number;
  /** Times at which the screen was black between two frames. */
  readonly black: number;
  readonly seams: number;
  readonly seamMissing: number;
  readonly seamRepeated: number;
  /** How long the last frame before a seam stayed on, median; a frame's time is right. */
  readonly seamHoldMs: number;
  readonly firstAtMs: number;
  /** Frames a second from the first to the last. */
  readonly rate: number;
}

/** `tickMs`: of the display, below which nothing can be told. The first frames are the player's start, and left out. */
export function judge({ sightings }: Observed, { frames, framesEach, rateHz }: CodedClip, tickMs = 1000 / 60): Verdict {
  const coded = sightings.filter(({ code }) => code >= 0);
  const first = coded[0];
  const last = coded.at(-1);
  const frameMs = 1000 / rateHz;
  let missing = 0;
  let repeated = 0;
  let black = 0;
  let seamMissing = 0;
  let seamRepeated = 0;
  const holds: number[] = [];
  let previous: Sighting | undefined;
  let count = 0;
  for (const sighting of sightings) {
    if (sighting.code < 0) {
      if (previous !== undefined && sighting.code === -1) black += 1;
      continue;
    }
    if (previous !== undefined && ++count > START_FRAMES) {
      const step = (sighting.code - previous.code + frames) % frames;
      const heldMs = sighting.atMs - previous.atMs;
      const seam =
        Math.floor(sighting.code / framesEach) !== Math.floor(previous.code / framesEach) ||
        step > frames / 2 ||
        sighting.code < previous.code;
      const skipped = Math.max(0, step - 1);
      const extra = Math.max(0, Math.round((heldMs - step * frameMs) / tickMs));
      missing += skipped;
      repeated += extra;
      if (seam) {
        seamMissing += skipped;
        seamRepeated += extra;
        holds.push(heldMs);
      }
    }
    previous = sighting;
  }
  holds.sort((a, b) => a - b);
  const shown = coded.length;
  return {
    shown,
    missing,
    repeated,
    black,
    seams: holds.length,
    seamMissing,
    seamRepeated,
    seamHoldMs: holds[holds.length >> 1] ?? NaN,
    firstAtMs: first?.atMs ?? NaN,
    rate: first === undefined || last === undefined ? NaN : ((shown - 1) / (last.atMs - first.atMs)) * 1000,
  };
}

const START_FRAMES = 5;
