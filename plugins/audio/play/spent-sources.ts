/**
 * Sources that are off the clock. Each holds its samples in the memory of the audio library, and takes part in the library's graph, until the
 * collector finds it; V8 does not see that memory and would leave some hundreds of MiB of it.
 */
import { collectGarbage, collectRecent } from '../../../runtime/core/heap';

/** The collector is called once more samples than this wait for it, and again only after as many new ones: ten seconds of one sound. */
const MOST_BYTES = 8 * 2 ** 20;
/** V8 reports the objects it has collected a little after the collection. */
const TOLD_AFTER_MS = 20;

/** Main thread only. */
export class SpentSources {
  private held = 0;
  /** Added since the last collection. */
  private newBytes = 0;
  private readonly found = new FinalizationRegistry<number>((bytes) => void (this.held -= bytes));
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  /** Bytes of samples that the collector has not found yet. */
  get bytes(): number {
    return this.held;
  }

  /** A source with so many bytes of samples is disconnected, and nothing will refer to it any more. */
  add(source: object, bytes: number): void {
    this.found.register(source, bytes);
    this.held += bytes;
    this.newBytes += bytes;
    if (this.held > MOST_BYTES && this.newBytes > MOST_BYTES) this.collectSoon();
  }

  /** Collects nothing any more. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** The new objects first, which is soon done; then all of them, where sources have become old ones. */
  private collectSoon(): void {
    if (this.closed || this.timer !== undefined) return;
    this.later(0, () => {
      collectRecent();
      this.later(TOLD_AFTER_MS, () => {
        if (this.held > MOST_BYTES) collectGarbage();
        this.newBytes = 0;
      });
    });
  }

  private later(ms: number, act: () => void): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      act();
    }, ms).unref();
  }
}
