/** A thread that does nothing but mix: what the kernel alone can do on this machine. */
import { parentPort, workerData } from 'node:worker_threads';
import { openArena } from '../../runtime/arena/arena';
import { loadKernels } from '../../runtime/render/cpu/kernel-module';

const { ms, widthPx, rows } = workerData as { ms: number; widthPx: number; rows: number };
const rowBytes = widthPx * 3;
const arena = openArena(rows * widthPx * 10 + 4096);
const below = arena.allocate(rows * rowBytes + 64)!.offset;
const above = arena.allocate(rows * rowBytes + 64)!.offset;
const frame = arena.allocate(rows * widthPx * 4)!.offset;
arena.bytes.fill(90, below, below + rows * rowBytes);
arena.bytes.fill(180, above, above + rows * rowBytes);
const { mixRow } = loadKernels(arena.memory);

let frames = 0;
const startMs = performance.now();
while (performance.now() - startMs < ms) {
  const weight = 1 + (frames % 255);
  for (let row = 0; row < rows; row++)
    mixRow(below + row * rowBytes, above + row * rowBytes, frame + row * widthPx * 4, widthPx, weight);
  frames += 1;
}
parentPort!.postMessage((frames / (performance.now() - startMs)) * 1000);
