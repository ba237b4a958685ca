/** A show is held against its files: real pictures, real damage. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { check } from '../../../runtime/cli/check';
import { formatIssue } from '../../../runtime/core/errors';
import { inspectShow } from '../../../runtime/show/inspect';
import { judge } from '../../../runtime/show/picture-finding';
import { SMALLEST, variation } from './shows';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-inspect-'));
  file = join(folder, 'show.yaml');
  writeFileSync(file, JSON.stringify(SMALLEST));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function picture(widthPx: number, heightPx: number): sharp.Sharp {
  return sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: 'teal' } });
}

describe('inspecting a show', () => {
  it('counts what each theme has, sizes upright', async () => {
    await picture(40, 30).jpeg().toFile(join(folder, '1.jpg'));
    await picture(60, 30).withMetadata({ orientation: 6 }).jpeg().toFile(join(folder, '2.jpg'));
    expect(await inspectShow(file)).toEqual({
      valid: true,
      show: {
        name: 'Smallest',
        sounds: 0,
        cues: 1,
        scenes: 1,
        themes: { forest: { images: 2, readable: 2, clips: 0, texts: 0, largestPx: [30, 60] } },
      },
      errors: [],
      warnings: [],
    });
  });

  it('takes a theme that matches nothing for an error, at its place', async () => {
    const { valid, errors } = await inspectShow(file);
    expect(valid).toBe(false);
    expect(errors).toEqual([expect.objectContaining({ file, line: 1, path: 'themes.forest.images' })]);
  });

  it.each([
    ['jpg', (image: sharp.Sharp) => image.jpeg({ quality: 95 })],
    ['png', (image: sharp.Sharp) => image.png({ compressionLevel: 0 })],
    ['webp', (image: sharp.Sharp) => image.webp({ lossless: true })],
    ['tiff', (image: sharp.Sharp) => image.tiff({ compression: 'none' })],
  ])('warns of a picture that was half copied: %s', async (kind, encoded) => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const image = sharp({ create: { width: 400, height: 300, channels: 3, background: 'teal', noise } });
    const whole = await encoded(image).toBuffer();
    writeFileSync(join(folder, `half.${kind}`), whole.subarray(0, whole.length / 2));
    writeFileSync(join(folder, `whole.${kind}`), whole);
    writeFileSync(file, JSON.stringify({ ...SMALLEST, themes: { forest: { images: [`*.${kind}`] } } }));
    const { valid, show, warnings } = await inspectShow(file);
    expect([valid, show?.themes['forest']?.readable]).toEqual([true, 1]);
    expect(warnings).toEqual([
      expect.objectContaining({
        file: join(folder, `half.${kind}`),
        message: expect.stringContaining('cannot be decoded and will be skipped'),
      }),
    ]);
  });

  it('counts the pictures it has decoded', async () => {
    for (const name of ['a', 'b', 'c'])
      await picture(8, 8)
        .jpeg()
        .toFile(join(folder, `${name}.jpg`));
    const seen: number[][] = [];
    await inspectShow(file, { onPicture: (done, count) => void seen.push([done, count]) });
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('takes one unreadable picture for a warning, and nothing but such for an error', async () => {
    writeFileSync(join(folder, 'broken.jpg'), 'no picture');
    expect((await inspectShow(file)).errors).toEqual([
      expect.objectContaining({ message: 'matches no picture that can be shown' }),
    ]);
    await picture(8, 8).jpeg().toFile(join(folder, 'good.jpg'));
    const { valid, show, warnings } = await inspectShow(file);
    expect(valid).toBe(true);
    expect(show?.themes['forest']).toMatchObject({ images: 2, readable: 1 });
    expect(warnings).toEqual([expect.objectContaining({ file: join(folder, 'broken.jpg') })]);
  });

  it('warns of animated and CMYK pictures', async () => {
    writeFileSync(file, variation(['themes', 'forest', 'images'], ['*']));
    await picture(8, 8).toColourspace('cmyk').jpeg().toFile(join(folder, 'print.jpg'));
    await picture(8, 16).gif().toFile(join(folder, 'still.gif'));
    const frames = await sharp([await picture(8, 8).png().toBuffer(), await picture(8, 8).negate().png().toBuffer()], {
      join: { animated: true },
    })
      .webp()
      .toBuffer();
    writeFileSync(join(folder, 'moving.webp'), frames);
    const { warnings, show } = await inspectShow(file);
    expect(warnings.map(({ message }) => message)).toEqual([
      'has 2 pages; only the first is shown',
      'is CMYK; its colours will differ from print',
    ]);
    expect(show?.themes['forest']?.readable).toBe(3);
  });

  it('warns of a picture with more pixels than the decoder takes', () => {
    const header = (width: number, height: number) => ({ width, height, autoOrient: { width, height } });
    expect(judge('x.jpg', header(0x3fff, 0x3fff)).warning).toBeUndefined();
    const over = judge('x.jpg', header(0x3fff, 0x4000));
    expect(over.size).toBeUndefined();
    expect(over.warning?.message).toContain('will be skipped');
  });

  it('warns of parts that nothing uses and of limits that nothing heeds', async () => {
    await picture(8, 8).jpeg().toFile(join(folder, '1.jpg'));
    const show = structuredClone<Record<string, unknown>>(SMALLEST);
    Object.assign(show['themes'] as object, { spare: { texts: ['x'] } });
    Object.assign(show['scenes'] as object, { idle: { themes: ['forest'] } });
    show['cuelist'] = { cues: [{ name: 'day', duration: '1h', scenes: [{ scene: 'slides', min: '5s' }] }] };
    writeFileSync(file, JSON.stringify(show));
    const { valid, warnings } = await inspectShow(file);
    expect(valid).toBe(true);
    expect(warnings.map(({ path }) => path)).toEqual(['themes.spare', 'scenes.idle', 'cuelist.cues[0].select']);
  });

  it('reads many headers, each once', async () => {
    mkdirSync(join(folder, 'many'));
    const jpeg = await picture(8, 8).jpeg().toBuffer();
    for (let index = 0; index < 100; index += 1) writeFileSync(join(folder, 'many', `${index}.jpg`), jpeg);
    writeFileSync(file, variation(['themes', 'forest', 'images'], ['many']));
    expect((await inspectShow(file)).show?.themes['forest']).toMatchObject({ images: 100, readable: 100 });
  });
});

describe('vitrine check', () => {
  async function run(show: string, json: boolean): Promise<{ exit: number; out: string; err: string }> {
    const said = { out: '', err: '' };
    const io = {
      stdout: (text: string) => void (said.out += text),
      stderr: (text: string) => void (said.err += text),
      env: {},
      cwd: folder,
    };
    return { exit: await check(io, { show, json }), ...said };
  }

  it('ends with 0 for a valid show and says what it has', async () => {
    await picture(40, 30).jpeg().toFile(join(folder, '1.jpg'));
    expect(await run('show.yaml', false)).toEqual({
      exit: 0,
      err: '',
      out: 'show.yaml: valid (0 errors, 0 warnings)\nSmallest: 1 cue, 1 scene\n  theme forest: 1 picture, the largest 40x30; 0 texts\n',
    });
  });

  it('ends with 4 for an invalid one, every mistake on standard error', async () => {
    writeFileSync(file, variation(['name'], 7).replace('"every"', '"evry"'));
    const { exit, err, out } = await run('show.yaml', false);
    expect(exit).toBe(4);
    expect(err).toBe('show.yaml:1:21: name: 7 is not text; write it in quotes: "7"\n');
    expect(out).toBe('show.yaml: invalid (1 error, 0 warnings)\n');
  });

  it('prints one JSON document and nothing else', async () => {
    const { exit, err, out } = await run('show.yaml', true);
    expect(exit).toBe(4);
    expect(err).toBe('');
    const report = JSON.parse(out) as Awaited<ReturnType<typeof inspectShow>>;
    expect(report).toMatchObject({ valid: false, show: { name: 'Smallest', cues: 1, scenes: 1 }, warnings: [] });
    expect(report.errors.map(formatIssue)).toEqual([expect.stringContaining('show.yaml:1:')]);
  });

  it('tells of a show that is not there', async () => {
    const { exit, err } = await run('gone.yaml', false);
    expect([exit, err]).toEqual([4, expect.stringMatching(/^gone\.yaml: cannot be read/)]);
  });
});
