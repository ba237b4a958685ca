/** The most that the decode of a picture keeps of its source at once, over many files, by the headers of the largest. */
import { stat } from 'node:fs/promises';
import { wholeDecodeBytes } from './decode-need';
import { loadSharp } from '../../runtime/media/picture/sharp-library';

/** A header takes half a millisecond; a picture that needs much memory is a large file, too. */
const MOST_HEADERS = 16;
/** The source of a smaller file fits into the memory that is counted for every decode. */
const SMALL_BYTES = 256 * 1024;

/** Never rejects: a file that cannot be read counts nothing. */
export async function largestSourceBytes(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => ({ path, size }),
        () => ({ path, size: 0 }),
      ),
    ),
  );
  const largest = sizes
    .filter(({ size }) => size > SMALL_BYTES)
    .sort((a, b) => b.size - a.size)
    .slice(0, MOST_HEADERS);
  if (largest.length === 0) return 0;
  const sharp = loadSharp();
  const needs = await Promise.all(
    largest.map(({ path }) =>
      sharp(path, { limitInputPixels: false })
        .metadata()
        .then(wholeDecodeBytes, () => 0),
    ),
  );
  return Math.max(...needs);
}
