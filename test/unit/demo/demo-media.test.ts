/** The demo media: painted the same everywhere, whole, turned as their EXIF says, kept when there. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { demoMedia } from '../../../runtime/cli/demo-media';
import { VitrineError } from '../../../runtime/core/errors';
import { paintPicture, type Picture, PICTURES } from '../../../runtime/demo/pictures';
import { storePicture } from '../../../runtime/demo/store-picture';
import { CLIPS } from '../../../runtime/demo/make-clips';
import { SOUND_RATE_HZ, SOUNDS } from '../../../runtime/demo/sounds';

/** Painting is slow work; the tests paint postage stamps. */
function stamp(picture: Picture): Picture {
  return { ...picture, widthPx: Math.round(picture.widthPx / 16), heightPx: Math.round(picture.heightPx / 16) };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vitrine-demo-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hash = (bytes: Uint8Array | Uint8ClampedArray): string => createHash('sha256').update(bytes).digest('hex');

describe('the demo pictures', () => {
  it('are many, of mixed shapes, in three themes, one of them turned by its EXIF orientation', () => {
    expect(PICTURES.length).toBeGreaterThanOrEqual(12);
    expect(new Set(PICTURES.map((picture) => path.dirname(picture.file))).size).toBe(3);
    expect(new Set(PICTURES.map((picture) => picture.file)).size).toBe(PICTURES.length);
    expect(PICTURES.some((picture) => picture.heightPx > picture.widthPx)).toBe(true);
    expect(PICTURES.some((picture) => picture.orientation !== undefined)).toBe(true);
  });

  it.each(PICTURES.map((picture) => [picture.file, picture] as const))(
    '%s has light, shade and colour',
    (_file, picture) => {
      const { pixels } = paintPicture(stamp(picture));
      const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      const spread = Math.sqrt(pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length);
      expect(mean).toBeGreaterThan(15);
      expect(mean).toBeLessThan(230);
      expect(spread).toBeGreaterThan(12);
    },
  );

  it('are the same every time they are painted', () => {
    for (const picture of PICTURES.slice(0, 3)) {
      expect(hash(paintPicture(stamp(picture)).pixels)).toBe(hash(paintPicture(stamp(picture)).pixels));
    }
  });
});

describe('a stored picture', () => {
  it('is seen upright in its size whatever orientation it is stored with', async () => {
    const upright = stamp(PICTURES.find((picture) => picture.file.endsWith('moonrise.jpg'))!);
    const seen = async (orientation: 6 | 8 | undefined): Promise<Buffer> => {
      const file = `${orientation ?? 'none'}.jpg`;
      const { orientation: _none, ...plain } = upright;
      await storePicture(orientation === undefined ? { ...plain, file } : { ...plain, file, orientation }, folder);
      const metadata = await sharp(path.join(folder, file)).metadata();
      expect(metadata.orientation).toBe(orientation);
      const turned = await sharp(path.join(folder, file))
        .autoOrient()
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([turned.info.width, turned.info.height]).toEqual([upright.widthPx, upright.heightPx]);
      return turned.data;
    };
    const plain = await seen(undefined);
    for (const orientation of [6, 8] as const) {
      const turned = await seen(orientation);
      const difference = plain.reduce((sum, value, i) => sum + Math.abs(value - turned[i]!), 0) / plain.length;
      expect(difference).toBeLessThan(4);
    }
  });

  it('is not written through what others put beside it', async () => {
    const victim = path.join(folder, 'victim');
    await writeFile(victim, 'mine');
    const picture = { ...stamp(PICTURES[0]!), file: 'a.jpg' };
    await symlink(victim, path.join(folder, 'a.jpg.part'));
    await storePicture(picture, folder);
    expect((await stat(victim)).size).toBe(4);
    expect((await sharp(path.join(folder, 'a.jpg')).metadata()).width).toBe(picture.widthPx);
  });

  it('leaves nothing half-written beside it', async () => {
    await storePicture({ ...stamp(PICTURES[5]!), file: 'a/b.jpg' }, folder);
    expect(await readdir(path.join(folder, 'a'))).toEqual(['b.jpg']);
  });
});

describe('vitrine demo-media', () => {
  const io = () => {
    const out: string[] = [];
    return { out, stdout: (text: string) => void out.push(text), stderr: () => {}, env: {}, cwd: folder };
  };

  it('keeps what is there and makes what is missing, relative to the working folder', async () => {
    const pixels = ({ widthPx, heightPx }: Picture): number => widthPx * heightPx;
    const flownOver = CLIPS.map(({ picture }) => picture);
    const [picture] = PICTURES.filter(({ file }) => !flownOver.includes(file)).sort((a, b) => pixels(a) - pixels(b));
    const [sound] = [...SOUNDS].sort((a, b) => a.seconds - b.seconds);
    // All but the smallest of each stand there already: what they hold is no business of this command.
    const there = [...PICTURES, ...CLIPS.slice(1), ...SOUNDS].filter((one) => one !== picture && one !== sound);
    for (const { file } of there) {
      await mkdir(path.dirname(path.join(folder, 'demo', file)), { recursive: true });
      await writeFile(path.join(folder, 'demo', file), '');
    }
    const kept = path.join(folder, 'demo', there[0]!.file);
    const before = (await stat(kept)).mtimeMs;
    const command = io();
    expect(await demoMedia(command, { folder: 'demo' })).toBe(0);
    expect((await stat(kept)).mtimeMs).toBe(before);
    expect(command.out.at(-1)).toContain(`2 made, ${PICTURES.length - 1 + SOUNDS.length - 1} kept`);
    // The clip that is missing would be of a picture that is none here: that is told, and no reason to fail.
    expect(command.out.join('')).toMatch(/no demo clips were made: ffmpeg made no demo clip/);
    const made = await sharp(path.join(folder, 'demo', picture!.file)).metadata();
    expect([made.width, made.height]).toEqual([picture!.widthPx, picture!.heightPx]);
    expect((await stat(path.join(folder, 'demo', sound!.file))).size).toBeGreaterThan(SOUND_RATE_HZ * sound!.seconds);
  }, 60_000);

  it('ends with an error that names the folder when it cannot write there', async () => {
    await writeFile(path.join(folder, 'demo'), 'a file where the folder should be');
    const failed: unknown = await demoMedia(io(), { folder: 'demo' }).catch((cause: unknown) => cause);
    expect(failed).toBeInstanceOf(VitrineError);
    expect(failed).toMatchObject({ code: 'VITRINE_E_WRITE', message: expect.stringContaining(folder) });
  });
});
