/** The memory that pictures need for their sources: by their headers, and one at a time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { largestSourceBytes } from '../../../plugins/theme-bank/source-bytes';
import { noise } from '../../support/images';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'source-bytes-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [WIDTH, HEIGHT] = [800, 600];

async function put(name: string, how: (picture: sharp.Sharp) => sharp.Sharp): Promise<string> {
  const { data } = noise(WIDTH, HEIGHT, 3);
  const file = join(folder, name);
  await how(sharp(Buffer.from(data), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })).toFile(file);
  return file;
}

it.each([
  ['a JPEG in strips', 'a.jpg', (p: sharp.Sharp) => p.jpeg({ quality: 100 }), 0],
  ['a progressive JPEG', 'b.jpg', (p: sharp.Sharp) => p.jpeg({ quality: 100, progressive: true }), 3],
  [
    'a progressive JPEG with all its colour',
    'b4.jpg',
    (p: sharp.Sharp) => p.jpeg({ quality: 100, progressive: true, chromaSubsampling: '4:4:4' }),
    6,
  ],
  ['a PNG', 'c.png', (p: sharp.Sharp) => p.png(), 0],
  ['an interlaced PNG', 'd.png', (p: sharp.Sharp) => p.png({ progressive: true }), 4],
  ['a WebP', 'e.webp', (p: sharp.Sharp) => p.webp({ lossless: true }), 4],
])('is right for %s', async (_what, name, how, bytesPerPx) => {
  expect(await largestSourceBytes([await put(name, how)])).toBe(bytesPerPx * WIDTH * HEIGHT);
});

it('is that of the one that needs most; a file that cannot be read counts nothing', async () => {
  const files = [
    await put('f.jpg', (p) => p.jpeg({ quality: 100 })),
    await put('g.jpg', (p) => p.jpeg({ quality: 100, progressive: true })),
    join(folder, 'gone.jpg'),
    join(folder, 'broken.jpg'),
  ];
  writeFileSync(files[3]!, Buffer.alloc(300_000, 'x'));
  expect(await largestSourceBytes(files)).toBe(3 * WIDTH * HEIGHT);
  expect(await largestSourceBytes(files.slice(2))).toBe(0);
  expect(await largestSourceBytes([])).toBe(0);
});
