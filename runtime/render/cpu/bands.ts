/** Bands: rows of a frame shared out to helper threads, in small portions, to whoever has time. */
import { Worker } from 'node:worker_threads';
import { SMALL_HEAP } from '../../core/heap';
import { builtFile } from '../../core/paths';
import type { Kernels } from './kernel-module';
import { separate, type Separation } from './processors';

/** Words of the shared control block. */
export const BAND = {
  serial: 0,
  nextRow: 1,
  endRow: 2,
  active: 3,
  portion: 4,
  plan: 5,
  stop: 6,
  eager: 7,
  /** How many helpers may take part in the frame. */
  helpers: 8,
  /** From here on the system's numbers of the helpers' threads, 0 while they start. */
  threads: 9,
} as const;

/** No row left: far beyond any frame, with room for late helpers to count on. */
const CLOSED = 1 << 28;
/** Below this many pixels waking a helper (about 50 µs here) costs more than it brings. */
const SMALLEST_SHARED_PX = 128 * 1024;
/** Portions a frame is cut into: small enough to even out, large enough that fetching one is nothing. */
const PORTIONS = 24;
/**
 * How long the frame waits for a helper's last portion before it sleeps on it, in turns of the loop: untimed about 0.1 ms, on
 * a display a tenth of that, because there the time is somebody else's.
 */
const EAGER_SPINS = 20_000;
const SPINS = 2_000;

export interface BandWorkerData {
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly scratch: number;
  /** Which helper this is, from 0. */
  readonly index: number;
}

export class Bands {
  private readonly control: Int32Array<SharedArrayBuffer>;
  private readonly separation: Separation | undefined;
  private helpers: Worker[] = [];
  private readonly spins: number;

  /**
   * `scratches`: one address a thread; the first is the calling thread's own, the others get a helper each. `eager` helpers
   * look out for the next frame a while before they sleep: for frames that follow each other without a pause.
   */
  constructor(
    private readonly kernels: Kernels,
    memory: WebAssembly.Memory,
    private readonly scratches: readonly number[],
    eager: boolean,
  ) {
    const helpers = scratches.length - 1;
    this.control = new Int32Array(new SharedArrayBuffer((BAND.threads + helpers) * 4));
    // Eager helpers do not sleep, so nothing can wake them in the wrong place.
    this.separation = helpers === 0 || eager ? undefined : separate(this.control.subarray(BAND.threads));
    this.control[BAND.eager] = eager ? 1 : 0;
    this.spins = eager ? EAGER_SPINS : SPINS;
    this.control[BAND.nextRow] = CLOSED;
    for (const [index, scratch] of scratches.slice(1).entries()) {
      const workerData: BandWorkerData = { memory, control: this.control.buffer, scratch, index };
      const helper = new Worker(builtFile('render', 'cpu', 'band-worker.js'), {
        workerData,
        name: 'vitrine-band',
        resourceLimits: SMALL_HEAP,
      });
      helper.unref();
      this.helpers.push(helper);
    }
  }

  /**
   * Composes the rows with the helpers' help; returns when all are done. `taken`: processors that somebody else needs more, as
   * decoders do; so many helpers sit the frame out. Allocates nothing.
   */
  compose(plan: number, top: number, bottom: number, widthPx: number, taken = 0): void {
    const own = this.scratches[0]!;
    const helpers = this.helpers.length - taken;
    if (helpers <= 0 || (bottom - top) * widthPx < SMALLEST_SHARED_PX) {
      this.kernels.composeRows(plan, own, top, bottom);
      return;
    }
    this.separation?.keep();
    const { control } = this;
    const portion = Math.max(8, Math.ceil((bottom - top) / PORTIONS));
    control[BAND.plan] = plan;
    control[BAND.portion] = portion;
    control[BAND.endRow] = bottom;
    control[BAND.helpers] = helpers;
    Atomics.store(control, BAND.nextRow, top);
    Atomics.add(control, BAND.serial, 1);
    Atomics.notify(control, BAND.serial);
    for (;;) {
      const row = Atomics.add(control, BAND.nextRow, portion);
      if (row >= bottom) break;
      this.kernels.composeRows(plan, own, row, Math.min(bottom, row + portion));
    }
    Atomics.store(control, BAND.nextRow, CLOSED);
    let spins = 0;
    for (let active = Atomics.load(control, BAND.active); active !== 0; active = Atomics.load(control, BAND.active)) {
      if (++spins > this.spins) Atomics.wait(control, BAND.active, active, 10);
    }
  }

  close(): void {
    Atomics.store(this.control, BAND.stop, 1);
    Atomics.add(this.control, BAND.serial, 1);
    Atomics.notify(this.control, BAND.serial);
    this.helpers = [];
  }
}
