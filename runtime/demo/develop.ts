/** From linear light to a print: tone curve, colour, vignette and a little grain. */
import type { Canvas } from './canvas';
import { seededRandom } from './noise';

export interface Print {
  readonly exposure: number;
  /** 1 leaves colours as they are. */
  readonly saturation: number;
  /** Darkening of the corners, 0..1. */
  readonly vignette: number;
}

const CURVE_STEPS = 4096;
/** Light above this is white; the filmic curve is flat well before. */
const CURVE_REACH = 8;
/** Grain of one 8-bit level and a half: breaks up bands in a smooth sky, and costs a JPEG of quality 85 little. */
const GRAIN_LEVELS = 1.5;
const GRAIN_TILE = 1 << 16;

/** 8-bit sRGB, rows of RGB. */
export function develop(canvas: Canvas, print: Print, seed: number): Uint8ClampedArray {
  const { widthPx, heightPx, pixels } = canvas;
  const curve = toneCurve();
  const grain = grainTile(seed);
  const out = new Uint8ClampedArray(pixels.length);
  const reachSquared = (widthPx * widthPx + heightPx * heightPx) / 4;
  const scale = (CURVE_STEPS - 1) / Math.sqrt(CURVE_REACH);
  const level = (light: number): number =>
    curve[Math.min(CURVE_STEPS - 1, Math.round(Math.sqrt(Math.max(0, light)) * scale))]!;
  let grainAt = 0;
  for (let row = 0; row < heightPx; row++) {
    grainAt = (grainAt + 7919) & (GRAIN_TILE - 1);
    for (let column = 0; column < widthPx; column++) {
      const awaySquared = ((column - widthPx / 2) ** 2 + (row - heightPx / 2) ** 2) / reachSquared;
      const gain = print.exposure * (1 - print.vignette * awaySquared);
      const at = (row * widthPx + column) * 3;
      const red = pixels[at]! * gain;
      const green = pixels[at + 1]! * gain;
      const blue = pixels[at + 2]! * gain;
      const grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      const speck = grain[(grainAt + column) & (GRAIN_TILE - 1)]!;
      out[at] = level(grey + (red - grey) * print.saturation) + speck;
      out[at + 1] = level(grey + (green - grey) * print.saturation) + speck;
      out[at + 2] = level(grey + (blue - grey) * print.saturation) + speck;
    }
  }
  return out;
}

/** The filmic curve of Narkowicz (ACES fit) with the sRGB transfer, in 8-bit levels, over the square root of light. */
function toneCurve(): Float32Array {
  const curve = new Float32Array(CURVE_STEPS);
  for (let i = 0; i < CURVE_STEPS; i++) {
    const light = (i / (CURVE_STEPS - 1)) ** 2 * CURVE_REACH;
    const film = Math.min(1, (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14));
    curve[i] = 255 * (film <= 0.0031308 ? film * 12.92 : 1.055 * film ** (1 / 2.4) - 0.055);
  }
  return curve;
}

function grainTile(seed: number): Float32Array {
  const random = seededRandom(seed ^ 0x9e3779b9);
  const tile = new Float32Array(GRAIN_TILE);
  for (let i = 0; i < GRAIN_TILE; i++) tile[i] = (random() + random() + random() - 1.5) * 2 * GRAIN_LEVELS;
  return tile;
}
