/** The observer's thread: reads the code off the screen about a thousand times a second and notes every change. */
import { openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { BLOCK_PX, BLOCKS } from './coded-clip';

/** XWD's header: 32-bit words, the greatest byte first. */
const HEADER_WORDS = 25;
const [HEADER_BYTES, BYTES_PER_LINE, COLOURS] = [0, 12, 19];
const COLOUR_BYTES = 12;

/** No code: a dark screen, or something else. */
export const BLACK = -1;
export const OTHER = -2;

export interface Sighting {
  readonly atMs: number;
  readonly code: number;
}

const { framebuffer, stop } = workerData as { framebuffer: string; stop: SharedArrayBuffer };
const stopped = new Int32Array(stop);
const file = openSync(framebuffer, 'r');
const header = Buffer.alloc(HEADER_WORDS * 4);
readSync(file, header, 0, header.length, 0);
const word = (index: number): number => header.readUInt32BE(index * 4);
const row = Buffer.alloc(BLOCK_PX * BLOCKS * 4);
const at = word(HEADER_BYTES) + word(COLOURS) * COLOUR_BYTES + (BLOCK_PX / 2) * word(BYTES_PER_LINE);

function read(): number {
  readSync(file, row, 0, row.length, at);
  const level = (block: number): number => row[(block * BLOCK_PX + BLOCK_PX / 2) * 4 + 1]!;
  if (level(0) > 200 && level(1) < 55) {
    let code = 0;
    for (let bit = 0; bit < BLOCKS - 2; bit++) if (level(bit + 2) > 127) code |= 1 << bit;
    return code;
  }
  return Array.from({ length: BLOCKS }, (_, block) => level(block)).every((value) => value < 30) ? BLACK : OTHER;
}

const sightings: Sighting[] = [];
let before = NaN;
let noted = NaN;
let samples = 0;
const startMs = performance.timeOrigin + performance.now();
while (Atomics.wait(stopped, 0, 0, 0.7) === 'timed-out') {
  const atMs = performance.timeOrigin + performance.now();
  const code = read();
  samples += 1;
  // A row may be read while it is written: what is seen twice is there.
  if (code === before && code !== noted) {
    sightings.push({ atMs, code });
    noted = code;
  }
  before = code;
}
parentPort!.postMessage({ sightings, hz: (samples / (performance.timeOrigin + performance.now() - startMs)) * 1000 });
