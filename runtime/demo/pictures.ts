/** The demo pictures: one row each, with its folder, its size and how it is painted. */
import { Canvas, colour } from './canvas';
import { develop, type Print } from './develop';
import { paintForest } from './forest';
import { dunes, islands, mountains } from './grounds';
import { paintAurora, paintMilkyWay, paintStars } from './night';
import { Noise } from './noise';
import { type Clouds, paintSky, type SkyLook } from './sky';
import { paintTerrain } from './terrain';
import { paintWater } from './water';

export interface Picture {
  /** File below the demo folder. */
  readonly file: string;
  /** As seen. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** EXIF orientation the file is stored with; absent is upright. */
  readonly orientation?: 6 | 8;
  readonly seed: number;
  readonly viewRatio: number;
  /** From the top, in picture heights. */
  readonly horizon: number;
  readonly print: Print;
  paint(canvas: Canvas, noise: Noise, seed: number): void;
}

/** Pictures are painted at two thirds of their size and enlarged: 2.25 times faster, and sharp enough on a 1080p panel. */
const PAINTED_RATIO = 2 / 3;

export interface Painted {
  /** 8-bit sRGB, rows of RGB, upright. */
  readonly pixels: Uint8ClampedArray;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The picture before it is enlarged. The same on every machine. */
export function paintPicture(picture: Picture): Painted {
  const widthPx = Math.round(picture.widthPx * PAINTED_RATIO);
  const heightPx = Math.round(picture.heightPx * PAINTED_RATIO);
  const canvas = new Canvas(widthPx, heightPx, picture.viewRatio, picture.horizon);
  picture.paint(canvas, new Noise(picture.seed), picture.seed);
  return { pixels: develop(canvas, picture.print, picture.seed), widthPx, heightPx };
}

const NO_MIST = { strength: 0, height: 1 };

const fairWeather: Clouds = {
  clear: 0.46,
  scale: 0.55,
  stretch: 1,
  lit: colour('#fff6ea', 1.05),
  shade: colour('#8e9db5', 0.8),
  opacity: 0.92,
};

const cirrus: Clouds = {
  clear: 0.4,
  scale: 0.5,
  stretch: 3.2,
  lit: colour('#ffffff', 1.1),
  shade: colour('#c8d2e4'),
  opacity: 0.5,
};

const morning: SkyLook = {
  zenith: colour('#1d4f94'),
  middle: colour('#5b92c9'),
  horizon: colour('#cfdfe8'),
  light: { across: -1.6, up: 0.75, ahead: false, colour: colour('#ffe3bd') },
  disc: 0,
  glow: 0,
  clouds: [cirrus, fairWeather],
};

const sunset: SkyLook = {
  zenith: colour('#2b3f6e'),
  middle: colour('#c07a6a'),
  horizon: colour('#ffb163', 1.15),
  light: { across: 0.16, up: 0.085, ahead: true, colour: colour('#ffc27a', 1.5) },
  disc: 0.022,
  glow: 1,
  clouds: [
    { clear: 0.4, scale: 0.6, stretch: 2.2, lit: colour('#ff9e5e', 1.3), shade: colour('#6d4a63', 0.7), opacity: 0.85 },
  ],
};

const dusk: SkyLook = {
  zenith: colour('#1c2a55'),
  middle: colour('#6a5f96'),
  horizon: colour('#f3a98c'),
  light: { across: -0.35, up: 0.03, ahead: true, colour: colour('#ffb98a', 1.1) },
  disc: 0,
  glow: 0.7,
  clouds: [
    { clear: 0.43, scale: 0.5, stretch: 2.6, lit: colour('#ff9d86', 1.1), shade: colour('#4f4a78', 0.7), opacity: 0.7 },
  ],
};

const night: SkyLook = {
  zenith: colour('#060a16'),
  middle: colour('#0b142a'),
  horizon: colour('#1f2e4c'),
  light: { across: -0.9, up: 0.7, ahead: false, colour: colour('#aebfe8', 0.2) },
  disc: 0,
  glow: 0,
  clouds: [],
};

export const PICTURES: readonly Picture[] = [
  {
    file: 'mountains/first-light.jpg',
    widthPx: 2400,
    heightPx: 1600,
    seed: 11,
    viewRatio: 1.05,
    horizon: 0.5,
    print: { exposure: 0.95, saturation: 1.12, vignette: 0.35 },
    paint(canvas, noise) {
      paintSky(canvas, morning, noise);
      const ground = mountains(noise, {
        tall: 3.4,
        wide: 4.2,
        snowLine: 1.25,
        treeLine: 0.75,
        valley: { x: 0, width: 2.2, depth: 0.55 },
      });
      paintTerrain(
        canvas,
        ground,
        {
          camera: { x: 0, z: 0, height: 1.75 },
          nearest: 1.2,
          farthest: 46,
          haze: 0.026,
          mist: { strength: 0.35, height: 0.45 },
          ambient: colour('#8fb0e0', 0.42),
          sun: colour('#ffdcae', 2.1),
          waterHeight: -Infinity,
        },
        morning,
      );
    },
  },
  {
    file: 'mountains/evening-ridges.jpg',
    widthPx: 2048,
    heightPx: 1365,
    seed: 27,
    viewRatio: 0.75,
    horizon: 0.42,
    print: { exposure: 0.72, saturation: 1.1, vignette: 0.4 },
    paint(canvas, noise) {
      paintSky(canvas, sunset, noise);
      const ground = mountains(noise, {
        tall: 2.6,
        wide: 3.4,
        snowLine: Infinity,
        treeLine: 9,
        valley: { x: 1, width: 3, depth: 0.35 },
      });
      paintTerrain(
        canvas,
        ground,
        {
          camera: { x: 4, z: 2, height: 2.6 },
          nearest: 1.6,
          farthest: 60,
          haze: 0.034,
          mist: { strength: 0.55, height: 0.5 },
          ambient: colour('#6d5f95', 0.16),
          sun: colour('#ffb070', 1.5),
          waterHeight: -Infinity,
        },
        sunset,
      );
    },
  },
  {
    file: 'mountains/summit.jpg',
    widthPx: 1600,
    heightPx: 2400,
    seed: 5,
    viewRatio: 0.62,
    horizon: 0.6,
    print: { exposure: 1, saturation: 1.1, vignette: 0.35 },
    paint(canvas, noise) {
      paintSky(canvas, dusk, noise);
      const ground = mountains(noise, {
        tall: 4.6,
        wide: 4.4,
        snowLine: 0.7,
        treeLine: 0.1,
        valley: { x: 0.5, width: 1.6, depth: 0.6 },
      });
      paintTerrain(
        canvas,
        ground,
        {
          camera: { x: 0.5, z: 3, height: 1.3 },
          nearest: 1.2,
          farthest: 40,
          haze: 0.03,
          mist: { strength: 0.7, height: 0.5 },
          ambient: colour('#8d97cc', 0.5),
          sun: colour('#ffa184', 1.9),
          waterHeight: -Infinity,
        },
        { ...dusk, light: { across: -2.2, up: 0.45, ahead: false, colour: colour('#ffb98a') } },
      );
    },
  },
  {
    file: 'mountains/still-lake.jpg',
    widthPx: 2400,
    heightPx: 1350,
    seed: 42,
    viewRatio: 1.0,
    horizon: 0.52,
    print: { exposure: 0.95, saturation: 1.12, vignette: 0.35 },
    paint(canvas, noise, seed) {
      paintSky(canvas, morning, noise);
      const ground = mountains(noise, {
        tall: 3.2,
        wide: 3.8,
        snowLine: 1.2,
        treeLine: 0.7,
        valley: { x: 0, width: 3.4, depth: 1.05 },
      });
      const covered = paintTerrain(
        canvas,
        ground,
        {
          camera: { x: 0, z: 0, height: 0.16 },
          nearest: 0.4,
          farthest: 46,
          haze: 0.024,
          mist: { strength: 0.5, height: 0.14 },
          ambient: colour('#8fb0e0', 0.42),
          sun: colour('#ffe0b8', 2),
          waterHeight: 0.02,
        },
        morning,
      );
      paintWater(canvas, { cameraHeight: 4, swell: 0.006, deep: colour('#0b2a35') }, noise, seed, covered);
    },
  },
  {
    file: 'mountains/northern-lights.jpg',
    widthPx: 2400,
    heightPx: 1600,
    seed: 73,
    viewRatio: 1.3,
    horizon: 0.72,
    print: { exposure: 1.5, saturation: 1.1, vignette: 0.3 },
    paint(canvas, noise, seed) {
      paintSky(canvas, night, noise);
      paintStars(canvas, 900, seed);
      paintAurora(
        canvas,
        [
          { fromUp: 0.28, toUp: 0.16, strength: 0.35, tall: 0.14 },
          { fromUp: 0.12, toUp: 0.34, strength: 0.22, tall: 0.1 },
        ],
        noise,
      );
      const ground = mountains(noise, {
        tall: 2.6,
        wide: 3.6,
        snowLine: 0.6,
        treeLine: 0.3,
        valley: { x: 0, width: 3.6, depth: 1.05 },
      });
      const covered = paintTerrain(
        canvas,
        ground,
        {
          camera: { x: 0, z: 0, height: 0.16 },
          nearest: 0.4,
          farthest: 40,
          haze: 0.02,
          mist: NO_MIST,
          ambient: colour('#3f8f80', 0.1),
          sun: colour('#7f9fd0', 0.1),
          waterHeight: 0.02,
        },
        night,
      );
      paintWater(canvas, { cameraHeight: 4, swell: 0.008, deep: colour('#04101c') }, noise, seed, covered);
    },
  },
  {
    file: 'water/golden-hour.jpg',
    widthPx: 2400,
    heightPx: 1600,
    seed: 8,
    viewRatio: 1.1,
    horizon: 0.55,
    print: { exposure: 0.8, saturation: 1.1, vignette: 0.4 },
    paint(canvas, noise, seed) {
      paintSky(canvas, sunset, noise);
      paintWater(canvas, { cameraHeight: 3, swell: 0.07, deep: colour('#0e2233') }, noise, seed);
    },
  },
  {
    file: 'water/moonrise.jpg',
    widthPx: 1600,
    heightPx: 2400,
    seed: 19,
    viewRatio: 0.75,
    horizon: 0.58,
    print: { exposure: 1.15, saturation: 1.05, vignette: 0.35 },
    paint(canvas, noise, seed) {
      const moonlit: SkyLook = {
        zenith: colour('#0a1530'),
        middle: colour('#1c3158'),
        horizon: colour('#45618a'),
        light: { across: -0.08, up: 0.3, ahead: true, colour: colour('#e8eeff', 0.55) },
        disc: 0.03,
        glow: 0.75,
        clouds: [
          {
            clear: 0.44,
            scale: 0.6,
            stretch: 1.6,
            lit: colour('#c9d6f2', 0.6),
            shade: colour('#1d2a47'),
            opacity: 0.85,
          },
        ],
      };
      paintStars(canvas, 0, seed);
      paintSky(canvas, moonlit, noise);
      paintStars(canvas, 160, seed);
      paintWater(canvas, { cameraHeight: 3, swell: 0.055, deep: colour('#061226') }, noise, seed);
    },
  },
  {
    file: 'water/islands.jpg',
    widthPx: 2000,
    heightPx: 1500,
    seed: 33,
    viewRatio: 1.0,
    horizon: 0.34,
    print: { exposure: 0.95, saturation: 1.12, vignette: 0.3 },
    paint(canvas, noise, seed) {
      const noon: SkyLook = { ...morning, light: { ...morning.light, across: 1.4, up: 1.0 } };
      paintSky(canvas, noon, noise);
      const covered = paintTerrain(
        canvas,
        islands(noise, 1.5, 3.2),
        {
          camera: { x: 0, z: 0, height: 1.5 },
          nearest: 1.5,
          farthest: 60,
          haze: 0.03,
          mist: NO_MIST,
          ambient: colour('#9fbfe8', 0.4),
          sun: colour('#fff0d2', 1.9),
          waterHeight: 0,
        },
        noon,
      );
      paintWater(canvas, { cameraHeight: 16, swell: 0.05, deep: colour('#0a4a5e') }, noise, seed, covered);
    },
  },
  {
    file: 'water/rose-coast.jpg',
    widthPx: 2048,
    heightPx: 1365,
    seed: 91,
    viewRatio: 1.1,
    horizon: 0.5,
    print: { exposure: 1, saturation: 1.08, vignette: 0.35 },
    paint(canvas, noise, seed) {
      paintSky(canvas, dusk, noise);
      const covered = paintTerrain(
        canvas,
        islands(noise, 1.4, 2.4),
        {
          camera: { x: 0, z: 0, height: 0.3 },
          nearest: 1.2,
          farthest: 60,
          haze: 0.06,
          mist: { strength: 0.4, height: 0.2 },
          ambient: colour('#8d88b8', 0.3),
          sun: colour('#ff9f7a', 1.2),
          waterHeight: 0,
        },
        dusk,
      );
      paintWater(canvas, { cameraHeight: 4, swell: 0.03, deep: colour('#141e3a') }, noise, seed, covered);
    },
  },
  {
    file: 'wilds/dunes.jpg',
    widthPx: 2400,
    heightPx: 1600,
    seed: 64,
    viewRatio: 1.0,
    horizon: 0.36,
    print: { exposure: 0.9, saturation: 1.1, vignette: 0.35 },
    paint(canvas, noise) {
      const clear: SkyLook = { ...morning, clouds: [cirrus], light: { ...morning.light, across: -1.9, up: 0.42 } };
      paintSky(canvas, clear, noise);
      paintTerrain(
        canvas,
        dunes(noise, 1.5),
        {
          camera: { x: 0, z: 0, height: 2.3 },
          nearest: 1.3,
          farthest: 60,
          haze: 0.02,
          mist: NO_MIST,
          ambient: colour('#8fa8d6', 0.36),
          sun: colour('#ffd09a', 2.1),
          waterHeight: -Infinity,
        },
        clear,
      );
    },
  },
  {
    file: 'wilds/milky-way.jpg',
    widthPx: 2400,
    heightPx: 1600,
    seed: 58,
    viewRatio: 1.5,
    horizon: 0.8,
    print: { exposure: 1.7, saturation: 1.1, vignette: 0.3 },
    paint(canvas, noise, seed) {
      paintSky(canvas, night, noise);
      paintMilkyWay(canvas, -0.25, 0.5, noise, seed);
      paintStars(canvas, 1500, seed);
      paintTerrain(
        canvas,
        dunes(noise, 1.3),
        {
          camera: { x: 0, z: 0, height: 1.9 },
          nearest: 1.2,
          farthest: 50,
          haze: 0.02,
          mist: NO_MIST,
          ambient: colour('#4a5f96', 0.1),
          sun: colour('#8fa6e0', 0.22),
          waterHeight: -Infinity,
        },
        { ...night, light: { across: -1.8, up: 0.4, ahead: false, colour: night.light.colour } },
      );
    },
  },
  {
    file: 'wilds/forest-fog.jpg',
    widthPx: 2400,
    heightPx: 1600,
    seed: 36,
    viewRatio: 1.1,
    horizon: 0.85,
    print: { exposure: 0.95, saturation: 1.05, vignette: 0.35 },
    paint(canvas, noise, seed) {
      const dawn: SkyLook = {
        zenith: colour('#7f9aa8'),
        middle: colour('#b9c2bd'),
        horizon: colour('#f0d9b4'),
        light: { across: 0.2, up: 0.42, ahead: true, colour: colour('#ffe2b0', 1.1) },
        disc: 0,
        glow: 0.8,
        clouds: [],
      };
      paintSky(canvas, dawn, noise);
      const fog = colour('#dfd6c2');
      paintForest(
        canvas,
        [
          { ground: 0.5, relief: 0.34, tall: 0.07, trees: 420, colour: colour('#a9b3aa'), fog: 0.95 },
          { ground: 0.6, relief: 0.3, tall: 0.11, trees: 300, colour: colour('#7f8f86'), fog: 0.95 },
          { ground: 0.72, relief: 0.26, tall: 0.17, trees: 190, colour: colour('#566a61'), fog: 0.92 },
          { ground: 0.86, relief: 0.2, tall: 0.27, trees: 105, colour: colour('#2f4039'), fog: 0.8 },
          { ground: 1.04, relief: 0.16, tall: 0.45, trees: 58, colour: colour('#131d19'), fog: 0.35 },
        ],
        fog,
        noise,
        seed,
      );
    },
  },
  {
    file: 'wilds/blue-woods.jpg',
    widthPx: 1600,
    heightPx: 2400,
    orientation: 6,
    seed: 77,
    viewRatio: 0.8,
    horizon: 0.9,
    print: { exposure: 1, saturation: 1.08, vignette: 0.35 },
    paint(canvas, noise, seed) {
      const blueHour: SkyLook = {
        zenith: colour('#16244a'),
        middle: colour('#3d5a8c'),
        horizon: colour('#d8a8a0'),
        light: { across: -0.1, up: 0.22, ahead: true, colour: colour('#ffc0a0', 0.7) },
        disc: 0,
        glow: 0.6,
        clouds: [cirrus],
      };
      paintSky(canvas, { ...blueHour, clouds: [] }, noise);
      paintStars(canvas, 60, seed);
      paintForest(
        canvas,
        [
          { ground: 0.52, relief: 0.22, tall: 0.05, trees: 300, colour: colour('#74809f'), fog: 0.9 },
          { ground: 0.62, relief: 0.2, tall: 0.09, trees: 210, colour: colour('#505f80'), fog: 0.9 },
          { ground: 0.74, relief: 0.16, tall: 0.14, trees: 120, colour: colour('#33425f'), fog: 0.85 },
          { ground: 0.88, relief: 0.12, tall: 0.24, trees: 64, colour: colour('#1a2740'), fog: 0.7 },
          { ground: 1.05, relief: 0.1, tall: 0.42, trees: 26, colour: colour('#0a111f'), fog: 0.35 },
        ],
        colour('#8d9cbf'),
        noise,
        seed,
      );
    },
  },
];
