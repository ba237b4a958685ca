/** Makes the demo media in a folder: what is there already stays. */
import { access, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { type Painted, paintPicture, type Picture, PICTURES } from './pictures';

/** Of the JPEGs: high enough that skies stay smooth, low enough that the whole set is a few MB. */
const JPEG_QUALITY = 85;

export interface MadeMedia {
  readonly made: number;
  readonly kept: number;
}

/** Paints what is missing below `folder`; `onPicture` hears of each before it is painted. Each file appears whole or not at all. */
export async function makeMedia(folder: string, onPicture: (file: string) => void): Promise<MadeMedia> {
  let made = 0;
  let stored: Promise<void> = Promise.resolve();
  for (const picture of PICTURES) {
    const file = path.join(folder, picture.file);
    if (await exists(file)) continue;
    onPicture(picture.file);
    await mkdir(path.dirname(file), { recursive: true });
    const painted = paintPicture(picture);
    // One picture is encoded on the pool while the next is painted here.
    await stored;
    stored = store(picture, painted, file);
    stored.catch(() => {}); // heard by the await above or below
    made += 1;
  }
  await stored;
  return { made, kept: PICTURES.length - made };
}

async function store(picture: Picture, painted: Painted, file: string): Promise<void> {
  const { default: sharp } = await import('sharp');
  const raw = { width: painted.widthPx, height: painted.heightPx, channels: 3 } as const;
  let image = sharp(painted.pixels, { raw }).resize(picture.widthPx, picture.heightPx).sharpen({ sigma: 0.8 });
  if (picture.orientation !== undefined) {
    const upright = { width: picture.widthPx, height: picture.heightPx, channels: 3 } as const;
    // A viewer turns orientation 6 a quarter clockwise and 8 counter-clockwise; the file lies turned the other way.
    image = sharp(await image.raw().toBuffer(), { raw: upright })
      .rotate(picture.orientation === 6 ? 270 : 90)
      .withMetadata({ orientation: picture.orientation });
  }
  const beside = `${file}.part`;
  await image.jpeg({ quality: JPEG_QUALITY }).toFile(beside);
  await rename(beside, file);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
