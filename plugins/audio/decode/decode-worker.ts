/** The decode worker as the main thread knows it: one thread, one order at a time; another thread replaces one that dies or hangs. */
import { Worker } from 'node:worker_threads';
import { SMALL_HEAP } from '../../../runtime/core/heap';
import { builtFile } from '../../../runtime/core/paths';
import type { Scope } from '../../../runtime/core/scope';
import type { DecodeThreadData, FromDecodeThread, OrderAhead, ToDecodeThread } from './messages';

type Order = Extract<ToDecodeThread, { kind: 'chunk' | 'clip' }>;
export type OrderText = Order extends infer O ? (O extends Order ? Omit<O, 'id'> : never) : never;
export type Made = Extract<FromDecodeThread, { kind: 'chunk' | 'clip' | 'failed' }>;

const STOP_MS = 1000;
/** How often the thread's progress is looked at while it has an order, and after how many looks without any it hangs. */
const LOOK_MS = 1000;
const LOOKS = 8;

/** Main thread only. */
export class DecodeWorker {
  private worker: Worker | undefined;
  private current: { readonly id: number; readonly settle: (made: Made) => void } | undefined;
  private stopped: () => void = () => {};
  private lastId = 0;
  private closed = false;
  private readonly progress = new Int32Array(new SharedArrayBuffer(4));
  /** Threads that hung and were replaced. */
  replaced = 0;

  /** `replacedThread` is called for each order whose thread hung. */
  constructor(
    private readonly ffmpeg: string,
    scope: Scope,
    private readonly replacedThread: (path: string) => void,
    private readonly lookMs = LOOK_MS,
    private readonly threadFile = builtFile('..', 'plugins', 'audio', 'decode', 'decode-thread.js'),
  ) {
    scope.defer('decode thread', () => this.close());
  }

  /** Starts the thread, which takes a moment: before there is an order that would wait for it. */
  warm(): void {
    this.worker ??= this.start();
  }

  get isBusy(): boolean {
    return this.current !== undefined;
  }

  /** Never rejects. Only when not busy. */
  run(order: OrderText): Promise<Made> {
    if (this.isBusy) throw new Error('the decode worker takes one order at a time');
    const id = (this.lastId += 1);
    if (this.closed) return Promise.resolve({ kind: 'failed', id, reason: 'the show ends', accident: false });
    const worker = (this.worker ??= this.start());
    return new Promise((resolve) => {
      const watch = this.watchOver(worker, order.track.path);
      this.current = {
        id,
        settle: (made) => {
          this.current = undefined;
          clearInterval(watch);
          worker.unref();
          resolve(made);
        },
      };
      worker.ref();
      worker.postMessage({ ...order, id });
    });
  }

  /** Replaces the thread once its order makes no progress. Counts looks, not time: a main thread that stood still blames nobody. */
  private watchOver(worker: Worker, path: string): NodeJS.Timeout {
    let seen = Atomics.load(this.progress, 0);
    let idle = 0;
    const watch = setInterval(() => {
      const now = Atomics.load(this.progress, 0);
      idle = now === seen ? idle + 1 : 0;
      seen = now;
      if (idle < LOOKS) return;
      clearInterval(watch);
      this.replaced += 1;
      this.replacedThread(path);
      // Its children die with it (pdeathsig); its end settles the order, so that nobody writes into the order's memory any more.
      void worker.terminate();
    }, this.lookMs);
    return watch.unref();
  }

  /** Names the orders that follow the one that runs, in place of those named before: their decoders start. */
  ahead(orders: readonly OrderAhead[]): void {
    if (!this.closed) this.worker?.postMessage({ kind: 'ahead', orders } satisfies ToDecodeThread);
  }

  /** The decoders of a track end. */
  forget(key: string): void {
    this.worker?.postMessage({ kind: 'forget', key } satisfies ToDecodeThread);
  }

  private start(): Worker {
    const workerData: DecodeThreadData = { ffmpeg: this.ffmpeg, progress: this.progress.buffer };
    const worker = new Worker(this.threadFile, {
      workerData,
      name: 'vitrine-sound',
      resourceLimits: SMALL_HEAP,
    });
    worker.unref();
    worker.on('message', (reply: FromDecodeThread) => {
      if (reply.kind === 'stopped') this.stopped();
      else if (reply.id === this.current?.id) this.current.settle(reply);
    });
    // Once: the order that runs by the time of a second call is another thread's.
    const lose = (reason: string): void => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.stopped();
      const { current } = this;
      current?.settle({ kind: 'failed', id: current.id, reason, accident: true });
    };
    worker.on('error', (cause) => lose(cause.message));
    worker.on('exit', () => lose('the decode thread ended'));
    return worker;
  }

  private async close(): Promise<void> {
    this.closed = true;
    const { worker } = this;
    if (worker === undefined) return;
    const over = new Promise<void>((resolve) => (this.stopped = resolve));
    worker.postMessage({ kind: 'stop' } satisfies ToDecodeThread);
    const timer = setTimeout(() => this.stopped(), STOP_MS);
    await over;
    clearTimeout(timer);
    await worker.terminate();
  }
}
