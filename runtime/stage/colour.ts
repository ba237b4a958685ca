/** Colour of video: how luma and chroma become red, green and blue. Pure. */

/** Matrix coefficients as ITU-T H.273 names them; `bt601` stands for both of its editions. */
export type ColourMatrix = 'bt601' | 'bt709' | 'bt2020';

export interface VideoColour {
  readonly matrix: ColourMatrix;
  /** `limited`: luma 16 to 235, chroma 16 to 240; `full`: 0 to 255. */
  readonly range: 'limited' | 'full';
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

/** Shares of red and blue in luma (H.273, table 4). */
const LUMA: Readonly<Record<ColourMatrix, readonly [red: number, blue: number]>> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
};

export function yuvWeights({ matrix, range }: VideoColour): YuvWeights {
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
