/** Findings from picture files: the size, and why a file will be skipped. Decodes each of them, small, as playing would. */
import { availableParallelism } from 'node:os';
import sharp, { type Metadata } from 'sharp';
import { MOST_PICTURE_PIXELS } from '../core/agreed';
import type { Issue } from '../core/errors';
import { libvipsReason } from '../core/libvips-reason';
import { PictureError, type PictureInput } from '../media/picture/input';
import { lacksEnd } from '../media/picture/jpeg-end';
import { readPicture } from '../media/picture/read-picture';
import { vectorDensity } from '../media/picture/vector';

export interface PictureFinding {
  /** Upright; absent where the picture will be skipped. */
  readonly size?: readonly [width: number, height: number];
  readonly warning?: Issue;
}

/** Called after each picture: so many of so many were decoded. */
export type Progress = (done: number, count: number) => void;

/** Edge of the decoded picture. A JPEG is decoded at an eighth of its size: 80 ms instead of 135 for 12 megapixels (x86-64). */
const SMALL_PX = 64;

/** Decodes each file, one a core at a time. Never rejects for what it finds; findings in the order of the files. */
export async function lookAtPictures(
  files: readonly string[],
  onProgress: Progress = () => {},
): Promise<PictureFinding[]> {
  const findings: PictureFinding[] = [];
  const left = files.entries();
  let done = 0;
  const look = async (): Promise<void> => {
    for (const [index, file] of left) {
      findings[index] = await lookAt(file);
      onProgress((done += 1), files.length);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, look));
  return findings;
}

async function lookAt(file: string): Promise<PictureFinding> {
  try {
    return await readPicture(file, async (input) => {
      const header = await sharp(input.source, { limitInputPixels: false }).metadata();
      const finding = judge(file, header);
      if (finding.size === undefined) return finding;
      await decodeSmall(input, header);
      const isUnended = input.isMended !== true && header.format === 'jpeg' && (await lacksEnd(file));
      const isMended = input.isMended === true || isUnended;
      if (isUnended) await decodeSmall({ ...input, isMended }, header);
      return isMended && finding.warning === undefined ? { ...finding, warning: withoutEnd(file) } : finding;
    });
  } catch (cause) {
    const { because, remedy } =
      cause instanceof PictureError
        ? cause
        : { because: libvipsReason(cause), remedy: 'copy it again, replace or remove it' };
    return { warning: { file, message: `cannot be decoded and will be skipped: ${because}`, remedy } };
  }
}

/** With the same strictness as when it is played: a file that was only half copied has a good header. */
async function decodeSmall({ source, failOn, isMended = false }: PictureInput, header: Metadata): Promise<void> {
  // Decoded at an eighth of its size, a JPEG may lack its last rows unnoticed.
  if (isMended) {
    const last = { left: 0, top: header.height - 1, width: 1, height: 1 };
    await sharp(source, { failOn, limitInputPixels: MOST_PICTURE_PIXELS, sequentialRead: true })
      .extract(last)
      .raw()
      .toBuffer();
    return;
  }
  const box = { widthPx: SMALL_PX, heightPx: SMALL_PX, fit: 'contain' } as const;
  const density = header.format === 'svg' ? { density: vectorDensity(header, box) } : {};
  await sharp(source, {
    ...{ failOn, limitInputPixels: MOST_PICTURE_PIXELS, sequentialRead: true, animated: false },
    ...density,
  })
    .resize(SMALL_PX, SMALL_PX, { fit: 'inside' })
    .raw()
    .toBuffer();
}

const withoutEnd = (file: string): Issue => ({
  file,
  message: 'ends without its end marker, as if its last bytes were missing; it is shown as it is',
  remedy: 'copy it again, or save it anew',
});

/** Findings from a picture's header. Pure. */
export function judge(
  file: string,
  header: Pick<Metadata, 'width' | 'height' | 'autoOrient'> & Partial<Metadata>,
): PictureFinding {
  const { width, height } = header.autoOrient;
  const size = [width, header.pageHeight ?? height] as const;
  const pixels = header.width * header.height;
  if (pixels > MOST_PICTURE_PIXELS && header.format !== 'svg') {
    const message = `has ${header.width}x${header.height} pixels, more than ${MOST_PICTURE_PIXELS}, and will be skipped`;
    return { warning: { file, message, remedy: 'make it smaller' } };
  }
  if ((header.pages ?? 1) > 1) {
    const message = `has ${header.pages} pages; only the first is shown`;
    return { size, warning: { file, message, remedy: 'nothing to do if that is meant' } };
  }
  if (header.space === 'cmyk') {
    return {
      size,
      warning: { file, message: 'is CMYK; its colours will differ from print', remedy: 'save it as sRGB' },
    };
  }
  return { size };
}

/** The size with the most pixels. */
export function largestOf(findings: readonly PictureFinding[]): {
  readonly largestPx?: readonly [width: number, height: number];
} {
  const sizes = findings.flatMap(({ size }) => (size === undefined ? [] : [size]));
  if (sizes.length === 0) return {};
  return { largestPx: sizes.reduce((a, b) => (b[0] * b[1] > a[0] * a[1] ? b : a)) };
}
