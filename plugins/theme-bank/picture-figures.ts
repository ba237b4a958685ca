/** Picture files as the memory account sees them, by the headers of the largest. */
import { stat } from 'node:fs/promises';
import type { Metadata } from 'sharp';
import type { PictureFigure } from '../../runtime/options/picture-need';
import { wholeDecodeBytes } from './decode-need';
import { readHeader } from '../../runtime/media/picture/read-picture';
import { loadSharp } from '../../runtime/media/picture/sharp-library';

/** A header takes half a millisecond; a picture that needs much memory is a large file, too. */
const MOST_HEADERS = 16;

/** Of the largest of these files. Never rejects: a file that cannot be read counts nothing. */
export async function largestPictures(paths: readonly string[]): Promise<readonly PictureFigure[]> {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => ({ path, size }),
        () => ({ path, size: 0 }),
      ),
    ),
  );
  const largest = sizes
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size)
    .slice(0, MOST_HEADERS);
  if (largest.length === 0) return [];
  const sharp = loadSharp();
  const figures = await Promise.all(
    largest.map(({ path }) =>
      readHeader(path, ({ source, failOn }) => sharp(source, { failOn, limitInputPixels: false }).metadata()).then(
        figureOf,
        () => undefined,
      ),
    ),
  );
  return figures.filter((figure) => figure !== undefined);
}

/** EXIF orientations from here on lie on a side. */
const FIRST_LYING = 5;

function figureOf(header: Metadata): PictureFigure | undefined {
  const { width, height, channels = 3, depth, format, orientation = 1, chromaSubsampling } = header;
  // Drawn at the size it is shown at: there is no source that passes through.
  if (format === 'svg') return { widthPx: 0, heightPx: 0, lies: false, pixelBytes: 0, wholeBytes: 0 };
  return {
    widthPx: width,
    heightPx: height,
    lies: orientation >= FIRST_LYING,
    pixelBytes: channels * (depth === 'uchar' ? 1 : depth === 'ushort' ? 2 : 4),
    ...(format === 'jpeg' ? { jpeg: { hasHalfColour: chromaSubsampling === '4:2:0' } } : {}),
    wholeBytes: wholeDecodeBytes(header),
  };
}
