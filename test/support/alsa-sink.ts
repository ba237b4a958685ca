/** A sound card that is a file: takes samples as fast as a card would, writes them down. Arguments: file, bytes a second. */
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';

const [file, rate] = [process.argv[2]!, Number(process.argv[3])];
writeFileSync(`${file}.pid`, String(process.pid));
const output = openSync(file, 'w');
const block = Buffer.alloc(4096);
const pause = new Int32Array(new SharedArrayBuffer(4));
const startMs = performance.now();
let bytes = 0;
for (;;) {
  const got = readSync(0, block);
  if (got === 0) break;
  writeSync(output, block, 0, got);
  bytes += got;
  const earlyMs = (bytes / rate) * 1000 - (performance.now() - startMs);
  if (earlyMs > 0) Atomics.wait(pause, 0, 0, earlyMs);
}
closeSync(output);
