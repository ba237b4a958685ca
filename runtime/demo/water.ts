/** Open water: a mirror of what stands above the horizon, broken by waves. */
import type { Canvas, Rgb } from './canvas';
import { type Noise, seededRandom } from './noise';

export interface WaterLook {
  /** Height of the camera over the water, in wave lengths of the longest wave. */
  readonly cameraHeight: number;
  /** Slope of the waves: 0.01 is a calm lake, 0.12 an open sea. */
  readonly swell: number;
  /** Looking straight down into it. */
  readonly deep: Rgb;
}

const SAMPLES = 3;

/** Paints water below the horizon wherever `covered` (share of each pixel taken by ground; all open if absent) leaves room. */
export function paintWater(canvas: Canvas, look: WaterLook, noise: Noise, seed: number, covered?: Float32Array): void {
  const { widthPx, heightPx, focalPx, horizonPx, pixels } = canvas;
  const random = seededRandom(seed);
  const light = new Float64Array(3);
  for (let row = Math.ceil(horizonPx); row < heightPx; row++) {
    const down = -canvas.up(row);
    const depth = look.cameraHeight / Math.max(down, 0.5 / focalPx);
    const octaves = Math.min(6, Math.max(1, Math.round(6.5 - Math.log2(depth / 4))));
    for (let column = 0; column < widthPx; column++) {
      const open = 1 - (covered?.[row * widthPx + column] ?? 0);
      if (open <= 0) continue;
      const x = canvas.across(column) * depth;
      const [slopeX, slopeZ] = waveSlope(noise, x, depth, octaves);
      light.fill(0);
      for (let sample = 0; sample < SAMPLES; sample++) {
        // What is finer than a pixel is left to chance: rougher the farther away.
        const rough = look.swell * (0.25 + Math.min(1, depth / 60));
        const tiltX = look.swell * slopeX + rough * (random() + random() - 1);
        const tiltZ = look.swell * slopeZ + rough * (random() + random() - 1);
        const upward = Math.abs(down + 2 * tiltZ);
        const grazing = 1 - Math.min(1, Math.max(0, (down + tiltZ) * 1.15));
        const squared = grazing * grazing;
        const mirror = 0.03 + 0.97 * squared * squared * grazing;
        const fromRow = clamp(Math.round(horizonPx - upward * focalPx), 0, Math.ceil(horizonPx) - 1);
        const fromColumn = clamp(Math.round(column + tiltX * focalPx), 0, widthPx - 1);
        const from = (fromRow * widthPx + fromColumn) * 3;
        for (let channel = 0; channel < 3; channel++) {
          light[channel] = light[channel]! + pixels[from + channel]! * mirror + look.deep[channel]! * (1 - mirror);
        }
      }
      canvas.cover(column, row, light[0]! / SAMPLES, light[1]! / SAMPLES, light[2]! / SAMPLES, open);
    }
  }
}

/** Slopes of a choppy surface at a point, about -1..1; waves are longer across than along the view. */
function waveSlope(noise: Noise, x: number, z: number, octaves: number): [across: number, along: number] {
  let slopeX = 0;
  let slopeZ = 0;
  let weight = 0.6;
  let u = x * 0.55;
  let v = z * 1.1;
  for (let octave = 0; octave < octaves; octave++) {
    noise.at(u, v);
    slopeX += weight * noise.slopeX * 0.5;
    slopeZ += weight * noise.slopeZ;
    weight *= 0.78;
    const turned = 1.72 * u - 0.6 * v;
    v = 0.6 * u + 1.72 * v;
    u = turned;
  }
  return [slopeX * 0.5, slopeZ * 0.5];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
