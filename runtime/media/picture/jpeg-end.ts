/** JPEGs whose scan is whole and whose end marker is missing: the last bytes were lost, or something else was written over them. */
import { open, readFile } from 'node:fs/promises';
import { messageOf } from '../../core/errors';
import type { ReadInput } from './input';

const END = Buffer.from([0xff, 0xd9]);

export function isJpeg(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;
}

const START_OF_SCAN = 0xda;
/** Start of image; then segments of a marker and a length, which counts itself. */
const HEADER_BYTES = 2;

/** Where the first scan begins; undefined where no segments lead to one. A thumbnail in a segment before it has an end of its own. Pure. */
function scanStart(bytes: Buffer): number | undefined {
  for (let at = HEADER_BYTES; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    // A marker may have any number of fill bytes before it.
    if (marker === 0xff) at += 1;
    else if (marker === START_OF_SCAN) return at;
    else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** Whether no end marker follows the scan. libjpeg notices it only where the samples of the last bytes are missing as well. */
export async function lacksEnd(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(END.length);
    await file.read(tail, 0, tail.length, Math.max(0, size - tail.length));
    if (tail.equals(END)) return false;
  } finally {
    await file.close();
  }
  const bytes = await readFile(path);
  const start = scanStart(bytes);
  return start !== undefined && !bytes.includes(END, start);
}

/**
 * Reads it with the marker put back. libjpeg then warns where samples are missing, so half a copy is still rejected, with `cause`: its
 * own complaint would be of the bytes that were put there.
 */
export async function readJpegWithoutEnd<T>(path: string, cause: unknown, read: ReadInput<T>): Promise<T> {
  const source = Buffer.concat([await readFile(path), END]);
  try {
    return await read({ source, failOn: 'warning', isMended: true });
  } catch (other) {
    // Something else was written behind the scan, or over the marker.
    if (messageOf(other).includes('extraneous bytes before marker'))
      return read({ source, failOn: 'error', isMended: true });
    throw cause;
  }
}
