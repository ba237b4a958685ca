/** A band helper's thread: sleeps until there is a frame, composes portions of it, sleeps again. */
import { workerData } from 'node:worker_threads';
import { BAND, type BandWorkerData } from './bands';
import { loadKernels } from './kernel-module';

const { memory, control: buffer, scratch } = workerData as BandWorkerData;
const control = new Int32Array(buffer);
const kernels = loadKernels(memory);

for (let seen = 0; ;) {
  Atomics.wait(control, BAND.serial, seen);
  seen = Atomics.load(control, BAND.serial);
  if (Atomics.load(control, BAND.stop) === 1) break;
  // Announce first, look second: the frame is not over while anybody is announced.
  Atomics.add(control, BAND.active, 1);
  for (;;) {
    // Read once: a helper that comes late to one frame may take its row from the next one, whose portions differ.
    const portion = Atomics.load(control, BAND.portion);
    const row = Atomics.add(control, BAND.nextRow, portion);
    const end = Atomics.load(control, BAND.endRow);
    if (row >= end) break;
    kernels.composeRows(Atomics.load(control, BAND.plan), scratch, row, Math.min(end, row + portion));
  }
  Atomics.sub(control, BAND.active, 1);
  Atomics.notify(control, BAND.active);
}
