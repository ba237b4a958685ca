/** Reads pictures that libvips alone reads wrongly or not at all: each kind has its own cure. */
import { open, stat } from 'node:fs/promises';
import { heldBeginning, heldBytes } from './held';
import { isHeif, readHeif } from './heif';
import { PictureError, type PictureInput, type ReadInput } from './input';
import { isJpeg, readJpegWithoutEnd } from './jpeg-end';
import { isPng, withGammaProfile } from './png-gamma';
import { mayBeVector, readVectorText } from './vector';

/** Enough for every kind to be known by. */
const HEAD_BYTES = 64;

interface Cure {
  /** Whether a file that begins like this may be of the kind. libvips' messages do not count: those of two decodes at once get mixed. */
  readonly fits: (head: Buffer) => boolean;
  /** Rejects with `cause`, or a clearer error, where the file is broken in another way. */
  readonly read: <T>(path: string, cause: unknown, read: ReadInput<T>) => Promise<T>;
}

const CURES: readonly Cure[] = [
  { fits: isJpeg, read: readJpegWithoutEnd },
  { fits: isHeif, read: readHeif },
  { fits: mayBeVector, read: readVectorText },
];

/**
 * Reads a picture by `read`, which is called again with another input where the file is of a kind that needs it. Resolves with what `read`
 * gave; rejects as `read` does, or with a `PictureError`, also where more than `mostBytes` of the file would be kept in memory. Any thread.
 */
export async function readPicture<T>(path: string, read: ReadInput<T>, mostBytes = Infinity): Promise<T> {
  if (await isOddFile(path)) throw new PictureError('it is no file but a pipe, a device or a folder', 'take it out');
  const head = await headOf(path);
  const bytes = isPng(head) ? await withGammaProfile(path) : await heldBytes(path, head, mostBytes);
  const source: PictureInput['source'] = bytes ?? path;
  try {
    return await read({ source, failOn: 'error' });
  } catch (cause) {
    const cure = cause instanceof PictureError ? undefined : CURES.find(({ fits }) => fits(head));
    if (cure === undefined) throw cause;
    return cure.read(path, cause, read);
  }
}

/** Reads what a picture's header says, without the cures. Rejects as `read` does. */
export async function readHeader<T>(path: string, read: ReadInput<T>): Promise<T> {
  const head = await headOf(path);
  const beginning = await heldBeginning(path, head);
  if (beginning === undefined) return read({ source: path, failOn: 'error' });
  try {
    return await read({ source: beginning, failOn: 'none' });
  } catch {
    return read({ source: (await heldBytes(path, head)) ?? path, failOn: 'error' });
  }
}

/** Whether opening it might wait for ever. */
async function isOddFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isFile(),
    () => false,
  );
}

/** Empty where the file cannot be read: whoever reads it next says why. */
async function headOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return Buffer.alloc(0);
  }
}
