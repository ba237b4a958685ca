/** Vector pictures: SVG that libvips does not recognise, and the density at which one has the size it is shown at. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ReadInput } from './input';

/** At this density a vector picture has the size it names. */
const NATURAL_DPI = 72;
/** sharp takes no less and no more. */
const LEAST_DPI = 1;
const MOST_DPI = 100_000;

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
/** How text begins: a byte order mark, white space, the first element. */
const TEXT = /^(?:\xef\xbb\xbf|\xff\xfe)?\0?\s*</;
/** Bytes of text; a larger one is no drawing that anybody shows. */
const MOST_BYTES = 64 * 2 ** 20;

/** libvips looks for the root element in the first 1000 bytes, where it may come late: comments, a document type with entities. */
const ROOT = /<(?:[\w.-]+:)?svg[\s>/]/;
const DECLARATION = /^\uFEFF?\s*(?:<\?xml\s[^>]*\?>)?/;
const SIGN = '<!--<svg -->';

/** Density in dpi at which a picture of this natural size covers a box, or fits into it. */
export function vectorDensity(
  natural: { readonly width: number; readonly height: number },
  box: { readonly widthPx: number; readonly heightPx: number; readonly fit: 'cover' | 'contain' },
): number {
  const scales = [box.widthPx / natural.width, box.heightPx / natural.height];
  const scale = box.fit === 'cover' ? Math.max(...scales) : Math.min(...scales);
  return Math.min(MOST_DPI, Math.max(LEAST_DPI, NATURAL_DPI * scale));
}

/** Whether a file that begins like this may be SVG. */
export function mayBeVector(head: Buffer): boolean {
  return isPacked(head) || TEXT.test(head.toString('latin1'));
}

const isPacked = (bytes: Buffer): boolean => bytes.subarray(0, 2).equals(GZIP_MAGIC);

/** Reads it with a comment in front by which libvips knows it. Rejects with `cause` where it is no SVG. */
export async function readVectorText<T>(path: string, cause: unknown, read: ReadInput<T>): Promise<T> {
  const text = await textOf(path);
  if (text === undefined || !ROOT.test(text)) throw cause;
  // Its encoding is UTF-8 now, whatever it was declared to be.
  const source = Buffer.from(text.replace(DECLARATION, SIGN));
  return read({ source, failOn: 'error' });
}

/** Undefined where it is not text, or too much of it. */
async function textOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path);
  try {
    const plain = isPacked(bytes) ? await promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
    if (plain.length > MOST_BYTES) return undefined;
    const isWide = plain.length > 2 && plain.readUInt16LE(0) === 0xfeff;
    return new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(plain);
  } catch {
    return undefined;
  }
}
