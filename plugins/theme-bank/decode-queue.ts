/** The decode queue: so many decodes at once, so many waiting, those that a picture change waits for first. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { trimAllocator } from '../../runtime/core/allocator';
import { SETTINGS, type LiveSettings } from './parts';

interface Waiting {
  readonly start: () => void;
  readonly drop: (reason: unknown) => void;
}

export interface Queued<T> {
  readonly done: Promise<T>;
  /** Moves the job to the front. */
  hurry(): void;
}

/** Decodes leave holes in malloc's heaps that it keeps by itself: some megabytes after thousands of pictures. */
const TRIM_EVERY = 64;

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class DecodeQueue {
  private readonly waiting: Waiting[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private roomWaiters: (() => void)[] = [];
  private closed = false;
  private finished = 0;

  constructor(@inject(SETTINGS) private readonly settings: LiveSettings) {}

  get waitingCount(): number {
    return this.waiting.length;
  }

  get runningCount(): number {
    return this.running.size;
  }

  /** Whether another job may wait. Urgent ones always may: there is at most one for each reel. */
  get hasRoom(): boolean {
    return this.waiting.length < this.settings.now.queue;
  }

  /** Resolves once there may be room, or when the queue closes. */
  room(): Promise<void> {
    if (this.hasRoom || this.closed) return Promise.resolve();
    return new Promise((resolve) => this.roomWaiters.push(resolve));
  }

  /** Runs a job when its turn comes. Rejects when the queue closes first. */
  run<T>(job: () => Promise<T>, urgent: boolean): Queued<T> {
    let entry: Waiting | undefined;
    const done = new Promise<T>((resolve, reject) => {
      const start = (): void => {
        const work = job()
          .then(resolve, reject)
          .finally(() => {
            this.running.delete(work);
            this.finished += 1;
            if (this.finished % TRIM_EVERY === 0) trimAllocator();
            this.advance();
          });
        this.running.add(work);
      };
      entry = { start, drop: reject };
    });
    const waiting = entry!;
    if (this.closed) waiting.drop(new DOMException('the decode queue is closed', 'AbortError'));
    else if (urgent) this.waiting.unshift(waiting);
    else this.waiting.push(waiting);
    this.advance();
    return { done, hurry: () => this.hurry(waiting) };
  }

  /** Drops what waits and resolves when what runs is over. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { drop } of this.waiting.splice(0)) drop(new DOMException('the decode queue is closed', 'AbortError'));
    this.wakeRoomWaiters();
    await Promise.allSettled(this.running);
  }

  private hurry(entry: Waiting): void {
    const at = this.waiting.indexOf(entry);
    if (at > 0) this.waiting.unshift(...this.waiting.splice(at, 1));
  }

  private advance(): void {
    while (this.running.size < this.settings.now.workers) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      next.start();
    }
    if (this.hasRoom) this.wakeRoomWaiters();
  }

  private wakeRoomWaiters(): void {
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const wake of waiters) wake();
  }
}
