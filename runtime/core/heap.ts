/**
 * The JavaScript heap's settings for a program that runs for months: small and level instead of fast and growing. V8 lets
 * its nursery grow to 16 MiB three times over, and after a burst of work keeps what it grew to (measured: 120 to 198 MB
 * resident over 300 reloads; with these settings 100 to 107).
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Keeps the nursery at its size. Call before anything allocates much, and first thing in each thread: V8 forgets it for the whole process
 * whenever a thread is made.
 */
export function boundNursery(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** For worker threads: the same, as their options take it. They allocate next to nothing. */
export const SMALL_HEAP = { maxYoungGenerationSizeMb: 2 } as const;

type Collect = (options?: { readonly type: 'minor' }) => void;
let exposed: Collect | undefined;

function collector(): Collect {
  if (exposed === undefined) {
    setFlagsFromString('--expose-gc');
    exposed = runInNewContext('gc') as Collect;
  }
  return exposed;
}

/**
 * Collects everything that is not used any more. Blocks this thread for 10 to 30 ms: for moments such as the end of a
 * session, when much was let go and nothing here is waited for.
 */
export function collectGarbage(): void {
  collector()();
}

/** Collects what was allocated of late and is not used any more. Blocks this thread for 0.3 ms. */
export function collectRecent(): void {
  collector()({ type: 'minor' });
}

/** V8 leaves some 64 MiB outside the heap before it collects by itself; this is a picture or two of 1080p. */
const MOST_KEPT_BYTES = 12 * 2 ** 20;

/** Pixels may be in use just when everything is collected: what is still there after so many times is there to stay. */
const MOST_TRIES = 3;

let leastForeignBytes = Infinity;
let tries = 0;

/**
 * Collects what was allocated of late and is not used any more, and with it the memory outside the heap that it holds: the pixels of a
 * decode, which V8 would leave until some ten decodes are there (measured: 80 MiB for pictures of 8). Blocks this thread for 0.3 ms.
 *
 * Pixels that were in use during two collections of the nursery have left it (beside a busy machine: of three decodes in sixteen). Where there
 * are more than `mostKeptBytes` of those, everything is collected, which takes 10 to 30 ms.
 */
export function collectForeign(mostKeptBytes = MOST_KEPT_BYTES): void {
  collectRecent();
  collectWhatLeft(mostKeptBytes);
}

/** The same where nothing of it is in use: to the last picture. Blocks this thread for 0.6 ms. */
export function collectAllForeign(mostKeptBytes: number): void {
  // The next collection counts what this one frees, and moves what is still in use out of the nursery.
  collectRecent();
  collectForeign(mostKeptBytes);
}

function collectWhatLeft(mostKeptBytes: number): void {
  const bytes = foreignBytes();
  if (bytes - leastForeignBytes <= mostKeptBytes) {
    leastForeignBytes = Math.min(leastForeignBytes, bytes);
    tries = 0;
    return;
  }
  collectGarbage();
  tries += 1;
  if (tries < MOST_TRIES) return;
  tries = 0;
  leastForeignBytes = foreignBytes();
}

/** Outside the heap, as far as objects of this thread hold it. */
const foreignBytes = (): number => getHeapStatistics().external_memory;
