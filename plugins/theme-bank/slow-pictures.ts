/** Slow pictures: others are shown in their place until they are decoded. */
import 'reflect-metadata';
import { Lifecycle, scoped } from 'tsyringe';

/**
 * After so long another picture takes the place of one that is being decoded. It is asked for two seconds before it is due, and a large one of a camera
 * takes a small board as long.
 */
export const PATIENCE_MS = 3000;

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class SlowPictures {
  private readonly paths = new Set<string>();
  private wake: () => void = () => {};
  private next = this.promised();

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

  /** Has the picture passed over until its decode is over. */
  passOver(path: string, decode: Promise<unknown>): void {
    if (this.paths.has(path)) return;
    this.paths.add(path);
    const end = (): void => {
      this.paths.delete(path);
      const { wake } = this;
      this.next = this.promised();
      wake();
    };
    decode.then(end, end);
  }

  private promised(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }
}
