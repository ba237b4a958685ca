/** Terrain in perspective: marched column by column from near to far, lit by the sun, lost in the air. */
import type { Canvas, Rgb } from './canvas';
import { mix } from './noise';
import { Relief } from './relief';
import { clearSky, type SkyLook } from './sky';

export interface Ground {
  /** Height at a point with detail down to `octaves`. */
  height(x: number, z: number, octaves: number): number;
  /** Reflectance at a point; `steep` is 0 on the flat and 1 on a wall. Written to `out`. */
  surface(x: number, z: number, height: number, steep: number, out: Float64Array): void;
}

export interface TerrainLook {
  /** Where the camera stands, and how high. */
  readonly camera: { readonly x: number; readonly z: number; readonly height: number };
  readonly nearest: number;
  readonly farthest: number;
  /** Share of light lost to the air per unit of depth. */
  readonly haze: number;
  /** Mist in the valleys: its strength at height 0, and the height over which it thins out. */
  readonly mist: { readonly strength: number; readonly height: number };
  /** Light of the open sky on the ground. */
  readonly ambient: Rgb;
  readonly sun: Rgb;
  /** Ground lower than this lies under open water; -Infinity for none. */
  readonly waterHeight: number;
}

/** Steps from near to far for a pixel of the picture's height: fewer show as bands, more cost time only. */
const STEPS_PER_PX = 0.85;
/** Slopes are taken over this many columns, about the depth of one step. */
const SLOPE_COLUMNS = 4;
const SHADOW_STEPS = 18;

/** Paints the ground over the sky that is there. Returns how much of each pixel the ground covers, 0..1. */
export function paintTerrain(canvas: Canvas, ground: Ground, look: TerrainLook, sky: SkyLook): Float32Array {
  const { widthPx, heightPx, focalPx, horizonPx } = canvas;
  const { camera } = look;
  const steps = Math.ceil(heightPx * STEPS_PER_PX);
  const ratio = (look.farthest / look.nearest) ** (1 / steps);
  const sun = sunDirection(sky);
  const relief = new Relief(ground, look, canvas);
  const ring = Array.from({ length: SLOPE_COLUMNS + 1 }, () => new Float64Array(steps));
  const albedo = new Float64Array(3);
  const air = new Float64Array(3);
  const covered = new Float32Array(widthPx * heightPx);
  const column = new Float32Array(heightPx * 4);

  for (let x = -SLOPE_COLUMNS; x < widthPx; x++) {
    const heights = ring[(x + SLOPE_COLUMNS) % ring.length]!;
    const before = ring[(x + SLOPE_COLUMNS + 1) % ring.length]!;
    const across = canvas.across(x);
    clearSky(sky, across, 0.015, air);
    column.fill(0);
    let top = heightPx;
    let depth = look.nearest;
    for (let step = 0; step < steps; step++, depth *= ratio) {
      const worldX = camera.x + across * depth;
      const worldZ = camera.z + depth;
      const octaves = Math.min(11, Math.max(4, Math.round(10.5 - Math.log2(depth))));
      const height = ground.height(worldX, worldZ, octaves);
      heights[step] = height;
      if (x < 0) continue;
      const shown = Math.max(height, look.waterHeight);
      const row = horizonPx - ((shown - camera.height) / depth) * focalPx;
      if (row >= top) continue;
      if (height <= look.waterHeight) {
        top = row;
        continue;
      }
      const slopeX = (height - before[step]!) / ((SLOPE_COLUMNS * depth) / focalPx);
      const slopeZ = step === 0 ? 0 : (height - heights[step - 1]!) / (depth - depth / ratio);
      const upright = 1 / Math.sqrt(1 + slopeX * slopeX + slopeZ * slopeZ);
      ground.surface(worldX, worldZ, height, 1 - upright, albedo);
      let direct = upright * (sun.up - slopeX * sun.x - slopeZ * sun.z);
      if (direct > 0) direct *= sunlight(relief, sun, worldX, height, worldZ);
      else direct = 0;
      const open = 0.45 + 0.55 * upright;
      const low = Math.exp(-Math.max(0, height) / look.mist.height) * look.mist.strength;
      const lost = 1 - Math.exp(-depth * look.haze - low * Math.min(1, depth * look.haze * 6));
      fillSpan(column, heightPx, Math.max(row, 0), top, (channel) =>
        mix(albedo[channel]! * (look.sun[channel] * direct + look.ambient[channel] * open), air[channel]!, lost),
      );
      top = row;
      if (row <= 0) break;
    }
    if (x < 0) continue;
    for (let row = 0; row < heightPx; row++) {
      const coverage = column[row * 4 + 3]!;
      if (coverage <= 0) continue;
      const scale = 1 / coverage;
      covered[row * widthPx + x] = coverage;
      canvas.cover(
        x,
        row,
        column[row * 4]! * scale,
        column[row * 4 + 1]! * scale,
        column[row * 4 + 2]! * scale,
        coverage,
      );
    }
  }
  return covered;
}

/** Adds a span of one colour behind what the column already holds; edges count by their share of the pixel. */
function fillSpan(
  column: Float32Array,
  heightPx: number,
  from: number,
  to: number,
  shade: (channel: 0 | 1 | 2) => number,
): void {
  const red = shade(0);
  const green = shade(1);
  const blue = shade(2);
  const last = Math.min(heightPx - 1, Math.ceil(to) - 1);
  for (let row = Math.floor(from); row <= last; row++) {
    const share = Math.min(to, row + 1) - Math.max(from, row);
    const at = row * 4;
    const coverage = Math.min(share, 1 - column[at + 3]!);
    if (coverage <= 0) continue;
    column[at] = column[at]! + red * coverage;
    column[at + 1] = column[at + 1]! + green * coverage;
    column[at + 2] = column[at + 2]! + blue * coverage;
    column[at + 3] = column[at + 3]! + coverage;
  }
}

interface Direction {
  readonly x: number;
  readonly up: number;
  readonly z: number;
}

function sunDirection(sky: SkyLook): Direction {
  const z = sky.light.ahead ? 1 : -1;
  const length = Math.hypot(sky.light.across, sky.light.up, 1);
  return { x: sky.light.across / length, up: Math.max(0.04, sky.light.up / length), z: z / length };
}

/** 0 in the shadow of other ground, 1 in the open, between at the soft edge. */
function sunlight(relief: Relief, sun: Direction, x: number, height: number, z: number): number {
  let light = 1;
  let reach = 0.12;
  for (let step = 0; step < SHADOW_STEPS; step++) {
    const clearance = height + 0.02 + sun.up * reach - relief.at(x + sun.x * reach, z + sun.z * reach);
    if (clearance < 0) return 0;
    light = Math.min(light, (9 * clearance) / reach);
    reach *= 1.28;
  }
  return light;
}
