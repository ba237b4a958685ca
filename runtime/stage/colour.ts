/** Colour of video: how luma and chroma become red, green and blue, and where chroma lies. Pure. */

/** Matrix coefficients as ITU-T H.273 names them; `bt601` stands for both of its editions. */
export type ColourMatrix = 'bt601' | 'bt709' | 'bt2020';

export interface VideoColour {
  readonly matrix: ColourMatrix;
  /** `limited`: luma 16 to 235, chroma 16 to 240; `full`: 0 to 255. */
  readonly range: 'limited' | 'full';
  readonly chroma: ChromaPlace;
}

/**
 * Where the first sample of 4:2:0 chroma lies, in px from the centre of the first pixel; each next one lies 2 px further. Between samples
 * chroma is linear, beyond the outer ones it stays.
 */
export interface ChromaPlace {
  readonly xPx: 0 | 0.5 | 1;
  readonly yPx: 0 | 0.5 | 1;
}

/** The places that streams state (H.273, ChromaLocType 0 to 5), as ffmpeg names them. */
export const CHROMA_PLACES = {
  left: { xPx: 0, yPx: 0.5 },
  center: { xPx: 0.5, yPx: 0.5 },
  topleft: { xPx: 0, yPx: 0 },
  top: { xPx: 0.5, yPx: 0 },
  bottomleft: { xPx: 0, yPx: 1 },
  bottom: { xPx: 0.5, yPx: 1 },
} as const satisfies Readonly<Record<string, ChromaPlace>>;

/** The same of frames that are turned clockwise. Those of an odd size have it where a larger one would have it. */
export function turnedPlace({ xPx, yPx }: ChromaPlace, turn: 0 | 90 | 180 | 270): ChromaPlace {
  const opposite = (px: 0 | 0.5 | 1): 0 | 0.5 | 1 => (1 - px) as 0 | 0.5 | 1;
  switch (turn) {
    case 0:
      return { xPx, yPx };
    case 90:
      return { xPx: opposite(yPx), yPx: xPx };
    case 180:
      return { xPx: opposite(xPx), yPx: opposite(yPx) };
    case 270:
      return { xPx: yPx, yPx: opposite(xPx) };
  }
}

/** What red, green and blue are made of: `scale * (Y - offset)`, plus these shares of `Cb - 128` and `Cr - 128`. Levels of 255. */
export interface YuvWeights {
  readonly offset: number;
  readonly scale: number;
  readonly redCr: number;
  readonly greenCb: number;
  readonly greenCr: number;
  readonly blueCb: number;
}

/** Of frames as they are stored. */
export interface StoredColour extends YuvWeights {
  readonly chroma: ChromaPlace;
}

/** Shares of red and blue in luma (H.273, table 4). */
const LUMA: Readonly<Record<ColourMatrix, readonly [red: number, blue: number]>> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
};

export function yuvWeights({ matrix, range }: Pick<VideoColour, 'matrix' | 'range'>): YuvWeights {
  const [red, blue] = LUMA[matrix];
  const green = 1 - red - blue;
  const chroma = range === 'full' ? 1 : 255 / 224;
  return {
    offset: range === 'full' ? 0 : 16,
    scale: range === 'full' ? 1 : 255 / 219,
    redCr: 2 * (1 - red) * chroma,
    greenCb: ((-2 * (1 - blue) * blue) / green) * chroma,
    greenCr: ((-2 * (1 - red) * red) / green) * chroma,
    blueCb: 2 * (1 - blue) * chroma,
  };
}
