/** The decode worker as the main thread knows it: one thread, one order at a time; when it dies, another takes its place. */
import { Worker } from 'node:worker_threads';
import { SMALL_HEAP } from '../../../runtime/core/heap';
import { builtFile } from '../../../runtime/core/paths';
import type { Scope } from '../../../runtime/core/scope';
import type { DecodeThreadData, FromDecodeThread, ToDecodeThread } from './messages';

type Order = Extract<ToDecodeThread, { kind: 'chunk' | 'clip' }>;
export type OrderText = Order extends infer O ? (O extends Order ? Omit<O, 'id'> : never) : never;
export type Made = Extract<FromDecodeThread, { kind: 'chunk' | 'clip' | 'failed' }>;

const STOP_MS = 1000;

/** Main thread only. */
export class DecodeWorker {
  private worker: Worker | undefined;
  private current: { readonly id: number; readonly settle: (made: Made) => void } | undefined;
  private stopped: () => void = () => {};
  private lastId = 0;
  private closed = false;

  constructor(
    private readonly ffmpeg: string,
    scope: Scope,
  ) {
    scope.defer('decode thread', () => this.close());
  }

  get isBusy(): boolean {
    return this.current !== undefined;
  }

  /** Never rejects. Only when not busy. */
  run(order: OrderText): Promise<Made> {
    if (this.isBusy) throw new Error('the decode worker takes one order at a time');
    const id = (this.lastId += 1);
    if (this.closed) return Promise.resolve({ kind: 'failed', id, reason: 'the show ends' });
    const worker = (this.worker ??= this.start());
    return new Promise((resolve) => {
      this.current = {
        id,
        settle: (made) => {
          this.current = undefined;
          worker.unref();
          resolve(made);
        },
      };
      worker.ref();
      worker.postMessage({ ...order, id });
    });
  }

  /** The decoder of a track may go. */
  forget(key: string): void {
    this.worker?.postMessage({ kind: 'forget', key } satisfies ToDecodeThread);
  }

  private start(): Worker {
    const workerData: DecodeThreadData = { ffmpeg: this.ffmpeg };
    const worker = new Worker(builtFile('..', 'plugins', 'audio', 'decode', 'decode-thread.js'), {
      workerData,
      name: 'vitrine-sound',
      resourceLimits: SMALL_HEAP,
    });
    worker.unref();
    worker.on('message', (reply: FromDecodeThread) => {
      if (reply.kind === 'stopped') this.stopped();
      else if (reply.id === this.current?.id) this.current.settle(reply);
    });
    const lose = (reason: string): void => {
      if (this.worker === worker) this.worker = undefined;
      this.stopped();
      const { current } = this;
      current?.settle({ kind: 'failed', id: current.id, reason });
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
