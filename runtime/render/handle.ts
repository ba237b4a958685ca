/** The render thread seen from the main thread: start it, send to it, hear from it, end it. */
import { Worker } from 'node:worker_threads';
import { VitrineError } from '../core/errors';
import { SMALL_HEAP } from '../core/heap';
import { builtFile } from '../core/paths';
import type { Scope } from '../core/scope';
import type { FromRenderThread, RenderThreadData, ToRenderThread } from './messages';

export interface RenderHandle {
  send(message: ToRenderThread): void;
  /** Several listeners; each gets every message. Returns the act of not listening any more. */
  listen(listener: (message: FromRenderThread) => void): () => void;
  /** Keeps the frame that is on until the thread ends, whatever becomes of its pictures. Resolves once nothing is drawn any more, after 200 ms in any case. */
  hold(): Promise<void>;
  /** Settles when the thread has ended: rejects with VITRINE_E_RENDER when nobody asked it to. */
  readonly ended: Promise<void>;
}

/** How long the thread may take to give its window back before it is ended by force. */
const STOP_MS = 1500;
/** How long an end waits for the frame that is being drawn. */
const HOLD_MS = 200;

/** Starts the thread; it ends with the scope. The doorbell in `data` is rung after every message. */
export function startRenderThread(data: RenderThreadData, scope: Scope): RenderHandle {
  const doorbell = new Int32Array(data.doorbell);
  const listeners = new Set<(message: FromRenderThread) => void>();
  const worker = new Worker(builtFile('render', 'thread.js'), {
    workerData: data,
    name: 'vitrine-render',
    resourceLimits: SMALL_HEAP,
  });
  let asked = false;
  worker.on('message', (message: FromRenderThread) => {
    for (const listener of [...listeners]) listener(message);
  });
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('error', (cause) =>
      reject(new VitrineError('VITRINE_E_RENDER', `the render thread failed: ${cause.message}`, { cause })),
    );
    worker.once('exit', () => {
      if (asked) resolve();
      else reject(new VitrineError('VITRINE_E_RENDER', 'the render thread ended by itself'));
    });
  });
  ended.catch(() => {}); // whoever waits for it hears of it; nobody has to
  const send = (message: ToRenderThread): void => {
    worker.postMessage(message);
    Atomics.add(doorbell, 0, 1);
    Atomics.notify(doorbell, 0);
  };
  scope.defer('render thread', async () => {
    asked = true;
    send({ kind: 'stop' });
    const force = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended.catch(() => {});
    clearTimeout(force);
  });
  const listen: RenderHandle['listen'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const hold = (): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(late);
        stopListening();
        resolve();
      };
      const late = setTimeout(done, HOLD_MS);
      const stopListening = listen(({ kind }) => kind === 'held' && done());
      send({ kind: 'hold' });
    });
  return { send, listen, hold, ended };
}
