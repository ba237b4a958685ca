/** Lights of the night sky: stars, the milky way and the aurora. They add to the sky that is there. */
import { type Canvas, colour } from './canvas';
import { mix, type Noise, seededRandom, smoothstep } from './noise';

/** Stars from cool to warm. */
const STAR_COLOURS = ['#b9ccff', '#dfe8ff', '#ffffff', '#fff0d8', '#ffd7a8'].map((hex) => colour(hex));

/** `perMegapixel` stars above the horizon; few are bright, as in the sky. */
export function paintStars(canvas: Canvas, perMegapixel: number, seed: number): void {
  const random = seededRandom(seed);
  const count = Math.round((perMegapixel * canvas.widthPx * canvas.horizonPx) / 1e6);
  for (let star = 0; star < count; star++) {
    const x = random() * canvas.widthPx;
    const y = random() * canvas.horizonPx;
    const brightness = 0.05 + 0.9 * random() ** 9;
    const tint = STAR_COLOURS[Math.floor(random() * STAR_COLOURS.length)]!;
    const dimmedByAir = smoothstep(0, 0.12, canvas.up(y));
    paintStar(canvas, x, y, brightness * dimmedByAir, tint);
  }
}

function paintStar(canvas: Canvas, x: number, y: number, brightness: number, tint: readonly number[]): void {
  const radiusPx = 1.0 + brightness * 1.1;
  const reachPx = Math.ceil(radiusPx * 3);
  for (let dy = -reachPx; dy <= reachPx; dy++) {
    for (let dx = -reachPx; dx <= reachPx; dx++) {
      const column = Math.floor(x) + dx;
      const row = Math.floor(y) + dy;
      const away = Math.hypot(column + 0.5 - x, row + 0.5 - y) / radiusPx;
      const light = brightness * Math.exp(-away * away * 1.6);
      canvas.add(column, row, light * tint[0]!, light * tint[1]!, light * tint[2]!);
    }
  }
}

/** A band of countless stars with dust lanes, rising to the right from `foot` (a tangent) at the horizon. */
export function paintMilkyWay(canvas: Canvas, foot: number, lean: number, noise: Noise, seed: number): void {
  const random = seededRandom(seed);
  const core = colour('#ffdcb4');
  const rim = colour('#8fa4d8');
  for (let row = 0; row < canvas.horizonPx; row++) {
    const up = canvas.up(row);
    for (let column = 0; column < canvas.widthPx; column++) {
      const across = canvas.across(column);
      const along = up + (across - foot) * lean;
      const aside = (across - foot - up * lean) / Math.hypot(1, lean);
      if (Math.abs(aside) > 0.4) continue;
      const cloudy = noise.fractal(across * 5 + 3, up * 5 + 9, 5);
      const wobble = (noise.fractal(along * 2.2, 7, 3) - 0.45) * 0.22;
      const width = 0.11 + 0.06 * noise.at(along * 1.7, 3);
      const band = Math.exp(-(((aside + wobble) / width) ** 2)) * (0.35 + 1.1 * cloudy);
      const lane = noise.fractal(along * 4.5 + 20, aside * 9 + 5, 5);
      const dust = smoothstep(0.44, 0.6, lane) * Math.exp(-(((aside + wobble) / (width * 0.6)) ** 2));
      const light = band * (1 - 0.82 * dust) * 0.085 * smoothstep(0, 0.3, up);
      const speckle = random() > 0.992 ? 5.5 * random() : 0.85;
      const warm = Math.exp(-(((aside + wobble) / (width * 0.55)) ** 2));
      canvas.add(
        column,
        row,
        light * speckle * mix(rim[0], core[0], warm),
        light * speckle * mix(rim[1], core[1], warm),
        light * speckle * mix(rim[2], core[2], warm),
      );
    }
  }
}

export interface Curtain {
  /** Height of its lower edge at the left and right of the picture, as tangents. */
  readonly fromUp: number;
  readonly toUp: number;
  readonly strength: number;
  /** How tall its rays are, as a tangent. */
  readonly tall: number;
}

/** Curtains of northern light: green below, red and violet where the rays end. */
export function paintAurora(canvas: Canvas, curtains: readonly Curtain[], noise: Noise): void {
  const low = colour('#3dffa0');
  const high = colour('#b05cff');
  curtains.forEach((curtain, index) => {
    for (let column = 0; column < canvas.widthPx; column++) {
      const across = canvas.across(column);
      const along = column / canvas.widthPx;
      const lane = index * 17.3;
      const fold = (noise.fractal(across * 1.6 + lane, lane, 3) - 0.45) * 0.5;
      const edge = mix(curtain.fromUp, curtain.toUp, along) + fold;
      const sweep = across + fold * 1.4;
      const rays = 0.4 + 0.9 * noise.fractal(sweep * 34 + lane, lane + 5, 3) * noise.at(sweep * 9, lane + 2) * 2;
      const patch = smoothstep(0.22, 0.62, noise.fractal(across * 1.3 + lane, lane + 11, 3));
      const tall = curtain.tall * (0.55 + 0.9 * noise.fractal(sweep * 12 + lane, lane + 8, 3));
      for (let row = 0; row < canvas.horizonPx; row++) {
        const above = canvas.up(row) - edge;
        if (above < -0.05) break;
        const body = above < 0 ? Math.exp(-((above / 0.016) ** 2)) : Math.exp(-above / tall);
        const light = curtain.strength * patch * rays * body * smoothstep(0, 0.1, canvas.up(row));
        const violet = smoothstep(0.2, 2.6, above / tall);
        canvas.add(
          column,
          row,
          light * mix(low[0], high[0], violet),
          light * mix(low[1], high[1], violet),
          light * mix(low[2], high[2], violet),
        );
      }
    }
  });
}
