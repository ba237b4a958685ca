/**
 * The JavaScript heap's settings for a program that runs for months: small and level instead of fast and growing. V8 lets
 * its nursery grow to 16 MiB three times over, and after a burst of work keeps what it grew to (measured: 120 to 198 MB
 * resident over 300 reloads; with these settings 100 to 107).
 */
import { setFlagsFromString } from 'node:v8';
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

/**
 * Collects what was allocated of late and is not used any more, and with it the memory outside the heap that it holds: the pixels of a
 * decode, which V8 would leave until some ten decodes are there (measured: 80 MiB for pictures of 8). Blocks this thread for 0.3 ms.
 */
export function collectNursery(): void {
  collector()({ type: 'minor' });
}
