/** The decode queue: so many decodes at once, so many waiting, those that a picture change waits for first, pauses between the others. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { trimAllocator } from '../../runtime/core/allocator';
import { collectAllForeign, collectForeign } from '../../runtime/core/heap';
import { LARGE_WORK, type Turns } from '../../runtime/core/turns';
import { within } from '../../runtime/core/within';
import { SETTINGS, type LiveSettings } from './parts';

interface Waiting {
  urgent: boolean;
  readonly start: () => void;
  readonly drop: (reason: unknown) => void;
}

export interface Queued<T> {
  readonly done: Promise<T>;
  /** Moves the job to the front; it waits for no pause. */
  hurry(): void;
  /** Takes the job out if it waits and nobody hurried it: `done` rejects with a `WithdrawnError`. */
  withdraw(): void;
}

/** A job that was taken out of the queue before it began. */
export class WithdrawnError extends Error {}

/** A decode that runs for so long does not hold up the others: libuv's pool has two threads more than there are workers. */
const OVERDUE_MS = 3000;
/** What runs gets so long when the queue closes: a usual decode is over by then. */
export const FAREWELL_MS = 150;
/** Where decodes never pause: they leave holes in malloc's heaps that it keeps by itself. */
const TRIM_EVERY = 64;
/** At once the collector still finds the pixels referred to (seen with sharp 0.35: they stay until the next decode is over). */
const TIDY_AFTER_MS = 20;
/** Of decodes that are over, while there is none: less than a picture of 1080p. */
const MOST_KEPT_BYTES = 6 * 2 ** 20;

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class DecodeQueue {
  /** Pause between two decodes that nobody waits for: from the start of one to the start of the next, and after each on its worker. */
  sleepMs = 0;
  private readonly waiting: Waiting[] = [];
  /** Decodes that run, with when each began. */
  private readonly running = new Map<Promise<unknown>, number>();
  private roomWaiters: (() => void)[] = [];
  private closed = false;
  private tidying: NodeJS.Timeout | undefined;
  private finished = 0;
  private timer: NodeJS.Timeout | undefined;
  /** When the last unhurried decode began, and when those of late ended, oldest first. */
  private begunAtMs = -Infinity;
  private endedAtMs: number[] = [];
  private unhurried = 0;
  private busySinceMs = 0;
  private busyMs = 0;

  constructor(
    @inject(SETTINGS) private readonly settings: LiveSettings,
    @inject(LARGE_WORK.key) private readonly largeWork: Turns,
  ) {}

  get waitingCount(): number {
    return this.waiting.length;
  }

  get runningCount(): number {
    return this.running.size;
  }

  /** Ms in which at least one decode ran that nobody waited for: pauses are no part of it. */
  get unhurriedMs(): number {
    return this.busyMs + (this.unhurried > 0 ? performance.now() - this.busySinceMs : 0);
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
        const end = entry?.urgent === true ? () => {} : this.beginUnhurried();
        // One that begins beside another takes memory that is left over, not the room for the one large work at a time.
        const isAlone = this.settings.now.workers === 1 && this.running.size === 0;
        const work = (isAlone ? this.largeWork.take(job) : job()).then(resolve, reject).finally(() => {
          end();
          this.running.delete(work);
          this.finished += 1;
          this.advance();
          this.tidySoon();
        });
        this.running.set(work, performance.now());
        const timer = setTimeout(() => this.advance(), OVERDUE_MS).unref();
        void work.finally(() => clearTimeout(timer));
      };
      entry = { urgent, start, drop: reject };
    });
    const waiting = entry!;
    if (this.closed) waiting.drop(new DOMException('the decode queue is closed', 'AbortError'));
    else if (urgent) this.waiting.unshift(waiting);
    else this.waiting.push(waiting);
    this.advance();
    return { done, hurry: () => this.hurry(waiting), withdraw: () => this.withdraw(waiting) };
  }

  /** Drops what waits and resolves when what runs is over, or goes on beside the end: no decode holds that up. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    for (const { drop } of this.waiting.splice(0)) drop(new DOMException('the decode queue is closed', 'AbortError'));
    this.wakeRoomWaiters();
    await within(Promise.allSettled(this.running.keys()), FAREWELL_MS);
    clearTimeout(this.tidying);
  }

  /** Gives back the memory of a decode that is over and whose pixels are copied: soon, when nothing refers to them any more. */
  private tidySoon(): void {
    this.tidying ??= setTimeout(() => {
      this.tidying = undefined;
      if (this.running.size === 0) collectAllForeign(MOST_KEPT_BYTES);
      else collectForeign();
      if (this.running.size === 0 || this.finished % TRIM_EVERY === 0) trimAllocator();
    }, TIDY_AFTER_MS);
  }

  private hurry(entry: Waiting): void {
    const at = this.waiting.indexOf(entry);
    if (at < 0) return;
    entry.urgent = true;
    this.waiting.unshift(...this.waiting.splice(at, 1));
    this.advance();
  }

  private withdraw(entry: Waiting): void {
    const at = this.waiting.indexOf(entry);
    if (at < 0 || entry.urgent) return;
    this.waiting.splice(at, 1);
    entry.drop(new WithdrawnError('the batch is over'));
    this.advance();
  }

  private advance(): void {
    clearTimeout(this.timer);
    while (this.busyCount < this.settings.now.workers) {
      const next = this.waiting[0];
      if (next === undefined) break;
      const pauseMs = next.urgent ? 0 : this.pauseMs();
      if (pauseMs > 0) {
        this.timer = setTimeout(() => this.advance(), Math.ceil(pauseMs));
        break;
      }
      this.waiting.shift();
      next.start();
    }
    if (this.hasRoom) this.wakeRoomWaiters();
  }

  /** Decodes that take a worker: one that takes long lets another begin beside it, where there is memory for that. */
  private get busyCount(): number {
    const { size } = this.running;
    if (size === 0) return size;
    const longestMs = performance.now() - Math.min(...this.running.values());
    return longestMs < OVERDUE_MS ? size : Math.max(0, size - this.settings.now.decodesBeside);
  }

  /** Ms until a decode that nobody waits for may begin. */
  private pauseMs(): number {
    const { sleepMs } = this;
    const nowMs = performance.now();
    this.endedAtMs = this.endedAtMs.filter((atMs) => atMs + sleepMs > nowMs);
    const betweenMs = this.begunAtMs + sleepMs - nowMs;
    const free = this.settings.now.workers - this.busyCount - this.endedAtMs.length;
    return free > 0 ? betweenMs : Math.max(betweenMs, this.endedAtMs[0]! + sleepMs - nowMs);
  }

  /** Notes that a decode that nobody waits for begins; returns the note of its end. */
  private beginUnhurried(): () => void {
    this.begunAtMs = performance.now();
    if (this.unhurried === 0) this.busySinceMs = this.begunAtMs;
    this.unhurried += 1;
    return () => {
      const nowMs = performance.now();
      this.endedAtMs.push(nowMs);
      this.unhurried -= 1;
      if (this.unhurried === 0) this.busyMs += nowMs - this.busySinceMs;
    };
  }

  private wakeRoomWaiters(): void {
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const wake of waiters) wake();
  }
}
