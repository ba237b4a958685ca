/** Pictures for tests: noise shows every wrong pixel. */
import { createRandom } from '../../runtime/show/random';
import type { Image } from './reference-compositor';

const made = new Map<string, Image>();

/** How a picture was made, so that another process can make the same. */
export interface Recipe {
  readonly kind: 'noise' | 'veil';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly seed: number;
}

const recipes = new WeakMap<Image, Recipe>();

export function recipeOf(image: Image): Recipe {
  const recipe = recipes.get(image);
  if (recipe === undefined) throw new Error('only noise and veils can be made again');
  return recipe;
}

export const makeAgain = ({ kind, widthPx, heightPx, seed }: Recipe): Image =>
  kind === 'noise' ? noise(widthPx, heightPx, seed) : veil(widthPx, heightPx, seed);

/** Opaque noise; the same picture for the same size and seed. */
export function noise(widthPx: number, heightPx: number, seed: number): Image {
  const key = `${widthPx}x${heightPx} ${seed}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const data = new Uint8Array(widthPx * heightPx * 3);
  // xorshift32 (Marsaglia): pictures are large, and any disorder will do.
  let word = (seed + 1) * 0x9e3779b9;
  for (let at = 0; at < data.length; at += 1) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    data[at] = word >>> 8;
  }
  const image: Image = { widthPx, heightPx, channels: 3, data };
  made.set(key, image);
  recipes.set(image, { kind: 'noise', widthPx, heightPx, seed });
  return image;
}

/** Premultiplied noise with every kind of alpha, and holes in it. */
export function veil(widthPx: number, heightPx: number, seed: number): Image {
  const random = createRandom(`veil ${seed}`);
  const data = new Uint8Array(widthPx * heightPx * 4);
  for (let at = 0; at < data.length; at += 4) {
    const kind = random();
    const alpha = kind < 0.3 ? 0 : kind < 0.5 ? 255 : Math.floor(random() * 256);
    for (let c = 0; c < 3; c += 1) data[at + c] = Math.round(random() * alpha);
    data[at + 3] = alpha;
  }
  const image: Image = { widthPx, heightPx, channels: 4, data };
  recipes.set(image, { kind: 'veil', widthPx, heightPx, seed });
  return image;
}

/** One colour, opaque. */
export function plain(widthPx: number, heightPx: number, rgb: number): Image {
  const data = new Uint8Array(widthPx * heightPx * 3).map((_, at) => (rgb >> (16 - 8 * (at % 3))) & 255);
  return { widthPx, heightPx, channels: 3, data };
}
