/** Draws clips with GL on a thread of their own and reads the pixels of the surface itself, which a capture would paint anew. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Layer } from '../../runtime/stage/layer';
import type { Footage } from './clips';

/** Sizes as scanned out. */
export interface SurfaceOrder {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly turn: 0 | 90 | 180 | 270;
  /** As of a rig. */
  readonly asGpu: boolean;
}

/** In drawing order. The layers' pictures are those of the clips, whatever they say. */
export interface SurfaceScene {
  readonly clips: readonly { readonly shot: Footage; readonly layer: Layer }[];
  readonly atMs: number;
}

export class Surface {
  private readonly thread: Worker;

  constructor(order: SurfaceOrder) {
    this.thread = new Worker(join(__dirname, 'surface-thread.js'), { workerData: order });
  }

  /** The surface before the swap, BGRX as scanned out. */
  async frameOf(scene: SurfaceScene): Promise<Uint8Array> {
    const drawn = once(this.thread, 'message');
    this.thread.postMessage(scene);
    return ((await drawn) as [Uint8Array])[0];
  }

  async close(): Promise<void> {
    const gone = once(this.thread, 'exit');
    this.thread.postMessage('close');
    await gone;
  }
}
