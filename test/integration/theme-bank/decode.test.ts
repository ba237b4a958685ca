import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { decodePicture } from '../../../plugins/theme-bank/decode';
import type { Target } from '../../../plugins/theme-bank/target';
import { pngChunk } from '../../support/png';

const TARGET: Target = { widthPx: 64, heightPx: 48, fit: 'cover', background: 0, turn: 0 };
const RED = { r: 255, g: 0, b: 0 };
const BLUE = { r: 0, g: 0, b: 255 };

/** Red with a blue upper left quarter: every turn and mirror image of it differs from all others but the transposed. */
const quartered = (width: number, height: number): sharp.Sharp =>
  sharp({ create: { width, height, channels: 3, background: RED } }).composite([
    { input: { create: { width: width / 2, height: height / 2, channels: 3, background: BLUE } }, left: 0, top: 0 },
  ]);

/** `R` or `B` for each quarter of the decoded picture, row by row. */
function quarters({ pixels, widthPx, heightPx }: Awaited<ReturnType<typeof decodePicture>>): string {
  const at = (x: number, y: number): string => {
    const index = (Math.floor(heightPx * y) * widthPx + Math.floor(widthPx * x)) * 3;
    return pixels[index]! > pixels[index + 2]! ? 'R' : 'B';
  };
  return at(0.25, 0.25) + at(0.75, 0.25) + at(0.25, 0.75) + at(0.75, 0.75);
}

/** 0 where fewer than one value in twenty is far off: an edge that lies a pixel beside does not count, a wrong turn does. */
function farOff(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  let wrong = 0;
  for (let at = 0; at < a.length; at += 1) if (Math.abs(a[at]! - b[at]!) > 128) wrong += 1;
  return Math.floor(wrong / (a.length * 0.05));
}

describe('decoding a picture', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'decode-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, bytes: Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const decode = async (name: string, bytes: Buffer, target: Partial<Target> = {}): ReturnType<typeof decodePicture> =>
    decodePicture(put(name, bytes), { ...TARGET, ...target });
  const first = async (name: string, bytes: Buffer, target: Partial<Target> = {}): Promise<number[]> => [
    ...(await decode(name, bytes, target)).pixels.subarray(0, 3),
  ];

  it('covers the target exactly, enlarging small pictures', async () => {
    for (const size of [4, 64, 500]) {
      const decoded = await decode('a.png', await quartered(size, size).png().toBuffer());
      expect([decoded.widthPx, decoded.heightPx, decoded.pixels.length]).toEqual([64, 48, 64 * 48 * 3]);
    }
  });

  it('fits into the target with `contain`, enlarging small pictures', async () => {
    const decoded = await decode('a.png', await quartered(10, 30).png().toBuffer(), { fit: 'contain' });
    expect([decoded.widthPx, decoded.heightPx]).toEqual([16, 48]);
  });

  it('applies every orientation of the camera', async () => {
    // Three colours, so that no two orientations look alike.
    const corner = { create: { width: 32, height: 24, channels: 3 as const, background: '#0f0' } };
    const marked = await quartered(64, 48).png().toBuffer();
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const bytes = await sharp(marked)
        .composite([{ input: corner, left: 32, top: 0 }])
        .withMetadata({ orientation })
        .png()
        .toBuffer();
      for (const fit of ['cover', 'inside'] as const) {
        const { data, info } = await sharp(bytes)
          .autoOrient()
          .resize(64, 48, { fit })
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        const decoded = await decode(`${orientation}.png`, bytes, { fit: fit === 'cover' ? 'cover' : 'contain' });
        expect([orientation, decoded.widthPx, decoded.heightPx]).toEqual([orientation, info.width, info.height]);
        expect([orientation, farOff(decoded.pixels, data)]).toEqual([orientation, 0]);
      }
    }
  });

  it('turns clockwise for the panel', async () => {
    const bytes = await quartered(64, 48).png().toBuffer();
    const turns = [0, 90, 180, 270] as const;
    const decoded = await Promise.all(turns.map((turn) => decode(`${turn}.png`, bytes, { turn })));
    expect(decoded.map(quarters)).toEqual(['BRRR', 'RBRR', 'RRRB', 'RRBR']);
    expect(decoded.map(({ widthPx, heightPx }) => [widthPx, heightPx])).toEqual([
      [64, 48],
      [48, 64],
      [64, 48],
      [48, 64],
    ]);
  });

  it('reads 16 bit, grey, palette, CMYK with and without profile', async () => {
    const plain = sharp({ create: { width: 80, height: 60, channels: 3, background: { r: 51, g: 102, b: 153 } } });
    const near = async (name: string, bytes: Buffer, want: readonly number[], by: number): Promise<void> => {
      const got = await first(name, bytes);
      got.forEach((value, at) => expect(Math.abs(value - want[at]!)).toBeLessThanOrEqual(by));
    };
    await near('16.png', await plain.clone().toColourspace('rgb16').png().toBuffer(), [51, 102, 153], 1);
    await near('grey.png', await plain.clone().toColourspace('b-w').png().toBuffer(), [99, 99, 99], 2);
    await near('palette.png', await plain.clone().png({ palette: true }).toBuffer(), [51, 102, 153], 2);
    await near('cmyk.jpg', await plain.clone().toColourspace('cmyk').jpeg().toBuffer(), [51, 102, 153], 8);
    await near('profile.jpg', await plain.clone().withIccProfile('cmyk').jpeg().toBuffer(), [51, 102, 153], 16);
    await near('a.avif', await plain.clone().avif().toBuffer(), [51, 102, 153], 3);
    await near('a.webp', await plain.clone().webp().toBuffer(), [51, 102, 153], 3);
    await near('a.tiff', await plain.clone().tiff().toBuffer(), [51, 102, 153], 3);
  });

  it('shows the background through transparency, in colour also for grey pictures', async () => {
    const clear = sharp({ create: { width: 80, height: 60, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    expect(await first('rgba.png', await clear.png().toBuffer(), { background: 0x123456 })).toEqual([0x12, 0x34, 0x56]);
    const pairs = Buffer.alloc(80 * 60 * 2);
    const grey = await sharp(pairs, { raw: { width: 80, height: 60, channels: 2 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(2);
    expect(await first('greya.png', grey, { background: 0xff0000 })).toEqual([255, 0, 0]);
  });

  it('shows the first frame of animations', async () => {
    const frames = Buffer.alloc(80 * 120 * 3);
    for (let at = 0; at < frames.length; at += 3) frames[at + (at < frames.length / 2 ? 0 : 2)] = 255;
    const both = sharp(frames, { raw: { width: 80, height: 120, channels: 3, pageHeight: 60 } });
    const gif = await both.clone().gif().toBuffer();
    expect((await sharp(gif, { animated: true }).metadata()).pages).toBe(2);
    expect(await first('a.gif', gif)).toEqual([255, 0, 0]);
    const [red] = await first('anim.webp', await both.clone().webp().toBuffer());
    expect(red).toBeGreaterThan(250);
  });

  it('draws vector pictures at the size they are shown', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="4" height="6" fill="#fff"/></svg>';
    const { pixels } = await decode('a.svg', Buffer.from(svg));
    // A blurred edge would be many pixels wide.
    const greys = pixels.subarray(0, 64 * 3).filter((value) => value > 16 && value < 239);
    expect(greys.length).toBeLessThanOrEqual(3 * 4);
  });

  it('refuses what is broken, truncated, empty or no picture, with a reason in one line', async () => {
    const noise = await sharp({
      create: {
        width: 200,
        height: 150,
        channels: 3,
        background: RED,
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .png()
      .toBuffer();
    const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2);
    const bad: Record<string, Buffer> = {
      'empty.jpg': Buffer.alloc(0),
      'text.jpg': Buffer.from('this is no picture'),
      'half.png': half(noise),
      'half.jpg': half(await sharp(noise).jpeg().toBuffer()),
      'half.webp': half(await sharp(noise).webp().toBuffer()),
      'half.gif': half(await sharp(noise).gif().toBuffer()),
      'half.avif': half(await sharp(noise).avif().toBuffer()),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      const reason = await decode(name, bytes).then(
        () => 'decoded',
        (cause: unknown) => (cause as Error).message,
      );
      expect([name, reason]).not.toEqual([name, 'decoded']);
      expect(reason).not.toContain('\n');
      expect(reason.length).toBeGreaterThan(5);
    }
  });

  it('refuses a pixel bomb by its header', async () => {
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
    header.writeUInt32BE(50_000, 0);
    header.writeUInt32BE(50_000, 4);
    const chunks = [
      pngChunk('IHDR', header),
      pngChunk('IDAT', deflateSync(Buffer.alloc(1000))),
      pngChunk('IEND', Buffer.alloc(0)),
    ];
    const bomb = Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...chunks]);
    await expect(decode('bomb.png', bomb)).rejects.toThrow('are more than 268402689 pixels');
  });

  it('reads files whatever their names are', async () => {
    const bytes = await quartered(64, 48).png().toBuffer();
    for (const name of ['with space.png', '-leading.png', '🌲 tree.png', 'a[0]*?.png', "quote'd.png", 'no-extension']) {
      expect(quarters(await decode(name, bytes))).toBe('BRRR');
    }
  });

  it('ends with a reason for links in a circle, folders and what is not there', async () => {
    symlinkSync(join(folder, 'loop-b.png'), join(folder, 'loop-a.png'));
    symlinkSync(join(folder, 'loop-a.png'), join(folder, 'loop-b.png'));
    for (const name of ['loop-a.png', '.', 'missing.png']) {
      await expect(decodePicture(join(folder, name), TARGET)).rejects.toThrow();
    }
  });

  it('survives extreme shapes', async () => {
    const line = await sharp({ create: { width: 5000, height: 1, channels: 3, background: BLUE } })
      .png()
      .toBuffer();
    expect(await first('line.png', line)).toEqual([0, 0, 255]);
    const thin = await decode('line.png', line, { fit: 'contain' });
    expect([thin.widthPx, thin.heightPx]).toEqual([64, 1]);
  });

  const isRoot = execFileSync('id', ['-u']).toString().trim() === '0';
  (isRoot ? it.skip : it)('ends with a reason where it has no rights', async () => {
    const file = put('secret.png', await quartered(8, 8).png().toBuffer());
    execFileSync('chmod', ['000', file]);
    await expect(decodePicture(file, TARGET)).rejects.toThrow();
  });
});
