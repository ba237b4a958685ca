/** How much memory GL reads or writes for a rectangle of pixels. Pure. */
import { GL } from './gl';

/** Channels of a byte each in a format of the subset; 0 for any other format. */
function pixelBytes(format: number): number {
  return format === GL.RGBA || format === GL.BGRA ? 4 : format === GL.RGB ? 3 : format === GL.LUMINANCE ? 1 : 0;
}

/**
 * Bytes from the first to the last pixel of a rectangle: rows begin at multiples of `alignment` (1, 2, 4 or 8), and nothing
 * follows the last row. 0 for an empty rectangle or a format outside the subset, which GL refuses by itself.
 */
export function pixelSpanBytes(width: number, height: number, format: number, alignment: number): number {
  const rowBytes = width * pixelBytes(format);
  if (rowBytes <= 0 || height <= 0) return 0;
  const strideBytes = (rowBytes + alignment - 1) & -alignment;
  return strideBytes * (height - 1) + rowBytes;
}
