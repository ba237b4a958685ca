/** The needs of a picture's decode beside its result, by its header. Pure. */
import { MOST_VECTOR_BYTES } from '../core/agreed';
import { frameBytes, slabBytes, storedSize, type PanelSize } from './footprint';
import { MIB } from './row';

/** A picture file as the account sees it. */
export interface PictureFigure {
  /** As stored: before it is turned upright. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Whether its width is the height of what is seen. */
  readonly lies: boolean;
  /** Of a pixel as it is decoded: channels times bytes of a sample. */
  readonly pixelBytes: number;
  /** JPEGs that are much larger than they are shown are decoded at a half, a quarter or an eighth; undefined for other formats. */
  readonly jpeg?: { readonly hasHalfColour: boolean };
  /** The decode keeps so many bytes of the source at once; 0 where it passes through in strips. */
  readonly wholeBytes: number;
}

/**
 * Rows of the source that are in memory while it passes through, and what comes beside them. Measured with libvips 8.18, one thread a decode, from
 * 1920 to 12,000 px wide, shown at 1920x1080 and at 2208x1242: JPEG with its usual half of colour 1410 to 1640, PNG, TIFF and other JPEG up to 1940.
 */
const ROWS = 1950;
const ROWS_OF_USUAL_JPEG = 1650;
/** Of a JPEG that is decoded smaller, beside those: at its full width. */
const ROWS_BEFORE_HALVING = 180;
const OWN_BYTES = MIB;

/** How many times larger than it is shown a JPEG has to be for each half (measured with sharp 0.35: 2.7 is not, 3.1 is enough). */
const HALVED_FROM = 3;
const MOST_HALVES = 3;

/** Of pictures that nobody has looked at: a camera's of 12 megapixels. */
export const USUAL_STRIP_BYTES = 24 * MIB;

/** Bytes that the decode of a picture needs while it passes through, beside the result; `motion`: stored larger than the panel. */
export function stripBytes(picture: PictureFigure, panel: PanelSize, motion: boolean): number {
  const { widthPx, heightPx, lies, pixelBytes, jpeg } = picture;
  const target = storedSize(panel, motion);
  const [width, height] = lies ? [heightPx, widthPx] : [widthPx, heightPx];
  const scale = Math.min(width / target.widthPx, height / target.heightPx);
  const halves =
    jpeg === undefined ? 0 : Math.min(MOST_HALVES, Math.max(0, Math.floor(Math.log2(scale / HALVED_FROM)) + 1));
  const rows = jpeg?.hasHalfColour === true ? ROWS_OF_USUAL_JPEG : ROWS;
  const before = halves > 0 ? ROWS_BEFORE_HALVING : 0;
  return Math.ceil(widthPx * (rows / 2 ** halves + before) * pixelBytes) + OWN_BYTES;
}

/**
 * The process that draws a costly vector picture, without the drawing: what it writes to, and pages of the program's files that the show has
 * given back; so that shows of drawings with filters are planned with what they take (measured on x86-64 with Node 20, 1080p: 201 to 204 MiB).
 */
const VECTOR_PROCESS_BYTES = 38 * MIB;
/** The drawing as librsvg makes it, and two more of its size for filters. */
const VECTOR_SURFACES = 3;
/** The picture as the process hands it on, in parts as it arrives, and whole. */
const VECTOR_COPIES = 3;

/** Bytes of the process that draws costly vector pictures, one at a time; `motion`: stored larger than the panel. */
export function vectorBytes(panel: PanelSize, motion: boolean): number {
  const stored = storedSize(panel, motion);
  const pictures = VECTOR_COPIES * slabBytes(stored.widthPx, stored.heightPx);
  return Math.min(MOST_VECTOR_BYTES, VECTOR_PROCESS_BYTES + VECTOR_SURFACES * frameBytes(stored) + pictures);
}
