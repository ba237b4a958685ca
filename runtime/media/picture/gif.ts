/** GIF pictures as a chain of blocks: where the first frame ends, and whether the chain has its end (GIF89a, appendix B). Pure. */

const SIGNATURE = /^GIF8[79]a/;
/** Signature, size, flags, background, aspect. */
const HEADER_BYTES = 13;
const FLAGS_AT = 10;
/** Introducer, place, size, flags. */
const IMAGE_BYTES = 10;
const IMAGE_FLAGS_AT = 9;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

export const GIF_TRAILER = Buffer.from([TRAILER]);

export function isGif(head: Buffer): boolean {
  return SIGNATURE.test(head.toString('latin1', 0, 6));
}

/** Bytes of the table of colours that flags tell of. */
const tableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));

/** Behind a chain of sub-blocks and its terminator; beyond the end where the bytes end first. */
function behindData(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1 + bytes[at]!) if (bytes[at] === 0) return at + 1;
  return Infinity;
}

/** Behind the block that begins there; Infinity where the bytes end before, or no block begins there. */
function behindBlock(bytes: Buffer, at: number): number {
  if (bytes[at] === EXTENSION) return behindData(bytes, at + 2);
  const flags = bytes[at + IMAGE_FLAGS_AT];
  if (bytes[at] !== IMAGE || flags === undefined) return Infinity;
  return behindData(bytes, at + IMAGE_BYTES + tableBytes(flags) + 1);
}

const firstBlock = (bytes: Buffer): number => HEADER_BYTES + tableBytes(bytes[FLAGS_AT] ?? 0);

/** Where the first frame ends; undefined where the bytes end before. */
export function firstFrameEnd(bytes: Buffer): number | undefined {
  for (let at = firstBlock(bytes); at < bytes.length;) {
    const isFrame = bytes[at] === IMAGE;
    at = behindBlock(bytes, at);
    if (isFrame && at <= bytes.length) return at;
  }
  return undefined;
}

/** Whether a chain of whole blocks leads to the trailer. */
export function hasGifEnd(bytes: Buffer): boolean {
  for (let at = firstBlock(bytes); at < bytes.length; at = behindBlock(bytes, at))
    if (bytes[at] === TRAILER) return true;
  return false;
}
