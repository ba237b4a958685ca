/**
 * A sound card that notes when what it was given is heard, with a tone each second in it. Takes samples as fast as a card would; one that
 * had to wait goes on later, as cards do. Arguments: the file of notes, bytes a second. Frames are two floats.
 */
import { openSync, readSync, writeSync } from 'node:fs';

const [notes, rate] = [openSync(process.argv[2]!, 'w'), Number(process.argv[3])];
const FRAME_BYTES = 8;
const block = Buffer.alloc(256 * FRAME_BYTES);
const pause = new Int32Array(new SharedArrayBuffer(4));
/** Later than this it had to wait. */
const SLIP_MS = 30;
/** Quieter is silence; after so many frames of it a tone begins. */
const HEARD = 0.02;
const SILENT_FRAMES = 4800;

let zeroMs = performance.timeOrigin + performance.now();
let bytes = 0;
let silent = SILENT_FRAMES;
for (;;) {
  const got = readSync(0, block);
  if (got === 0) break;
  const lateMs = performance.timeOrigin + performance.now() - (zeroMs + (bytes / rate) * 1000);
  if (lateMs > SLIP_MS) zeroMs += lateMs;
  for (let at = 0; at + FRAME_BYTES <= got; at += FRAME_BYTES) {
    if (Math.abs(block.readFloatLE(at)) < HEARD) silent += 1;
    else {
      if (silent >= SILENT_FRAMES) writeSync(notes, `${(zeroMs + ((bytes + at) / rate) * 1000).toFixed(2)}\n`);
      silent = 0;
    }
  }
  bytes += got;
  const earlyMs = zeroMs + (bytes / rate) * 1000 - (performance.timeOrigin + performance.now());
  if (earlyMs > 0) Atomics.wait(pause, 0, 0, earlyMs);
}
