/** What a vector picture may cost: some kilobytes of text can keep a processor busy for hours, and librsvg cannot be stopped. */
import { open } from 'node:fs/promises';
import { mayBeVector } from './vector';

/** A text without any of `COSTLY` is drawn in a time that goes with its length: this much in about a tenth of a second of a desktop's core. */
const CHEAP_BYTES = 128 * 1024;

/** Elements that draw others again, work on every pixel, or bring other pictures; and strokes of any number of dashes. */
const COSTLY = /<(?:[\w.-]+:)?(?:filter|use|pattern|mask|marker|image|foreignObject|symbol)[\s>/]|<!ENTITY|stroke-dasharray/i;

/** Files that are read to find a costly one; where there are more, one of them is taken to be. */
const MOST_READ = 256;
const VECTOR_NAME = /\.svgz?$/i;

/** Whether any of these files is a vector picture whose cost nobody knows, by those that are named as such pictures. Never rejects. */
export async function hasCostlyVector(paths: readonly string[]): Promise<boolean> {
  const named = paths.filter((path) => VECTOR_NAME.test(path));
  if (named.length > MOST_READ) return true;
  for (const path of named) if (await isCostlyVector(path)) return true;
  return false;
}

/** Whether a file may be a vector picture whose cost nobody knows. A file that cannot be read is none: whoever reads it says why. */
export async function isCostlyVector(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const head = await file.read(Buffer.alloc(64), 0, 64, 0);
      if (!mayBeVector(head.buffer.subarray(0, head.bytesRead))) return false;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(CHEAP_BYTES + 1), 0, CHEAP_BYTES + 1, 0);
      // Of what is packed, or of wide letters, the text is not looked through.
      const isPlain = buffer[0] !== 0x1f && !buffer.subarray(0, 64).includes(0);
      return bytesRead > CHEAP_BYTES || !isPlain || COSTLY.test(buffer.subarray(0, bytesRead).toString('latin1'));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
