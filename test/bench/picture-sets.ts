/** The pictures of the benchmarks: sets by name, made once a run. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const SETS = {
  pair: { count: 2, widthPx: 1920, heightPx: 1080 },
  few: { count: 6, widthPx: 1920, heightPx: 1080 },
  many: { count: 40, widthPx: 2400, heightPx: 1600 },
  large: { count: 4, widthPx: 6000, heightPx: 4000 },
  hundred: { count: 120, widthPx: 640, heightPx: 360 },
  photographs: { count: 20, widthPx: 5184, heightPx: 3456 },
  progressive: { count: 20, widthPx: 5184, heightPx: 3456 },
} as const;

/** Side of the tile of grain: large enough that no picture looks tiled to an encoder. */
const GRAIN_PX = 1024;

/** Photograph-like pictures, soft forms with grain, so that they cost what photographs cost. Gives the folder, `name` in `folder`. */
export async function pictures(folder: string, name: keyof typeof SETS): Promise<string> {
  const place = join(folder, name);
  if (existsSync(place)) return place;
  const making = `${place}.making`;
  mkdirSync(making, { recursive: true });
  const grain = await sharp({
    create: {
      width: GRAIN_PX,
      height: GRAIN_PX,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 12 },
    },
  })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const { count, widthPx, heightPx } = SETS[name];
  for (let index = 0; index < count; index++) {
    const small = Buffer.from(
      Array.from({ length: 24 * 16 * 3 }, (_, at) => (Math.imul(at + 7, 2654435761 + index * 97) >>> 13) & 255),
    );
    // Smaller than a tile is a part of it.
    const tile = sharp(grain).extract({
      left: 0,
      top: 0,
      width: Math.min(GRAIN_PX, widthPx),
      height: Math.min(GRAIN_PX, heightPx),
    });
    await sharp(small, { raw: { width: 24, height: 16, channels: 3 } })
      .resize(widthPx, heightPx, { kernel: 'cubic', fit: 'fill' })
      .composite([{ input: await tile.png({ compressionLevel: 0 }).toBuffer(), blend: 'soft-light', tile: true }])
      .jpeg({ quality: 88, progressive: name === 'progressive' })
      .toFile(join(making, `${String(index).padStart(4, '0')}.jpg`));
  }
  renameSync(making, place);
  return place;
}
