/** The test card as a picture of a show. */
import type { Image } from '../support/reference-compositor';
import { finalCard } from './test-card';

export function cardImage(widthPx: number, heightPx: number): Image {
  const bgrx = finalCard(widthPx, heightPx);
  const data = new Uint8Array(widthPx * heightPx * 3);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++)
    for (let colour = 0; colour < 3; colour++) data[pixel * 3 + colour] = bgrx[pixel * 4 + 2 - colour]!;
  return { widthPx, heightPx, channels: 3, data };
}
