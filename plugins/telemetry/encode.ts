/** Pictures of the stage as files: JPEG for the live picture, PNG for a screenshot. Runs on sharp's threads. */
import { loadSharp } from '../../runtime/media/picture/sharp-library';
import type { CapturedPicture } from '../../runtime/stage/view';

/** Wide enough for a page on a laptop, a quarter of the bytes of 1080p. */
export const PREVIEW_WIDTH_PX = 960;

/** Fine gradients stay smooth from about 75 on; beyond it mostly the bytes grow. */
const PREVIEW_QUALITY = 75;

/** At most PREVIEW_WIDTH_PX wide; never enlarged. */
export function previewJpeg(picture: CapturedPicture): Promise<Buffer> {
  return open(picture)
    .resize({ width: PREVIEW_WIDTH_PX, withoutEnlargement: true, kernel: 'linear' })
    .flatten()
    .jpeg({ quality: PREVIEW_QUALITY })
    .toBuffer();
}

/** The picture as it is, without its transparency: a screen has none. */
export function screenshotPng(picture: CapturedPicture): Promise<Buffer> {
  return open(picture).flatten().png().toBuffer();
}

function open({ pixels, widthPx, heightPx, channels }: CapturedPicture) {
  return loadSharp()(pixels, { raw: { width: widthPx, height: heightPx, channels } });
}
