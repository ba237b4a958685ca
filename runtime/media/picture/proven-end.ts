/** Picture files that show that they have their end: one that is being copied has none yet. */
import { open } from 'node:fs/promises';
import { hasGifEnd, isGif } from './gif';
import { isJpeg, lacksEnd } from './jpeg-end';
import { isPng, PNG_END } from './png-gamma';
import { hasWebpEnd, isWebp } from './webp-end';

const HEAD_BYTES = 64;
const TAIL_BYTES = 16;
/** Blocks of a longer GIF are not followed to its end. */
const MOST_GIF_BYTES = 64 * 2 ** 20;

/**
 * Whether the end of a file is there. Of kinds that libvips never decodes in part it counts as there, but where the last bytes are zeros: the size
 * may have been set before the contents (as Windows does on a network folder). True for what is empty or cannot be read: whoever reads it says why.
 */
export async function hasProvenEnd(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size === 0) return true;
      const part = async (from: number, count: number): Promise<Buffer> => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, Math.max(0, from));
        return buffer.subarray(0, bytesRead);
      };
      const head = await part(0, HEAD_BYTES);
      const tail = await part(size - TAIL_BYTES, TAIL_BYTES);
      if (isJpeg(head)) return !(await lacksEnd(path));
      if (isPng(head)) return tail.subarray(-PNG_END.length).equals(PNG_END);
      if (isGif(head)) return size <= MOST_GIF_BYTES && hasGifEnd(await part(0, size));
      if (tail.every((byte) => byte === 0)) return false;
      return !isWebp(head) || hasWebpEnd(head, size);
    } finally {
      await file.close();
    }
  } catch {
    return true;
  }
}
