/** How much of a WAV file is there: its header says how long the sound is, and a copy that was cut short has less. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Chunks before the samples: a few, and pictures or notes of a few MB are skipped unread. */
const MOST_CHUNKS = 64;
const CHUNK_HEAD_BYTES = 8;
/** Sizes that a writer leaves which does not know the length. */
const UNKNOWN_SIZES: readonly number[] = [0, 0xffff_ffff, 0xffff_fffe, 0x7fff_ffff];

/** By how many ms of sound a WAV file is shorter than its header says; 0 for whole ones and for all other files. */
export function missingWavMs(path: string): number {
  const fd = openSync(path, 'r');
  try {
    return missingMs(fd, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

function missingMs(fd: number, fileBytes: number): number {
  const head = bytesAt(fd, 0, 12);
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return 0;
  let bytesPerSecond = 0;
  for (let at = 12, chunks = 0; chunks < MOST_CHUNKS && at + CHUNK_HEAD_BYTES <= fileBytes; chunks++) {
    const chunk = bytesAt(fd, at, CHUNK_HEAD_BYTES);
    const [name, size] = [chunk.toString('latin1', 0, 4), chunk.readUInt32LE(4)];
    const from = at + CHUNK_HEAD_BYTES;
    if (name === 'fmt ') bytesPerSecond = bytesAt(fd, from, 12).readUInt32LE(8);
    if (name === 'data') {
      const missingBytes = from + size - fileBytes;
      return UNKNOWN_SIZES.includes(size) || bytesPerSecond === 0
        ? 0
        : Math.max(0, (missingBytes / bytesPerSecond) * 1000);
    }
    // Chunks begin at even places.
    at = from + size + (size % 2);
  }
  return 0;
}

/** Zeros where the file ends before. */
function bytesAt(fd: number, at: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  readSync(fd, bytes, 0, count, at);
  return bytes;
}
