/** HEIC pictures, as phones take them, also under other names. libvips reads the container and not the codec; `heif-convert` reads both. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLine, startChild } from '../child';
import { programOnPath } from '../../core/program-on-path';
import { limitTime } from '../../core/time-limit';
import { PictureError, type ReadInput } from './input';

const BRANDS = new Set('heic heix heim heis hevc hevx hevm hevs mif1 mif2 msf1'.split(' '));
/** The name that libheif gives it, and the one from version 1.19 on. */
const PROGRAMS = ['heif-convert', 'heif-dec'];
/** Bounds the converter's address space (util-linux, on every Debian). */
const PRLIMIT = '/usr/bin/prlimit';
/** 48 megapixels in YUV and RGB take half of it. */
const MOST_BYTES = 2 ** 30;
/** 12 megapixels take 0.6 s on a desktop core and ten times that on a small board. */
const LIMIT_MS = 60_000;
/** Nothing of it is seen at the size of a screen. */
const QUALITY = '95';

export function isHeif(head: Buffer): boolean {
  return head.toString('latin1', 4, 8) === 'ftyp' && BRANDS.has(head.toString('latin1', 8, 12));
}

/** Reads a JPEG that the converter makes of it, which is removed again. Rejects with a `PictureError` where that is not possible. */
export async function readHeif<T>(path: string, _cause: unknown, read: ReadInput<T>): Promise<T> {
  const converter = PROGRAMS.map((name) => programOnPath(name, process.env)).find((found) => found !== undefined);
  if (converter === undefined)
    throw new PictureError(
      'it is a HEIC picture, and heif-convert is not installed',
      'install the package libheif-examples, or convert it to jpg',
    );
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-heif-'));
  try {
    await convert(converter, path, join(folder, 'picture.jpg'));
    // Of several pictures in one file each gets a number; the first is the one that its maker put first.
    const [first] = (await readdir(folder)).sort();
    if (first === undefined) throw unreadable('heif-convert found no picture in it');
    return await read({ source: join(folder, first), failOn: 'error' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function convert(converter: string, from: string, to: string): Promise<void> {
  const child = startChild(PRLIMIT, [`--as=${MOST_BYTES}`, converter, '-q', QUALITY, from, to], 'ignore');
  let isLate = false;
  const endLimit = limitTime(child.pid, LIMIT_MS, () => {
    isLate = true;
    child.kill();
  });
  const { code, complaint } = await child.ended;
  endLimit();
  if (isLate) throw unreadable(`heif-convert took longer than ${LIMIT_MS / 1000} s`);
  if (code !== 0) throw unreadable(`heif-convert: ${lastLine(complaint) || `it ended with ${code}`}`);
}

const unreadable = (because: string): PictureError =>
  new PictureError(because, 'copy it again, or convert it to jpg elsewhere');
