/** What a decode needs in memory at once, told from the picture's header before anything is decoded. Pure. */

/** The part of sharp's metadata that decides. */
export interface PictureHeader {
  readonly format?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly isProgressive?: boolean | undefined;
}

/** A progressive JPEG keeps all its coefficients: 16 bits for each sample, 1.5 samples a pixel with the usual chroma (libjpeg). */
const PROGRESSIVE_JPEG_BYTES = 3;
/** Everything else that is decoded whole: four channels of 8 bits. */
const WHOLE_BYTES = 4;
/** Formats libvips reads strip by strip; memory does not grow with the height. Vector pictures are drawn at their target's size. */
const STREAMED = new Set(['jpeg', 'png', 'tiff', 'svg', 'ppm', 'raw']);

/** Bytes a decode keeps of the source at once; 0 where it passes through in strips. */
export function wholeDecodeBytes({ format = '', width, height, isProgressive = false }: PictureHeader): number {
  if (isProgressive) return width * height * (format === 'jpeg' ? PROGRESSIVE_JPEG_BYTES : WHOLE_BYTES);
  return STREAMED.has(format) ? 0 : width * height * WHOLE_BYTES;
}
