/** Pictures that somebody copies over while they are read: a mapped file that becomes shorter would end the program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { noise } from '../../support/images';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-overwritten-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Decodes the file and shortens it meanwhile: a program of its own, which a mapped file would end. */
const READER = `
const { readFileSync, truncateSync, writeFileSync } = require('node:fs');
const { decodePicture } = require('${join(__dirname, '../../../plugins/theme-bank/decode')}');
const { largestPictures } = require('${join(__dirname, '../../../plugins/theme-bank/picture-figures')}');
const { lookAtPictures } = require('${join(__dirname, '../../../runtime/show/picture-finding')}');
const file = process.argv[1];
const whole = readFileSync(file);
const target = { widthPx: 640, heightPx: 360, fit: 'contain', background: 0, turn: 0 };
async function beside(work) {
  let over = false;
  work.then(() => (over = true), () => (over = true));
  while (!over) {
    truncateSync(file, 0);
    writeFileSync(file, whole);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
(async () => {
  for (let round = 0; round < 5; round += 1) {
    await beside(decodePicture(file, target));
    await beside(largestPictures([file]));
    await beside(lookAtPictures([file]));
  }
})();`;

it.each([
  ['gif', (image: sharp.Sharp) => image.gif({ effort: 1 })],
  ['webp', (image: sharp.Sharp) => image.webp({ effort: 0 })],
  ['jpg', (image: sharp.Sharp) => image.jpeg()],
  ['png', (image: sharp.Sharp) => image.png({ compressionLevel: 1 })],
  ['tiff', (image: sharp.Sharp) => image.tiff()],
  ['avif', (image: sharp.Sharp) => image.avif({ effort: 0 })],
])('of %s end no program', async (name, encode) => {
  const { data } = noise(640, 360, 1);
  const file = join(folder, `file.${name}`);
  writeFileSync(file, await encode(sharp(data, { raw: { width: 640, height: 360, channels: 3 } })).toBuffer());
  const reader = spawn(process.execPath, ['-e', READER, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  expect(await once(reader, 'exit')).toEqual([0, null]);
});
