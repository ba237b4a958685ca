import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** V8's space for new objects, as small as it gets: what is allocated shows as collections soon. */
const NURSERY_MB = 1;
/**
 * Readings of the clock and results of calls that are not inlined come boxed, 16 bytes each: about 230 bytes a frame, nine
 * collections in this many frames. An array or object more a frame shows as five more.
 */
const FRAMES = 40_000;
const MOST_COLLECTIONS = 13;
/** By then everything that is called often is compiled. */
const WARM_FRAMES = 20_000;
const TRIES = 3;

/** Collections of all kinds in the program over a number of frames. */
async function collections(frames: number): Promise<{ count: number; presented: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--trace-gc',
    `--max-semi-space-size=${NURSERY_MB}`,
    join(__dirname, 'frames-entry.js'),
    String(frames),
  ]);
  return {
    count: stdout.match(/(Scavenge|Mark-Compact)/g)?.length ?? 0,
    presented: Number(/presented (\d+)/.exec(stdout)?.[1]),
  };
}

describe('drawing', () => {
  it('gives the collector nothing but a few boxed numbers, however many frames', async () => {
    // What the start and the compiler allocate is the same in both, also where the compiler has little time.
    const counts: number[] = [];
    // Some of it goes by time and not by frames: a busy machine gets another try. What a frame allocates is there in each.
    do {
      const few = await collections(WARM_FRAMES);
      const many = await collections(WARM_FRAMES + FRAMES);
      expect(many.presented - few.presented).toBeGreaterThan(FRAMES * 0.99);
      counts.push(many.count - few.count);
    } while (Math.min(...counts) > MOST_COLLECTIONS && counts.length < TRIES);
    expect(Math.min(...counts)).toBeLessThanOrEqual(MOST_COLLECTIONS);
  });
});
