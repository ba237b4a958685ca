/** Pictures as the memory account sees them: by the headers of the largest files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { largestPictures } from '../../../plugins/theme-bank/picture-figures';
import { noise } from '../../support/images';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'picture-figures-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [WIDTH, HEIGHT] = [800, 600];

async function put(name: string, how: (picture: sharp.Sharp) => sharp.Sharp): Promise<string> {
  const { data } = noise(WIDTH, HEIGHT, 3);
  const file = join(folder, name);
  await how(sharp(Buffer.from(data), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })).toFile(file);
  return file;
}

it.each([
  ['a JPEG in strips', 'a.jpg', (p: sharp.Sharp) => p.jpeg({ quality: 100 }), 0, 3],
  ['a progressive JPEG', 'b.jpg', (p: sharp.Sharp) => p.jpeg({ quality: 100, progressive: true }), 3, 3],
  [
    'a progressive JPEG with all its colour',
    'b4.jpg',
    (p: sharp.Sharp) => p.jpeg({ quality: 100, progressive: true, chromaSubsampling: '4:4:4' }),
    6,
    3,
  ],
  ['a PNG', 'c.png', (p: sharp.Sharp) => p.png(), 0, 3],
  [
    'a PNG of 16 bits with transparency',
    'c16.png',
    (p: sharp.Sharp) => p.ensureAlpha().toColourspace('rgb16').png(),
    0,
    8,
  ],
  ['an interlaced PNG', 'd.png', (p: sharp.Sharp) => p.png({ progressive: true }), 4, 3],
  ['a WebP', 'e.webp', (p: sharp.Sharp) => p.webp({ lossless: true }), 4, 3],
])('are right for %s', async (_what, name, how, wholeBytesPerPx, pixelBytes) => {
  expect(await largestPictures([await put(name, how)])).toEqual([
    {
      widthPx: WIDTH,
      heightPx: HEIGHT,
      lies: false,
      pixelBytes,
      ...(name.endsWith('.jpg') ? { jpeg: { hasHalfColour: !name.startsWith('b4') } } : {}),
      wholeBytes: wholeBytesPerPx * WIDTH * HEIGHT,
    },
  ]);
});

it('are right for one that is stored on its side', async () => {
  const file = await put('side.jpg', (p) => p.jpeg({ quality: 100 }).withMetadata({ orientation: 6 }));
  expect(await largestPictures([file])).toMatchObject([{ widthPx: WIDTH, heightPx: HEIGHT, lies: true }]);
});

it('leave out a file that cannot be read, and count no source of one that is drawn at the size it is shown at', async () => {
  const files = [
    await put('f.jpg', (p) => p.jpeg({ quality: 100 })),
    join(folder, 'gone.jpg'),
    join(folder, 'broken.jpg'),
    join(folder, 'drawn.svg'),
  ];
  writeFileSync(files[2]!, Buffer.alloc(300_000, 'x'));
  writeFileSync(files[3]!, '<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"/>');
  expect(await largestPictures(files)).toHaveLength(2);
  const drawn = { widthPx: 0, heightPx: 0, lies: false, pixelBytes: 0, wholeBytes: 0 };
  expect(await largestPictures(files.slice(1))).toEqual([drawn]);
  expect(await largestPictures([])).toEqual([]);
});
