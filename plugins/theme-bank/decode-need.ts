/** What a decode needs in memory at once, told from the picture's header before anything is decoded. Pure. */

/** The part of sharp's metadata that decides. */
export interface PictureHeader {
  readonly format?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly channels?: number | undefined;
  /** `4:2:0`; of JPEGs with colour. */
  readonly chromaSubsampling?: string | undefined;
  readonly isProgressive?: boolean | undefined;
}

/** A progressive JPEG keeps all its coefficients, 16 bits each (libjpeg). */
const COEFFICIENT_BYTES = 2;
/** Samples a pixel by how colour is stored; usual is half the width and half the height. */
const SAMPLES: Readonly<Record<string, number>> = { '4:2:0': 1.5, '4:1:1': 1.5, '4:2:2': 2, '4:4:0': 2 };
/** Everything else that is decoded whole: four channels of 8 bits. */
const WHOLE_BYTES = 4;
/** Formats libvips reads strip by strip; memory does not grow with the height. Vector pictures are drawn at their target's size. */
const STREAMED = new Set(['jpeg', 'png', 'tiff', 'svg', 'ppm', 'raw']);

/** Bytes a decode keeps of the source at once; 0 where it passes through in strips. */
export function wholeDecodeBytes(header: PictureHeader): number {
  const { format = '', width, height, isProgressive = false } = header;
  if (isProgressive) return width * height * (format === 'jpeg' ? COEFFICIENT_BYTES * samplesOf(header) : WHOLE_BYTES);
  return STREAMED.has(format) ? 0 : width * height * WHOLE_BYTES;
}

function samplesOf({ channels = 3, chromaSubsampling }: PictureHeader): number {
  return channels === 1 ? 1 : chromaSubsampling === undefined ? 1.5 : (SAMPLES[chromaSubsampling] ?? channels);
}
