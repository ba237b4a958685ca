/** Woods: rows of conifers, one behind the other, with fog rising between them. */
import { type Canvas, type Rgb } from './canvas';
import { mix, type Noise, seededRandom, smoothstep } from './noise';

export interface TreeRow {
  /** Where its ground lies, in picture heights from the top, and how far the ground rises and falls. */
  readonly ground: number;
  readonly relief: number;
  /** Height of a usual tree in picture heights. */
  readonly tall: number;
  /** Trees over the width of the picture. */
  readonly trees: number;
  readonly colour: Rgb;
  /** Fog at the feet of this row, 0..1. */
  readonly fog: number;
}

/** Paints the rows in the order given: farthest first. */
export function paintForest(canvas: Canvas, rows: readonly TreeRow[], fog: Rgb, noise: Noise, seed: number): void {
  const random = seededRandom(seed);
  rows.forEach((row, index) => {
    const groundPx = (x: number): number =>
      canvas.heightPx *
      (row.ground + row.relief * (noise.fractal((x / canvas.widthPx) * 2.6 + index * 31, index, 4) - 0.5));
    const tallPx = row.tall * canvas.heightPx;
    const paint = (column: number, y: number, coverage: number, lift: number): void => {
      const wisp = noise.fractal((column / canvas.widthPx) * 7 + index * 3, (y / canvas.heightPx) * 16, 2) - 0.4;
      const footed = smoothstep(-tallPx * 0.95, tallPx * 0.45, y - groundPx(column) + wisp * tallPx * 1.1);
      const veil = Math.min(1, row.fog * footed);
      const own = 1 + lift;
      canvas.cover(
        column,
        y,
        mix(row.colour[0] * own, fog[0], veil),
        mix(row.colour[1] * own, fog[1], veil),
        mix(row.colour[2] * own, fog[2], veil),
        coverage,
      );
    };
    for (let column = 0; column < canvas.widthPx; column++) {
      for (let y = Math.max(0, Math.floor(groundPx(column))); y < canvas.heightPx; y++) paint(column, y, 1, 0);
    }
    const places = Array.from({ length: row.trees }, () => random()).sort((a, b) => a - b);
    for (const place of places) {
      const x = place * canvas.widthPx;
      const grown = 0.45 + 0.75 * random() * (0.5 + noise.at(place * 11, index * 7));
      paintConifer(canvas, x, groundPx(x) + tallPx * 0.05, tallPx * grown, random, paint);
    }
  });
}

/** One conifer: whorls of drooping branches, wider towards the ground. */
function paintConifer(
  canvas: Canvas,
  centrePx: number,
  footPx: number,
  tallPx: number,
  random: () => number,
  paint: (column: number, row: number, coverage: number, lift: number) => void,
): void {
  const spread = tallPx * (0.13 + 0.06 * random());
  const whorls = Math.max(7, Math.round(tallPx / 22) + Math.round(random() * 5));
  const phase = random();
  const leanPx = (random() - 0.5) * tallPx * 0.02;
  const lift = random() * 0.25;
  let raggedLeft = 0;
  let raggedRight = 0;
  for (let row = Math.max(0, Math.floor(footPx - tallPx)); row < Math.min(canvas.heightPx, footPx); row++) {
    const down = Math.min(1, (row - (footPx - tallPx)) / tallPx);
    const whorl = down ** 0.85 * whorls + phase;
    const cut = 0.5 - 0.36 * down;
    const droop = 1 - cut + cut * (whorl - Math.floor(whorl));
    raggedLeft = raggedLeft * 0.6 + (random() - 0.5) * 0.5;
    raggedRight = raggedRight * 0.6 + (random() - 0.5) * 0.5;
    const reach = Math.max(0.7, spread * down ** 0.9 * droop);
    const sway = centrePx + leanPx * (1 - down);
    const left = sway - Math.max(0.5, reach * (1 + raggedLeft));
    const right = sway + Math.max(0.5, reach * (1 + raggedRight));
    const end = Math.min(canvas.widthPx, Math.ceil(right));
    for (let column = Math.max(0, Math.floor(left)); column < end; column++) {
      const coverage = Math.min(right, column + 1) - Math.max(left, column);
      paint(column, row, Math.min(1, coverage), lift);
    }
  }
}
