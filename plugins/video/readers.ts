/** The reader threads: one for each child at work, kept for the next. Main thread. */
import { Worker } from 'node:worker_threads';
import { SMALL_HEAP } from '../../runtime/core/heap';
import { builtFile } from '../../runtime/core/paths';
import type { Scope } from '../../runtime/core/scope';
import { BEGINNING, type Place, type ReaderReply, type ReadOrder } from './reader-messages';
import { closeQuietly } from '../../runtime/media/socket-pair';

export type ReadEnd = Extract<ReaderReply, { kind: 'done' }>;

export interface Reading {
  readonly id: number;
  /** Resolves when so many frames are in the ring as the order said, or it ended before. */
  readonly filled: Promise<void>;
  /** Resolves when the end of the round is near, or it ended. */
  readonly near: Promise<void>;
  readonly done: Promise<ReadEnd>;
}

interface Job {
  readonly order: ReadOrder;
  readonly filled: () => void;
  readonly near: () => void;
  readonly done: (end: ReadEnd) => void;
}

interface Reader {
  readonly worker: Worker;
  /** The one it is at, and the one that follows it. */
  readonly jobs: Job[];
}

export class Readers {
  private readonly readers: Reader[] = [];
  private lastId = 0;

  constructor(scope: Scope) {
    scope.defer('reader threads', () => this.close());
  }

  /** Starts threads before they are needed, which then costs no time. */
  ready(count: number): void {
    while (this.readers.length < count) this.start();
  }

  /** Hands an order to a thread that has none. The descriptors are the thread's from here on. */
  read(order: Omit<ReadOrder, 'id' | 'from'> & { readonly from: Place }): Reading {
    return this.hand(this.readers.find(({ jobs }) => jobs.length === 0) ?? this.start(), order);
  }

  /** Whether an order is at work, or the last one that waits. */
  isLast({ id }: Reading): boolean {
    return this.readers.some(({ jobs }) => jobs.at(-1)?.order.id === id);
  }

  /** Hands the order to the thread that reads the other one, which is the last there, to go on where that one ends without anybody else. */
  readAfter({ id }: Reading, order: Omit<ReadOrder, 'id' | 'from'>): Reading {
    return this.hand(
      this.readers.find(({ jobs }) => jobs.at(-1)?.order.id === id)!,
      { ...order, from: { after: id } },
    );
  }

  private hand(reader: Reader, order: Omit<ReadOrder, 'id'>): Reading {
    const whole: ReadOrder = { ...order, id: (this.lastId += 1) };
    let filled!: () => void;
    let near!: () => void;
    let done!: (end: ReadEnd) => void;
    const reading: Reading = {
      id: whole.id,
      filled: new Promise((resolve) => (filled = resolve)),
      near: new Promise((resolve) => (near = resolve)),
      done: new Promise((resolve) => (done = resolve)),
    };
    reader.jobs.push({ order: whole, filled, near, done });
    reader.worker.ref();
    reader.worker.postMessage(whole);
    return reading;
  }

  private start(): Reader {
    const worker = new Worker(builtFile('..', 'plugins', 'video', 'reader-thread.js'), {
      name: 'vitrine-reader',
      // The descriptors it closes are those it is handed.
      trackUnmanagedFds: false,
      resourceLimits: SMALL_HEAP,
    });
    const reader: Reader = { worker, jobs: [] };
    this.readers.push(reader);
    worker.unref();
    worker.on('message', (reply: ReaderReply) => {
      const job = reader.jobs[0];
      if (job === undefined || reply.id !== job.order.id) return;
      if (reply.kind === 'done') this.settle(reader, reply);
      else job[reply.kind]();
    });
    const lose = (fault: string): void => {
      const at = this.readers.indexOf(reader);
      if (at >= 0) this.readers.splice(at, 1);
      // Those that it did not begin are still their owner's.
      for (let unread = false; reader.jobs.length > 0; unread = true) {
        const { id, from, framesFd, timesFd } = reader.jobs[0]!.order;
        if (!unread) [framesFd, timesFd].forEach(closeQuietly);
        const place = 'after' in from ? BEGINNING : from;
        this.settle(reader, { kind: 'done', id, frames: 0, place, complete: false, repeats: false, unread, fault });
      }
    };
    worker.on('error', (cause) => lose(cause.message));
    worker.on('exit', () => lose('the reader thread ended'));
    return reader;
  }

  private settle(reader: Reader, end: ReadEnd): void {
    const job = reader.jobs.shift();
    if (reader.jobs.length === 0) reader.worker.unref();
    job?.filled();
    job?.near();
    job?.done(end);
  }

  /** Every order has ended by now: its child is dead, so its pipe is at its end. */
  private async close(): Promise<void> {
    await Promise.all(this.readers.splice(0).map(({ worker }) => worker.terminate()));
  }
}
