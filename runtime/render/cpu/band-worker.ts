/** A band helper's thread: sleeps until there is a frame, composes portions of it, sleeps again. */
import { workerData } from 'node:worker_threads';
import { boundNursery } from '../../core/heap';
import { BAND, type BandWorkerData } from './bands';
import { loadKernels } from './kernel-module';
import { ownThread } from './processors';

boundNursery();
const { memory, control: buffer, scratch, index } = workerData as BandWorkerData;
const control = new Int32Array(buffer);
const kernels = loadKernels(memory);
Atomics.store(control, BAND.threads + index, ownThread());

/** Turns an eager helper looks out for before it sleeps, about 0.2 ms: longer than the pause between untimed frames. */
const LOOKOUTS = 40_000;
const eager = Atomics.load(control, BAND.eager) === 1;

for (let seen = 0; ;) {
  for (let turn = 0; eager && turn < LOOKOUTS && Atomics.load(control, BAND.serial) === seen; turn++);
  Atomics.wait(control, BAND.serial, seen);
  seen = Atomics.load(control, BAND.serial);
  if (Atomics.load(control, BAND.stop) === 1) break;
  if (index >= Atomics.load(control, BAND.helpers)) continue;
  // Announce first, look second: the frame is not over while anybody is announced.
  Atomics.add(control, BAND.active, 1);
  try {
    composeClaimed();
  } finally {
    // Also when a kernel traps: the frame must not wait for a thread that is gone.
    Atomics.sub(control, BAND.active, 1);
    Atomics.notify(control, BAND.active);
  }
}

/** Composes portions of the frame until none is left. */
function composeClaimed(): void {
  for (;;) {
    // Read once: a helper that comes late to one frame may take its row from the next one, whose portions differ.
    const portion = Atomics.load(control, BAND.portion);
    const row = Atomics.add(control, BAND.nextRow, portion);
    const end = Atomics.load(control, BAND.endRow);
    if (row >= end) return;
    kernels.composeRows(Atomics.load(control, BAND.plan), scratch, row, Math.min(end, row + portion));
  }
}
