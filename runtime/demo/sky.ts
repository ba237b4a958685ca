/** Skies: a gradient, the sun or moon with its glow, and clouds on a plane overhead. */
import type { Canvas, Rgb } from './canvas';
import { mix, type Noise, smoothstep } from './noise';

export interface Clouds {
  /** Share of the sky that stays clear, about 0.3 (overcast) to 0.6 (a few). */
  readonly clear: number;
  /** Size of the features; more is finer. */
  readonly scale: number;
  /** Stretch along the view, for cirrus; 1 is round. */
  readonly stretch: number;
  readonly lit: Rgb;
  readonly shade: Rgb;
  readonly opacity: number;
}

export interface SkyLook {
  readonly zenith: Rgb;
  readonly middle: Rgb;
  readonly horizon: Rgb;
  /** Where the light stands, as tangents; behind the camera when `ahead` is false. */
  readonly light: { readonly across: number; readonly up: number; readonly ahead: boolean; readonly colour: Rgb };
  /** Radius of the visible disc as a tangent; 0 for none. */
  readonly disc: number;
  /** Strength of the glow around the light. */
  readonly glow: number;
  readonly clouds: readonly Clouds[];
}

/** The sky is painted this many times coarser than the canvas and enlarged: it is soft, and it is the costly part. */
const SKY_GRAIN = 2;
/** Keeps the cloud plane finite at the horizon. */
const CLOUD_CURVATURE = 0.07;
/** A disc is this much brighter than the glow around it. */
const DISC_GAIN = 9;

/** The clear sky in one direction, without the disc; written to `out`. */
export function clearSky(look: SkyLook, across: number, up: number, out: Float64Array): void {
  const height = Math.max(0, up);
  const toMiddle = 1 - Math.exp(-height * 5.5);
  const toZenith = smoothstep(0.12, 1.1, height);
  const light = look.light;
  let narrow = 0;
  let wide = 0;
  if (light.ahead) {
    const away = Math.sqrt((across - light.across) ** 2 + (up - light.up) ** 2);
    narrow = look.glow * 0.9 * Math.exp(-away * 9);
    wide = look.glow * 0.35 * Math.exp(-away * 2.2);
  }
  for (let channel = 0; channel < 3; channel++) {
    const low = mix(look.horizon[channel]!, look.middle[channel]!, toMiddle);
    out[channel] = mix(low, look.zenith[channel]!, toZenith) + light.colour[channel]! * (narrow + wide);
  }
}

/** Paints the sky above the horizon, and below it the horizon's colour. */
export function paintSky(canvas: Canvas, look: SkyLook, noise: Noise): void {
  const { widthPx, heightPx, pixels } = canvas;
  const columns = Math.ceil(widthPx / SKY_GRAIN) + 2;
  const field = coarseSky(canvas, look, noise, columns);
  for (let row = 0; row < heightPx; row++) {
    const gridRow = Math.floor(row / SKY_GRAIN);
    const fy = row / SKY_GRAIN - gridRow;
    const up = canvas.up(row);
    for (let column = 0; column < widthPx; column++) {
      const gridColumn = Math.floor(column / SKY_GRAIN);
      const fx = column / SKY_GRAIN - gridColumn;
      const cell = (gridRow * columns + gridColumn) * 4;
      const at = (row * widthPx + column) * 3;
      pixels[at] = bilinear(field, cell, columns, fx, fy);
      pixels[at + 1] = bilinear(field, cell + 1, columns, fx, fy);
      pixels[at + 2] = bilinear(field, cell + 2, columns, fx, fy);
      if (look.disc === 0 || Math.abs(up - look.light.up) > look.disc * 1.1) continue;
      const across = canvas.across(column) - look.light.across;
      const away = Math.sqrt(across * across + (up - look.light.up) ** 2);
      const disc =
        DISC_GAIN * smoothstep(look.disc * 1.06, look.disc * 0.94, away) * bilinear(field, cell + 3, columns, fx, fy);
      canvas.add(column, row, disc * look.light.colour[0], disc * look.light.colour[1], disc * look.light.colour[2]);
    }
  }
}

/** The sky without the disc on the coarse grid: red, green, blue, and how much light the clouds let through. */
function coarseSky(canvas: Canvas, look: SkyLook, noise: Noise, columns: number): Float32Array {
  const rows = Math.ceil(canvas.heightPx / SKY_GRAIN) + 2;
  const field = new Float32Array(columns * rows * 4);
  const clear = new Float64Array(3);
  const cloud = { density: 0, lit: 0 };
  for (let y = 0; y < rows; y++) {
    const up = canvas.up(y * SKY_GRAIN);
    for (let x = 0; x < columns; x++) {
      const across = canvas.across(x * SKY_GRAIN);
      const at = (y * columns + x) * 4;
      clearSky(look, across, up, clear);
      for (let channel = 0; channel < 3; channel++) field[at + channel] = clear[channel]!;
      field[at + 3] = 1;
      if (up <= 0) continue;
      for (const clouds of look.clouds) {
        cloudAt(clouds, look, across, up, noise, cloud);
        if (cloud.density <= 0) continue;
        for (let channel = 0; channel < 3; channel++) {
          const tone = mix(clouds.shade[channel]!, clouds.lit[channel]!, cloud.lit) + clear[channel]! * 0.18;
          field[at + channel] = mix(field[at + channel]!, tone, cloud.density);
        }
        field[at + 3] = field[at + 3]! * (1 - cloud.density);
      }
    }
  }
  return field;
}

/** Density and light of one layer of clouds in a direction; light falls off against a sample nearer the sun. */
function cloudAt(
  clouds: Clouds,
  look: SkyLook,
  across: number,
  up: number,
  noise: Noise,
  out: { density: number; lit: number },
): void {
  const depth = 1 / (up + CLOUD_CURVATURE);
  const u = across * depth * clouds.scale;
  const v = (depth * clouds.scale) / clouds.stretch;
  const warp = noise.fractal(u * 0.6 + 40, v * 0.6, 2) * 1.3;
  const here = noise.fractal(u + warp, v + warp * 0.5, 6);
  const haze = smoothstep(0, 0.16, up);
  out.density = smoothstep(clouds.clear, clouds.clear + 0.22, here) * clouds.opacity * haze;
  if (out.density <= 0) return;
  const towardX = (look.light.across - across) * 0.35;
  const towardZ = look.light.ahead && look.light.up < up ? 0.28 : -0.28;
  const nearer = noise.fractal(u + warp + towardX, v + warp * 0.5 + towardZ, 4);
  out.lit = Math.min(1, Math.max(0, 0.62 + (here - nearer) * 2.6 - (here - clouds.clear) * 0.7));
}

/** A value between four cells of a grid of four values a cell. */
function bilinear(field: Float32Array, at: number, columns: number, fx: number, fy: number): number {
  const below = at + columns * 4;
  const top = field[at]! + (field[at + 4]! - field[at]!) * fx;
  const bottom = field[below]! + (field[below + 4]! - field[below]!) * fx;
  return top + (bottom - top) * fy;
}
