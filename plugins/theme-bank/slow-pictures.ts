/** Slow pictures: others are shown in their place until they are decoded; then they are kept until their turn comes again. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { PictureCache, type LoadOutcome } from './cache';
import type { Target } from './target';

/**
 * After so long another picture takes the place of one that is being decoded. It is asked for two seconds before it is due, and a large one of a camera
 * takes a small board as long.
 */
export const PATIENCE_MS = 3000;

/** Pictures that the cache needs beside those that are held: the one that comes next, and the one after it. */
const FEWEST_FREE = 2;

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class SlowPictures {
  private readonly paths = new Set<string>();
  private wake: () => void = () => {};
  private next = this.promised();
  /** By path, how to let go of a picture that was decoded too late: it would be evicted before its turn, in every round. */
  private readonly late = new Map<string, () => void>();

  constructor(@inject(PictureCache) private readonly cache: PictureCache) {}

  /** Whether plans pass over the picture. */
  blocks(path: string): boolean {
    return this.paths.has(path);
  }

  /** Whether there is any. */
  get areThere(): boolean {
    return this.paths.size > 0;
  }

  /** Resolves when the next of them is decoded, or has failed. */
  get over(): Promise<void> {
    return this.next;
  }

  /** Has the picture passed over until its decode is over, and keeps it then, where there is room, until it is shown. */
  passOver(path: string, target: Target, decode: Promise<LoadOutcome>): void {
    if (this.paths.has(path)) return;
    this.paths.add(path);
    const end = (): void => {
      this.paths.delete(path);
      const { wake } = this;
      this.next = this.promised();
      wake();
    };
    decode.then((outcome) => {
      this.keep(path, target, outcome);
      end();
    }, end);
  }

  /** Lets go of a picture that was kept, because it is shown or gone; of all of them where none is named. */
  letGo(path?: string): void {
    for (const [kept, release] of [...this.late]) {
      if (path !== undefined && path !== kept) continue;
      this.late.delete(kept);
      release();
    }
  }

  private keep(path: string, target: Target, outcome: LoadOutcome): void {
    const { cache } = this;
    if (outcome.kind !== 'resident' || cache.heldCount + FEWEST_FREE > cache.capacity(target)) return;
    this.letGo(path);
    this.late.set(path, cache.hold(outcome.picture));
  }

  private promised(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }
}
