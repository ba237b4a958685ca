/** Text pictures: a line of text drawn with pango as white letters on a soft dark plate, premultiplied RGBA. */
import type { Panel } from '../../runtime/stage/panel';
import { loadSharp } from '../../runtime/media/picture/sharp-library';

export interface TextPicture {
  /** Premultiplied RGBA, tight rows, turned clockwise by the panel's turn. */
  readonly pixels: Uint8Array;
  /** Size of `pixels`, that is after the turn. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Letters of this height are read across a room; a subtitle's are about as high. */
const LETTER_RATIO = 1 / 18;

/** Lines break at this part of the panel's width. */
const WIDTH_RATIO = 0.86;

/** A plate is at most this part of the panel's height: what the memory account plans for an overlay. */
const HEIGHT_RATIO = 0.25;

/** Room around the letters, in letter heights. */
const PADDING_X = 0.7;
const PADDING_Y = 0.4;

/** How dark the plate is: white on it keeps a contrast of 5:1 even over white (WCAG asks for 4.5:1). */
const PLATE_OPACITY = 0.6;

/** Below this, letters cannot be read on any panel. */
const SMALLEST_LETTER_PX = 8;

/** Draws a text for the panel; smaller letters where it would be too high. Rejects when it cannot be drawn. */
export async function drawText(text: string, panel: Panel): Promise<TextPicture> {
  const first = Math.max(SMALLEST_LETTER_PX, Math.round(panel.heightPx * LETTER_RATIO));
  for (let letterPx = first; letterPx >= SMALLEST_LETTER_PX; letterPx = Math.floor(letterPx * 0.85)) {
    const padX = Math.round(letterPx * PADDING_X);
    const padY = Math.round(letterPx * PADDING_Y);
    const letters = await drawLetters(text, letterPx, Math.round(panel.widthPx * WIDTH_RATIO) - 2 * padX);
    const widthPx = letters.widthPx + 2 * padX;
    const heightPx = letters.heightPx + 2 * padY;
    if (heightPx <= panel.heightPx * HEIGHT_RATIO && widthPx <= panel.widthPx) {
      return plate(letters.png, { widthPx, heightPx, padX, padY }, panel);
    }
  }
  throw new Error('the text is too long for the panel');
}

/** Whether letters can be drawn at all: without a font pango draws boxes, and all boxes are equally wide. */
export async function fontExists(): Promise<boolean> {
  const [narrow, wide] = await Promise.all([drawLetters('i', 40, 400), drawLetters('W', 40, 400)]);
  return narrow.widthPx !== wide.widthPx;
}

async function drawLetters(
  text: string,
  letterPx: number,
  widthPx: number,
): Promise<{ png: Buffer; widthPx: number; heightPx: number }> {
  const { data, info } = await loadSharp()({
    text: {
      text: `<span foreground="white">${escapeMarkup(text)}</span>`,
      // At 72 dpi a point is a pixel.
      font: `sans ${letterPx}`,
      dpi: 72,
      width: Math.max(1, widthPx),
      wrap: 'word-char',
      align: 'centre',
      rgba: true,
    },
  })
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
  return { png: data, widthPx: info.width, heightPx: info.height };
}

interface PlateSize {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly padX: number;
  readonly padY: number;
}

async function plate(letters: Buffer, size: PlateSize, panel: Panel): Promise<TextPicture> {
  const { widthPx, heightPx, padX, padY } = size;
  const ground = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}">` +
      `<rect width="${widthPx}" height="${heightPx}" rx="${padY}" fill="#000" fill-opacity="${PLATE_OPACITY}"/></svg>`,
  );
  const sharp = loadSharp();
  const composed = await sharp(ground)
    .composite([{ input: letters, left: padX, top: padY }])
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  let { data, info } = composed;
  if (panel.turn !== 0) {
    const raw = { width: info.width, height: info.height, channels: 4 as const };
    ({ data, info } = await sharp(data, { raw })
      .rotate(panel.turn)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }));
  }
  premultiply(data);
  return { pixels: data, widthPx: info.width, heightPx: info.height };
}

/** In place. An overlay has at most a quarter of the panel's pixels: a few ms, long before it is shown. */
function premultiply(pixels: Uint8Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3]!;
    pixels[at] = Math.round((pixels[at]! * alpha) / 255);
    pixels[at + 1] = Math.round((pixels[at + 1]! * alpha) / 255);
    pixels[at + 2] = Math.round((pixels[at + 2]! * alpha) / 255);
  }
}

/** What pango would take for markup, and what XML does not allow at all. */
export function escapeMarkup(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, ' ')
    .replace(/[&<>"']/g, (character) => entities[character]!);
}
