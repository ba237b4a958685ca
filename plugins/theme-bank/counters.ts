/** Counters of what the reels handed out. Only picture changes count; the look-ahead's own probes never do. */
import 'reflect-metadata';
import { Lifecycle, scoped } from 'tsyringe';

/** Different files counted; beyond it the figure stays (a bound for months of changing folders). */
const FILES_COUNTED = 65_536;

@scoped(Lifecycle.ContainerScoped)
export class Counters {
  shown = 0;
  hits = 0;
  misses = 0;
  lateDecodes = 0;
  evictions = 0;
  private readonly files = new Set<string>();

  get distinct(): number {
    return this.files.size;
  }

  /** A picture change: `waited` for its decode or not, `urgent` when the stage waited with it. */
  countShown(path: string, waited: boolean, urgent: boolean): void {
    this.shown += 1;
    if (waited) this.misses += 1;
    else this.hits += 1;
    if (waited && urgent) this.lateDecodes += 1;
    if (this.files.size < FILES_COUNTED) this.files.add(path);
  }
}
