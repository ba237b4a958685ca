/** Colours of clips on the screen beside those of ffmpeg's own conversion. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { clipTarget } from '../../../plugins/video/target';
import { card, openRig, type Rig } from '../../support/render-rig';
import { lossless, made, openWorld } from './fixture';

const [WIDTH, HEIGHT] = [320, 180];
const PANEL = { widthPx: WIDTH, heightPx: HEIGHT, turn: 0, refreshHz: 60 } as const;
const WAYS = ['cpu', 'gl', 'gl with shaders'] as const;
type Way = (typeof WAYS)[number];
/** Mean of the differences, of 255. */
const MOST = 2;

/**
 * The first frame as ffmpeg makes it BGRX, at the panel's size: for kernels the way it does by itself from 4:2:0, where each chroma sample
 * stands for its four pixels; for shaders with chroma between its samples, straight from what is stored.
 */
function byFfmpeg(path: string, way: Way): Uint8Array {
  const scale = `scale=${WIDTH}:${HEIGHT}:flags=bilinear`;
  const filters =
    way === 'gl with shaders' ? `${scale}+accurate_rnd+full_chroma_int+full_chroma_inp` : `${scale},format=yuv420p`;
  const { stdout, status, stderr } = spawnSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-i', path, '-frames:v', '1', '-vf', filters],
      ...['-f', 'rawvideo', '-pix_fmt', 'bgr0', 'pipe:1'],
    ],
    { maxBuffer: 1 << 24 },
  );
  if (status !== 0) throw new Error(String(stderr));
  return stdout;
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < WIDTH * HEIGHT * 4; at += 1) if (at % 4 !== 3) sum += Math.abs(a[at]! - b[at]!);
  return sum / (WIDTH * HEIGHT * 3);
}

describe.each(WAYS)('drawn by %s', (way) => {
  let rig: Rig;
  beforeAll(async () => {
    const renderer = way === 'cpu' ? 'cpu' : 'gl';
    const shadesVideo = way === 'gl with shaders';
    rig = await openRig({ widthPx: WIDTH, heightPx: HEIGHT, renderer, shadesVideo, maxFps: 240 });
  });
  afterAll(() => rig.close());
  let lastId = 0;

  async function onScreen(path: string): Promise<Uint8Array> {
    const world = openWorld({ store: rig.rings, table: rig.clips });
    const order = await world.order(path);
    const target = clipTarget(order.facts, 'contain', PANEL, world.bank.mostPixels);
    const decoder = world.bank.start({ ...order, target })!;
    if (!(await decoder.ready)) throw new Error((await decoder.over).reason);
    const layer = card((lastId += 1), decoder.ring.ref, { card: { fit: 'contain' } });
    const gone = new Promise<void>((resolve) => {
      void rig
        .settle(
          rig.stage.add(layer, () => resolve()),
          ...rig.clockAt(0),
        )
        .catch(() => resolve());
    });
    await rig.settle();
    const frame = await rig.capture();
    await rig.settle({ op: 'remove', id: layer.id });
    await gone;
    await world.close();
    return frame;
  }

  /** Soft: what sharp edges of colour lose in 4:2:0 is not what is held here. */
  const picture = (widthPx = WIDTH, heightPx = HEIGHT): string[] => {
    const blur = `gblur=sigma=${(3 * widthPx) / WIDTH}`;
    return ['-f', 'lavfi', '-i', `testsrc2=s=${widthPx}x${heightPx}:r=25:d=0.4,format=gbrp,${blur}`];
  };
  const tagged = (matrix: string, range: string): string[] => [
    ...['-vf', `scale=out_color_matrix=${matrix}:out_range=${range}:flags=accurate_rnd+full_chroma_int`],
    ...['-colorspace', matrix === 'bt601' ? 'smpte170m' : matrix === 'bt2020' ? 'bt2020nc' : matrix],
    ...['-color_range', range],
  ];

  it.each([
    ['bt601', 'tv'],
    ['bt601', 'pc'],
    ['bt709', 'tv'],
    ['bt709', 'pc'],
    ['bt2020', 'tv'],
    ['bt2020', 'pc'],
  ])('%s, %s', async (matrix, range) => {
    const planes = ['-pix_fmt', range === 'pc' ? 'yuvj420p' : 'yuv420p'];
    const path = made(`colour-${matrix}-${range}.mkv`, ...picture(), ...tagged(matrix, range), ...planes, ...lossless);
    expect(meanDifference(await onScreen(path), byFfmpeg(path, way))).toBeLessThanOrEqual(MOST);
  });

  it.each(['yuv420p', 'yuv422p', 'yuv444p', 'yuv420p10le', 'yuv444p10le', 'gray'])('%s', async (format) => {
    const path = made(`colour-${format}.mkv`, ...picture(), ...tagged('bt709', 'tv'), '-pix_fmt', format, ...lossless);
    expect(meanDifference(await onScreen(path), byFfmpeg(path, way))).toBeLessThanOrEqual(MOST);
  });

  it.each([
    ['rgb.mkv', ['-c:v', 'libx264rgb', '-qp', '0', '-pix_fmt', 'rgb24']],
    ['planes.mkv', ['-c:v', 'ffv1', '-pix_fmt', 'gbrp']],
    ['photo.avi', ['-c:v', 'mjpeg', '-q:v', '2']],
    ['palette.gif', ['-vf', 'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none']],
    ['moving.apng', ['-pix_fmt', 'rgb24', '-f', 'apng']],
  ])('%s', async (name, encode) => {
    const path = made(`colour-${name}`, ...picture(), ...encode);
    expect(meanDifference(await onScreen(path), byFfmpeg(path, way))).toBeLessThanOrEqual(MOST);
  });

  it('larger than the screen', async () => {
    const path = made('colour-large.mkv', ...picture(1280, 720), ...tagged('bt709', 'tv'), ...lossless);
    expect(meanDifference(await onScreen(path), byFfmpeg(path, way))).toBeLessThanOrEqual(MOST);
  });

  it('with pixels that are not square', async () => {
    const path = made(
      'colour-wide.mkv',
      ...picture(240, 180),
      ...tagged('bt709', 'tv'),
      '-aspect',
      '16:9',
      ...lossless,
    );
    expect(meanDifference(await onScreen(path), byFfmpeg(path, way))).toBeLessThanOrEqual(MOST);
  });

  it.each([90, 180, 270])('lying by %i degrees', async (degrees) => {
    const size = degrees === 180 ? ([WIDTH, HEIGHT] as const) : ([HEIGHT, WIDTH] as const);
    const lying = made(`colour-lies-${degrees}.mp4`, ...picture(...size), ...tagged('bt709', 'tv'), ...lossless);
    const path = lying.replace('lies', 'turned');
    writeFileSync(path, turnedMp4(readFileSync(lying), degrees));
    expect(meanDifference(await onScreen(path), byFfmpeg(path, way))).toBeLessThanOrEqual(MOST);
  });
});

/** An MP4 file with the matrix of a phone held that way, clockwise: versions of ffmpeg differ in how they are asked for one. */
function turnedMp4(mp4: Buffer, degrees: number): Buffer {
  // Behind the name of the box: version and flags, times, number, length, reserved bytes, layer, group, volume (ISO 14496-12, 8.3.2).
  const matrix = mp4.indexOf('tkhd') + 4 + 40;
  const [cos, sin] = [Math.round(Math.cos((degrees * Math.PI) / 180)), Math.round(Math.sin((degrees * Math.PI) / 180))];
  const turned = Buffer.from(mp4);
  [cos, sin, 0, -sin, cos].forEach((value, at) => turned.writeInt32BE(value << 16, matrix + 4 * at));
  return turned;
}
