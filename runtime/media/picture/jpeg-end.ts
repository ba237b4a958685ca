/** JPEGs whose scan is whole and whose end marker is missing: the last bytes were lost, or something else was written over them. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../core/errors';
import type { ReadInput } from './input';

const END = Buffer.from([0xff, 0xd9]);

export function isJpeg(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;
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
