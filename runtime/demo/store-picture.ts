/** Paints one picture and stores it as a JPEG, whole or not at all. */
import path from 'node:path';
import sharp from 'sharp';
import { makeFolder } from '../core/make-folder';
import { writeFile } from '../core/write-file';
import { paintPicture, type Picture } from './pictures';

/** High enough that skies stay smooth, low enough that the whole set is a few MB. */
const JPEG_QUALITY = 85;

/** Rejects when the file cannot be written. */
export async function storePicture(picture: Picture, folder: string): Promise<void> {
  const file = path.join(folder, picture.file);
  const painted = paintPicture(picture);
  const raw = { width: painted.widthPx, height: painted.heightPx, channels: 3 } as const;
  let image = sharp(painted.pixels, { raw }).resize(picture.widthPx, picture.heightPx).sharpen({ sigma: 0.8 });
  if (picture.orientation !== undefined) {
    const upright = { width: picture.widthPx, height: picture.heightPx, channels: 3 } as const;
    // A viewer turns orientation 6 a quarter clockwise and 8 counter-clockwise; the file lies turned the other way.
    image = sharp(await image.raw().toBuffer(), { raw: upright })
      .rotate(picture.orientation === 6 ? 270 : 90)
      .withMetadata({ orientation: picture.orientation });
  }
  makeFolder(path.dirname(file));
  writeFile(file, await image.jpeg({ quality: JPEG_QUALITY }).toBuffer());
}
