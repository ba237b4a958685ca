/** The most usual clip, as the memory account sees it: 1080p H.264 at 30 frames a second. */
import type { ClipFigure } from '../../runtime/options/clip-need';

export const FULL_HD_CLIP: ClipFigure = {
  codec: 'h264',
  codedWidthPx: 1920,
  codedHeightPx: 1080,
  widthPx: 1920,
  heightPx: 1080,
  rateHz: 30,
  pixelFormat: 'yuv420p',
};
