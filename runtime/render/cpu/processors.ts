/**
 * Keeps the helpers off the processor that the frame is drawn on. A scheduler that wakes a helper there gains nothing by it: both
 * share one processor while another is idle. Virtual machines do so, because there a processor that sleeps counts as taken
 * (on the machine this was measured on, a shared frame took 3.1 ms that way and 1.7 ms apart).
 */
import { readlinkSync } from 'node:fs';
import { foreign, isKoffiLoaded, library } from '../../core/foreign';

/** `cpu_set_t`: one bit a processor. */
const SET_BYTES = 128;

interface Calls {
  sched_getcpu(): number;
  sched_getaffinity(thread: number, bytes: number, set: Uint8Array): number;
  sched_setaffinity(thread: number, bytes: number, set: Uint8Array): number;
}

let calls: Calls | undefined;

function systemCalls(): Calls {
  if (calls !== undefined) return calls;
  const libc = library(null);
  calls = {
    sched_getcpu: foreign(libc, 'int sched_getcpu()'),
    sched_getaffinity: foreign(libc, 'int sched_getaffinity(int thread, size_t bytes, void *set)'),
    sched_setaffinity: foreign(libc, 'int sched_setaffinity(int thread, size_t bytes, void *set)'),
  };
  return calls;
}

/** The system's number of the calling thread; 0 where it does not tell. */
export function ownThread(): number {
  try {
    return Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}

export interface Separation {
  /** Call before every shared frame, on the thread that shares it. Takes about 0.3 µs, and 2 µs for each helper when the thread has moved. */
  keep(): void;
}

const NOTHING: Separation = { keep: () => {} };

/**
 * Of `helpers`, numbers of threads that are 0 until they are known. Where the system has one processor or refuses, nothing
 * happens. Call on the thread that draws: whatever may run it, may run the helpers.
 */
export function separate(helpers: Int32Array): Separation {
  const allowed = new Uint8Array(SET_BYTES);
  let system: Calls;
  // Outputs to a display have loaded it; where nobody looks on, it is not worth its time at the start.
  if (!isKoffiLoaded()) return NOTHING;
  try {
    system = systemCalls();
    if (system.sched_getaffinity(0, SET_BYTES, allowed) < 0) return NOTHING;
  } catch {
    return NOTHING; // Another C library: its scheduler is on its own.
  }
  if (countBits(allowed) < 2) return NOTHING;
  const others = new Uint8Array(SET_BYTES);
  /** The processor each helper keeps off, -1 before it was told. */
  const avoided = new Int32Array(helpers.length).fill(-1);
  return {
    keep() {
      const processor = system.sched_getcpu();
      if (processor < 0) return;
      for (let i = 0; i < helpers.length; i++) {
        const thread = helpers[i]!;
        if (thread === 0 || avoided[i] === processor) continue;
        others.set(allowed);
        others[processor >> 3]! &= ~(1 << (processor & 7));
        // Refused: not asked again before the next move.
        system.sched_setaffinity(thread, SET_BYTES, others);
        avoided[i] = processor;
      }
    },
  };
}

function countBits(set: Uint8Array): number {
  let bits = 0;
  for (const byte of set) for (let rest = byte; rest > 0; rest >>= 1) bits += rest & 1;
  return bits;
}
