/** Pictures of kinds that libvips alone reads wrongly or not at all: playing and checking take them alike. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { decodePicture } from '../../../plugins/theme-bank/decode';
import type { Target } from '../../../plugins/theme-bank/target';
import { gammaProfile } from '../../../runtime/media/picture/gamma-profile';
import { lookAtPictures, type PictureFinding } from '../../../runtime/show/picture-finding';
import { makeHeic } from '../../support/heic';
import { pngChunk, PNG_SIGNATURE } from '../../support/png';

const TARGET: Target = { widthPx: 320, heightPx: 180, fit: 'contain', background: 0, turn: 0 };

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-odd-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const found = async (path: string): Promise<PictureFinding> => (await lookAtPictures([path]))[0]!;

async function pixels(path: string): Promise<Buffer> {
  const { pixels: rgb, widthPx, heightPx } = await decodePicture(path, TARGET);
  expect([widthPx, heightPx]).toEqual([320, 180]);
  return Buffer.from(rgb);
}

/** Mean distance of two pictures. */
const apart = (a: Buffer, b: Buffer): number =>
  a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;

/** Of the pixel in the middle. */
const middle = (rgb: Buffer): number[] => [...rgb.subarray((90 * 320 + 160) * 3, (90 * 320 + 160) * 3 + 3)];

describe('a JPEG', () => {
  const noise = (): sharp.Sharp =>
    sharp({
      create: {
        width: 640,
        height: 360,
        channels: 3,
        background: 'teal',
        noise: { type: 'gaussian', sigma: 40, mean: 128 },
      },
    });
  const kinds: readonly [string, (image: sharp.Sharp) => sharp.Sharp][] = [
    ['baseline', (image) => image.jpeg({ quality: 90 })],
    ['progressive', (image) => image.jpeg({ quality: 90, progressive: true })],
    ['grey', (image) => image.greyscale().toColourspace('b-w').jpeg()],
    ['without chroma subsampling', (image) => image.jpeg({ chromaSubsampling: '4:4:4' })],
    ['CMYK', (image) => image.toColourspace('cmyk').jpeg()],
  ];
  const ends: readonly [string, (whole: Buffer) => Buffer][] = [
    ['its end marker', (whole) => whole.subarray(0, -2)],
    ['the last byte', (whole) => whole.subarray(0, -1)],
    ['its end marker, zeros behind it', (whole) => Buffer.concat([whole.subarray(0, -2), Buffer.alloc(3000)])],
  ];

  it.each(kinds.flatMap(([kind, encode]) => ends.map(([end, cut]) => [kind, end, encode, cut] as const)))(
    '%s, is shown whole without %s',
    async (kind, end, encode, cut) => {
      const whole = await encode(noise()).toBuffer();
      const path = file(`${kind} ${end}.jpg`, cut(whole));
      expect(await pixels(path)).toEqual(await pixels(file('whole.jpg', whole)));
      expect((await found(path)).size).toEqual([640, 360]);
    },
  );

  it('is warned of where its end marker is missing, whether its last samples need more bytes or not', async () => {
    // Bits of ones that fill the last byte are not asked for: some in twenty pictures.
    for (let round = 0; round < 60; round += 1) {
      const whole = await noise().jpeg().toBuffer();
      expect((await found(file('end.jpg', whole.subarray(0, -2)))).warning).toMatchObject({
        message: 'ends without its end marker, as if its last bytes were missing; it is shown as it is',
      });
    }
  });

  it('is not warned of for bytes behind its end, nor for a thumbnail before its scan', async () => {
    const whole = await noise().jpeg().toBuffer();
    const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9])]);
    const framed = Buffer.concat([whole.subarray(0, 2), thumbnail, whole.subarray(2)]);
    const behind = Buffer.concat([framed, Buffer.alloc(5000)]);
    expect(await found(file('framed.jpg', framed))).toEqual({ size: [640, 360] });
    expect(await found(file('behind.jpg', behind))).toEqual({ size: [640, 360] });
    expect((await found(file('cut.jpg', framed.subarray(0, -2)))).warning?.message).toMatch('without its end marker');
  });

  it.each(kinds.flatMap(([kind, encode]) => [0.25, 0.5, 0.97].map((share) => [kind, share, encode] as const)))(
    '%s, of which only %d are there is not shown',
    async (_kind, share, encode) => {
      const whole = await encode(noise()).toBuffer();
      const path = file('part.jpg', whole.subarray(0, Math.floor(whole.length * share)));
      await expect(decodePicture(path, TARGET)).rejects.toThrow('premature end of JPEG image');
      expect((await found(path)).size).toBeUndefined();
    },
  );
});

describe('a PNG that states its gamma', () => {
  const light = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const COLOUR = [51, 102, 153] as const;
  const GREY = [140] as const;

  /** Every sample is such a power of its light that it looks like `colour` in sRGB. */
  function png(
    colour: readonly number[],
    gamma: number,
    { bits = 8, alpha = false, more = [] as Buffer[] } = {},
  ): Buffer {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(320, 0);
    header.writeUInt32BE(180, 4);
    header[8] = bits;
    header[9] = (colour.length === 3 ? 2 : 0) + (alpha ? 4 : 0);
    const most = 2 ** bits - 1;
    const samples = colour.map((value) => Math.round(light(value / 255) ** gamma * most));
    const pixel = [...samples, ...(alpha ? [most] : [])].flatMap((sample) =>
      bits === 8 ? [sample] : [sample >> 8, sample & 255],
    );
    const row = Buffer.concat([Buffer.alloc(1), ...Array<Buffer>(320).fill(Buffer.from(pixel))]);
    const stated = Buffer.alloc(4);
    stated.writeUInt32BE(Math.round(gamma * 100_000));
    return Buffer.concat([
      ...[PNG_SIGNATURE, pngChunk('IHDR', header), ...more, pngChunk('gAMA', stated)],
      ...[pngChunk('IDAT', deflateSync(Buffer.concat(Array<Buffer>(180).fill(row))))],
      pngChunk('IEND', Buffer.alloc(0)),
    ]);
  }

  it.each(
    [1, 1 / 1.8, 1 / 2.6].flatMap((gamma) =>
      [COLOUR, GREY].flatMap((colour) =>
        [8, 16].flatMap((bits) => [false, true].map((alpha) => [gamma, colour, bits, alpha] as const)),
      ),
    ),
  )('of %d is shown in its colours: %j, %d bits, alpha %s', async (gamma, colour, bits, alpha) => {
    const seen = middle(await pixels(file('gamma.png', png(colour, gamma, { bits, alpha }))));
    const wanted = colour.length === 3 ? colour : [GREY[0], GREY[0], GREY[0]];
    seen.forEach((value, at) =>
      expect(Math.abs(value - wanted[at]!)).toBeLessThanOrEqual(bits === 8 && gamma === 1 ? 4 : 2),
    );
  });

  it.each([
    ['which is the usual one', []],
    ['and that it is sRGB', [pngChunk('sRGB', Buffer.from([0]))]],
  ])('%s is left as it is', async (_what, more) => {
    const gamma = more.length === 0 ? 0.45455 : 1;
    const bytes = png(COLOUR, gamma, { more });
    const plain = await sharp(bytes).removeAlpha().raw().toBuffer();
    expect(middle(await pixels(file('usual.png', bytes)))).toEqual([...plain.subarray(0, 3)]);
  });
});

describe('a vector picture', () => {
  const NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"';
  const drawn = '<rect width="800" height="450" fill="#c33"/><circle cx="400" cy="225" r="150" fill="#3c3"/>';
  const plain = `<svg ${NAMESPACE} width="800" height="450">${drawn}</svg>`;
  const entities = Array.from({ length: 60 }, (_, at) => `<!ENTITY e${at} "http://example.org/${at}">`).join('');
  const withRoot = (root: string): string => `<svg ${NAMESPACE} ${root} viewBox="0 0 800 450">${drawn}</svg>`;
  const comment = `<!-- ${'x'.repeat(3000)} -->`;

  it.each([
    ['without a size', withRoot('')],
    ['of 100 %', withRoot('width="100%" height="100%"')],
    ['in millimetres', withRoot('width="203.2mm" height="114.3mm"')],
    ['with a width alone', withRoot('width="800"')],
    ['of a size beyond every screen', withRoot('width="80000" height="45000"')],
    ['of a few px', withRoot('width="16" height="9"')],
    ['behind a mark and a long comment', `\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n${comment}\n${plain}`],
    ['behind a long comment and no declaration', `\n${comment}${plain}`],
    [
      'behind a document type with entities',
      `<?xml version="1.0"?><!DOCTYPE svg [${entities}]>${plain.replace('#c33', '#c33')}`,
    ],
    [
      'whose elements have a prefix',
      plain.replaceAll(/<(\/?)(svg|rect|circle)/g, '<$1s:$2').replace('xmlns=', 'xmlns:s='),
    ],
    ['in UTF-16', Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?>${comment}${plain}`, 'utf16le')],
    ['packed, behind a long comment', gzipSync(comment + plain)],
  ])('%s is drawn as it is meant', async (name, content) => {
    const wanted = await pixels(file('plain.svg', plain));
    const path = file(`${name.replaceAll(/\W/g, ' ')}.svg`, content);
    expect(apart(await pixels(path), wanted)).toBeLessThan(1);
    const { size, warning } = await found(path);
    expect([size !== undefined, warning]).toEqual([true, undefined]);
  });

  it('is sharp at the size it is shown at, whatever it is called', async () => {
    const small = file('small.svg', withRoot('width="16" height="9"'));
    const misnamed = file('small.png', withRoot('width="16" height="9"'));
    const wanted = await pixels(file('plain.svg', plain));
    expect(apart(await pixels(small), wanted)).toBeLessThan(1);
    expect(apart(await pixels(misnamed), wanted)).toBeLessThan(1);
  });

  it('of no size is not shown', async () => {
    const path = file('zero.svg', `<svg ${NAMESPACE} width="0" height="0"></svg>`);
    await expect(decodePicture(path, TARGET)).rejects.toThrow('bad dimensions');
    expect((await found(path)).size).toBeUndefined();
  });

  it.each([
    ['text', '<html><body>404 not found</body></html>'],
    ['noise', Buffer.from('\x1f\x8bnothing that unpacks', 'latin1')],
    ['nothing', ''],
  ])('is not seen in %s', async (_what, content) => {
    const path = file('other.svg', content);
    await expect(decodePicture(path, TARGET)).rejects.toThrow(/unsupported image format|Input file/);
  });
});

it.each([1, 1.8])('shows a grey JPEG by its profile of grey, gamma %d', async (exponent) => {
  const profile = gammaProfile(exponent, 'GRAY');
  const head = Buffer.alloc(18);
  head.writeUInt16BE(0xffe2);
  head.writeUInt16BE(16 + profile.length, 2);
  head.write('ICC_PROFILE\0\x01\x01', 4, 'latin1');
  const plain = sharp({ create: { width: 320, height: 180, channels: 3, background: { r: 100, g: 100, b: 100 } } });
  const jpeg = await plain.toColourspace('b-w').jpeg().toBuffer();
  const tagged = Buffer.concat([jpeg.subarray(0, 2), head, profile, jpeg.subarray(2)]);
  const light = (100 / 255) ** exponent;
  const wanted = 255 * (1.055 * light ** (1 / 2.4) - 0.055);
  middle(await pixels(file('grey.jpg', tagged))).forEach((value) =>
    expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2),
  );
});

it('shows black in CMYK as libvips does', async () => {
  const black = await sharp({ create: { width: 320, height: 180, channels: 3, background: 'black' } })
    .toColourspace('cmyk')
    .tiff()
    .toBuffer();
  // As `vips colourspace` and `vipsthumbnail` of libvips 8.14 make it, by the profile they bring.
  middle(await pixels(file('black.tiff', black))).forEach((value, at) =>
    expect(Math.abs(value - [36, 35, 36][at]!)).toBeLessThanOrEqual(1),
  );
});

describe('a HEIC picture', () => {
  const SIZE = [640, 360] as const;
  const heic = makeHeic(SIZE);
  const path = process.env['PATH'];
  afterEach(() => (process.env['PATH'] = path));

  it.each(['phone.heic', 'named otherwise.jpg', 'phone.HEIC'])('is shown where heif-convert is: %s', async (name) => {
    const jpeg = file('reference.png', reference());
    const picture = file(name, heic);
    expect(apart(await pixels(picture), await pixels(jpeg))).toBeLessThan(4);
    expect(await found(picture)).toEqual({ size: [640, 360] });
    expect(readdirSync(tmpdir()).filter((left) => left.startsWith('vitrine-heif-'))).toEqual([]);
  });

  it('is shown upright where it lies', async () => {
    const lying = file('lying.heic', makeHeic(SIZE, 1));
    const { widthPx, heightPx } = await decodePicture(lying, TARGET);
    expect([widthPx, heightPx]).toEqual([101, 180]);
  });

  it('is skipped with what to install where heif-convert is not', async () => {
    const bin = join(folder, 'bin');
    rmSync(bin, { recursive: true, force: true });
    symlinkSync(folder, bin);
    process.env['PATH'] = bin;
    const picture = file('without.jpg', heic);
    const words = 'it is a HEIC picture, and heif-convert is not installed';
    const remedy = 'install the package libheif-examples, or convert it to jpg';
    await expect(decodePicture(picture, TARGET)).rejects.toThrow(`${words}; ${remedy}`);
    expect(await found(picture)).toEqual({
      warning: { file: picture, message: `cannot be decoded and will be skipped: ${words}`, remedy },
    });
  });

  it('is skipped where it is half a copy, and leaves nothing behind', async () => {
    const picture = file('half.heic', heic.subarray(0, heic.length / 2));
    await expect(decodePicture(picture, TARGET)).rejects.toThrow();
    expect((await found(picture)).warning?.message).toMatch('cannot be decoded and will be skipped');
    expect(readdirSync(tmpdir()).filter((left) => left.startsWith('vitrine-heif-'))).toEqual([]);
  });

  function reference(): Buffer {
    const args = ['-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i', `testsrc2=s=${SIZE.join('x')}:d=1`];
    return execFileSync('ffmpeg', [...args, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', '-']);
  }
});
