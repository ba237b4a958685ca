/** The reader threads: one for each child at work, kept for the next. Main thread. */
import { Worker } from 'node:worker_threads';
import { SMALL_HEAP } from '../../runtime/core/heap';
import { builtFile } from '../../runtime/core/paths';
import type { Scope } from '../../runtime/core/scope';
import type { ReaderReply, ReadOrder } from './reader-messages';
import { closeQuietly } from '../../runtime/media/socket-pair';

export type ReadEnd = Extract<ReaderReply, { kind: 'done' }>;

export interface Reading {
  /** Resolves when so many frames are in the ring as the order said, or it ended before. */
  readonly filled: Promise<void>;
  readonly done: Promise<ReadEnd>;
}

interface Job {
  readonly order: ReadOrder;
  readonly filled: () => void;
  readonly done: (end: ReadEnd) => void;
}

interface Reader {
  readonly worker: Worker;
  job: Job | undefined;
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
  read(order: Omit<ReadOrder, 'id'>): Reading {
    const reader = this.readers.find(({ job }) => job === undefined) ?? this.start();
    const whole: ReadOrder = { ...order, id: (this.lastId += 1) };
    let filled!: () => void;
    let done!: (end: ReadEnd) => void;
    const reading: Reading = {
      filled: new Promise((resolve) => (filled = resolve)),
      done: new Promise((resolve) => (done = resolve)),
    };
    reader.job = { order: whole, filled, done };
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
    const reader: Reader = { worker, job: undefined };
    this.readers.push(reader);
    worker.unref();
    worker.on('message', (reply: ReaderReply) => {
      const { job } = reader;
      if (job === undefined || reply.id !== job.order.id) return;
      job.filled();
      if (reply.kind !== 'done') return;
      this.settle(reader, reply);
    });
    const lose = (fault: string): void => {
      const at = this.readers.indexOf(reader);
      if (at >= 0) this.readers.splice(at, 1);
      const { job } = reader;
      if (job === undefined) return;
      closeQuietly(job.order.framesFd);
      closeQuietly(job.order.timesFd);
      const { id, afterMs, zeroMs = 0 } = job.order;
      this.settle(reader, {
        kind: 'done',
        id,
        frames: 0,
        lastMs: afterMs,
        longestMs: 0,
        complete: false,
        zeroMs,
        fault,
      });
    };
    worker.on('error', (cause) => lose(cause.message));
    worker.on('exit', () => lose('the reader thread ended'));
    return reader;
  }

  private settle(reader: Reader, end: ReadEnd): void {
    const { job } = reader;
    reader.job = undefined;
    reader.worker.unref();
    job?.filled();
    job?.done(end);
  }

  /** Every order has ended by now: its child is dead, so its pipe is at its end. */
  private async close(): Promise<void> {
    await Promise.all(this.readers.splice(0).map(({ worker }) => worker.terminate()));
  }
}
