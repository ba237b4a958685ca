/** Kinds of ground: mountains, dunes and islands, as heights and the colours that lie on them. */
import { colour } from './canvas';
import { mix, type Noise, smoothstep } from './noise';
import type { Ground } from './terrain';

export interface Range {
  /** Height of the summits. */
  readonly tall: number;
  /** Width of a mountain. */
  readonly wide: number;
  /** Height above which snow lies; Infinity for none. */
  readonly snowLine: number;
  /** Height up to which meadows and woods grow. */
  readonly treeLine: number;
  /** Where the valley the camera looks along lies, how wide it is, and how deep it cuts, 0..1. */
  readonly valley: { readonly x: number; readonly width: number; readonly depth: number };
}

const ROCK = colour('#8d8379');
const DARK_ROCK = colour('#5c5550');
const SNOW = colour('#f4f6fb');
const MEADOW = colour('#6d7a3e');
const WOOD = colour('#2f3d26');

export function mountains(noise: Noise, range: Range): Ground {
  const { tall, wide, valley } = range;
  return {
    height(x, z, octaves) {
      const shape = noise.eroded(x / wide + 100, z / wide + 100, octaves);
      const aside = (x - valley.x - 0.6 * Math.sin(z * 0.23)) / valley.width;
      const opened = 1 - valley.depth * Math.exp(-aside * aside);
      return tall * (shape * 1.5 - 0.3) * opened;
    },
    surface(x, z, height, steep, out) {
      const patch = noise.fractal(x * 5, z * 5, 4);
      const strata = noise.fractal(x * 0.8, height * 14, 3);
      const above = height - range.snowLine + (patch - 0.45) * 0.2 * tall;
      const snow = smoothstep(-0.12, 0.22, above);
      const lies = snow * smoothstep(0.62, 0.36, steep + (patch - 0.45) * 0.35);
      const green = smoothstep(range.treeLine, range.treeLine * 0.55, height + (patch - 0.45) * 0.35 * tall);
      const grows = green * smoothstep(0.5, 0.25, steep);
      const wooded = smoothstep(0.4, 0.52, noise.fractal(x * 2.3 + 5, z * 2.3, 4));
      for (let channel = 0; channel < 3; channel++) {
        const rock = mix(DARK_ROCK[channel]!, ROCK[channel]!, strata * 1.1) * (0.7 + 0.6 * patch);
        const plants = mix(MEADOW[channel]!, WOOD[channel]!, wooded) * (0.6 + 0.8 * patch);
        out[channel] = mix(mix(rock, plants, grows), SNOW[channel]!, lies);
      }
    },
  };
}

const SAND = colour('#d8995c');
const PALE_SAND = colour('#e9bd86');

/** Dunes: a long slope against the wind, a sharp crest, a short fall behind it; ripples near by. */
export function dunes(noise: Noise, tall: number): Ground {
  const wave = (phase: number): number => {
    const part = phase - Math.floor(phase);
    const rising = 0.68;
    return part < rising ? smoothstep(0, rising * 1.18, part) / 0.935 : 1 - smoothstep(rising * 0.96, 1.02, part);
  };
  return {
    height(x, z, octaves) {
      const warp = noise.fractal(x * 0.16 + 9, z * 0.16, 2) * 3.6;
      const great = wave(x * 0.17 + z * 0.11 + warp) * (0.35 + 0.9 * noise.fractal(x * 0.11, z * 0.11 + 30, 2));
      const small = wave(x * 0.5 - z * 0.21 + warp * 2.1 + 0.3) * 0.16 * noise.at(x * 0.3, z * 0.3);
      const fine = octaves < 8 ? 0 : 0.0016 * Math.sin(x * 34 + z * 75 + 9 * noise.fractal(x * 2.2, z * 2.2, 2));
      return tall * (great + small) + fine;
    },
    surface(x, z, _height, _steep, out) {
      const pale = noise.fractal(x * 0.7, z * 0.7, 4);
      const speck = 0.92 + 0.16 * noise.at(x * 160, z * 160);
      for (let channel = 0; channel < 3; channel++) {
        out[channel] = mix(SAND[channel]!, PALE_SAND[channel]!, pale) * speck;
      }
    },
  };
}

const BEACH = colour('#d9c29a');

/** Islands in a sea at height 0: woods on rock, a rim of beach. */
export function islands(noise: Noise, tall: number, wide: number): Ground {
  return {
    height(x, z, octaves) {
      const broad = noise.fractal(x / (wide * 2.4) + 61, z / (wide * 2.4) + 17, 2);
      const shape = noise.eroded(x / wide + 31, z / wide + 57, octaves);
      return tall * ((shape - 0.36) * 1.7 + (broad - 0.43) * 2.6) - 0.05;
    },
    surface(x, z, height, steep, out) {
      const patch = noise.fractal(x * 6, z * 6, 4);
      const rocky = smoothstep(0.3, 0.5, steep + (patch - 0.45) * 0.3);
      const beach = smoothstep(0.075, 0.02, height + (patch - 0.45) * 0.05) * (1 - rocky);
      for (let channel = 0; channel < 3; channel++) {
        const plants = mix(WOOD[channel]!, MEADOW[channel]!, patch * 0.9) * (0.55 + 0.9 * patch);
        const land = mix(plants, ROCK[channel]! * (0.6 + 0.7 * patch), rocky);
        out[channel] = mix(land, BEACH[channel]!, beach);
      }
    },
  };
}
