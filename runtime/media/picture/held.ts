/**
 * Pictures that libvips would map into memory: they are read first. A file that somebody makes shorter while it is mapped, as every copy over it
 * does, ends the program (SIGBUS; seen with JPEG, WebP and GIF, libvips 8.18). So only kinds that libvips reads piece by piece are left to it.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { firstFrameEnd, GIF_TRAILER, isGif } from './gif';
import { PictureError } from './input';
import { isJpeg } from './jpeg-end';
import { isPng } from './png-gamma';
import { mayBeVector } from './vector';
import { isWebp } from './webp-end';

/** Of a longer GIF only the first frame is read, which is all that is shown: moving pictures may have hundreds of MiB. */
const WHOLE_GIF_BYTES = 16 * 2 ** 20;

const isMapped = (head: Buffer): boolean => isJpeg(head) || isWebp(head) || isGif(head);

/** PNG, TIFF, AVIF and HEIC, SVG. */
function isReadInPieces(head: Buffer): boolean {
  const isTiff = /^(?:II[*+]\0|MM\0[*+])/.test(head.toString('latin1', 0, 4));
  return isPng(head) || isTiff || head.toString('latin1', 4, 8) === 'ftyp' || mayBeVector(head);
}

/**
 * The bytes of a file of such a kind, by its first ones; undefined for kinds that are left to libvips. Rejects where it has more than `mostBytes`.
 */
export async function heldBytes(path: string, head: Buffer, mostBytes = Infinity): Promise<Buffer | undefined> {
  if (isReadInPieces(head)) return undefined;
  const file = await open(path);
  try {
    // No picture, or none yet.
    if (!isMapped(head)) return await firstBytes(file, HEADER_BYTES);
    const { size } = await file.stat();
    if (isGif(head) && size > WHOLE_GIF_BYTES) return await firstFrame(file, Math.min(size, mostBytes));
    if (size > mostBytes) throw tooLarge(size, mostBytes);
    return await firstBytes(file, size);
  } finally {
    await file.close();
  }
}

/** Enough for the headers of nearly all files; profiles and thumbnails stand before the pixels. */
const HEADER_BYTES = 2 ** 20;

/** As `heldBytes`, of the beginning alone. */
export async function heldBeginning(path: string, head: Buffer): Promise<Buffer | undefined> {
  if (isReadInPieces(head)) return undefined;
  const file = await open(path);
  return firstBytes(file, HEADER_BYTES).finally(() => file.close());
}

/** A GIF of the first frame alone; all that was read where it does not end. */
async function firstFrame(file: FileHandle, mostBytes: number): Promise<Buffer> {
  for (let bytes = WHOLE_GIF_BYTES / 16; ; bytes *= 4) {
    const read = await firstBytes(file, Math.min(bytes, mostBytes));
    const end = firstFrameEnd(read);
    if (end !== undefined) return Buffer.concat([read.subarray(0, end), GIF_TRAILER]);
    if (bytes >= mostBytes) return read;
  }
}

/** So many, or as many as there are. */
async function firstBytes(file: FileHandle, count: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await file.read(buffer, filled, count - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  if (filled === 0) throw new PictureError('Input file is empty', 'copy it again, replace or remove it');
  return buffer.subarray(0, filled);
}

function tooLarge(bytes: number, mostBytes: number): PictureError {
  const mib = (count: number): string => `${Math.ceil(count / 2 ** 20)} MiB`;
  const because = `the file has ${mib(bytes)}, more than ${mib(mostBytes)}`;
  return new PictureError(because, 'save it smaller, or raise theme.decodeBytes');
}
