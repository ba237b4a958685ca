/** Colours of clips on the screen beside those of ffmpeg's own conversion. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { clipTarget } from '../../../plugins/video/target';
import { turned } from '../../support/reference-compositor';
import { card, openRig } from '../../support/render-rig';
import { lossless, made, openWorld } from './fixture';

const [WIDTH, HEIGHT] = [320, 180];
const WAYS = ['cpu', 'gl', 'gl as on a GPU'] as const;
type Way = (typeof WAYS)[number];

/** ffmpeg's places of chroma, for its scaler: in 1/256 of a pixel. */
const PLACES = {
  left: [0, 128],
  center: [128, 128],
  topleft: [0, 0],
  top: [128, 0],
  bottomleft: [0, 256],
  bottom: [128, 256],
} as const;
type Place = keyof typeof PLACES;

/**
 * 4:2:0 whose chroma lies there. The stream itself says so (ITU-T H.264, table E-1 has the number); newer versions of ffmpeg no longer heed the
 * option for it where a filter made the pixels.
 */
const located = (place: Place): string[] => [
  ...['-pix_fmt', 'yuv420p'],
  ...['-bsf:v', `h264_metadata=chroma_sample_loc_type=${Object.keys(PLACES).indexOf(place)}`],
];

/** Chroma linear between its samples, in full precision. Only into planes: its way to packed pixels takes the nearest row or the mean of two. */
const FINE = 'flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp';

/** The first frame as ffmpeg makes it BGRX, straight from what is stored; `place`: where chroma lies. Nothing is turned before `after`. */
function byFfmpeg(
  path: string,
  place: Place | 'left of 4:2:2' | undefined,
  size = `${WIDTH}:${HEIGHT}`,
  after: readonly string[] = [],
): Uint8Array {
  const [h, v] = place === 'left of 4:2:2' ? [0] : place === undefined ? [] : PLACES[place];
  const across = h === undefined ? '' : `:in_h_chr_pos=${h}`;
  const down = v === undefined ? '' : `:in_v_chr_pos=${v}`;
  const filters = [`scale=${size}:${FINE}${across}${down}`, 'format=gbrp', 'format=bgr0', ...after].join(',');
  const key = `${path} ${filters}`;
  const known = judged.get(key) ?? judge(path, filters);
  judged.set(key, known);
  return known;
}

/** One for all ways of drawing. */
const judged = new Map<string, Uint8Array>();

function judge(path: string, filters: string): Uint8Array {
  const { stdout, status, stderr } = spawnSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-noautorotate', '-i', path, '-frames:v', '1', '-vf', filters],
      ...['-f', 'rawvideo', '-pix_fmt', 'bgr0', 'pipe:1'],
    ],
    { maxBuffer: 1 << 24 },
  );
  if (status !== 0) throw new Error(String(stderr));
  return stdout;
}

/** Of levels of 255: their mean, and what all but one of a thousand stay within. */
function difference(a: Uint8Array, b: Uint8Array): { readonly mean: number; readonly most: number } {
  const found: number[] = [];
  for (let at = 0; at < WIDTH * HEIGHT * 4; at += 1) if (at % 4 !== 3) found.push(Math.abs(a[at]! - b[at]!));
  found.sort((one, other) => one - other);
  return {
    mean: found.reduce((sum, each) => sum + each, 0) / found.length,
    most: found[Math.floor(found.length * 0.999)]!,
  };
}

/** Of 4:2:0 as it is stored: rounding. */
const SAME = { mean: 0.6, most: 3 };
/** Of soft pictures in other formats, or of another size: what 4:2:0 and scaling change; and of one whose colours are steps. */
const ALIKE = { mean: 1.2, most: 20 };
const STEPPED = { mean: 2, most: 32 };

function expectWithin(found: ReturnType<typeof difference>, limit: typeof SAME): void {
  expect(found.mean).toBeLessThanOrEqual(limit.mean);
  expect(found.most).toBeLessThanOrEqual(limit.most);
}

/** Edges of colour as sharp as they can be, and text. */
const sharp = (widthPx = WIDTH, heightPx = HEIGHT): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${widthPx}x${heightPx}:r=25:d=0.4`],
];
/** Soft, for what is stored otherwise: sharp edges of colour are lost in 4:2:0. */
const soft = (widthPx = WIDTH, heightPx = HEIGHT): string[] => {
  const blur = `gblur=sigma=${(3 * widthPx) / WIDTH}`;
  return ['-f', 'lavfi', '-i', `testsrc2=s=${widthPx}x${heightPx}:r=25:d=0.4,format=gbrp,${blur}`];
};
const tagged = (matrix: string, range: string): string[] => [
  ...['-vf', `scale=out_color_matrix=${matrix}:out_range=${range}:flags=accurate_rnd+full_chroma_int`],
  ...['-colorspace', matrix === 'bt601' ? 'smpte170m' : matrix === 'bt2020' ? 'bt2020nc' : matrix],
  ...['-color_range', range],
];

interface Viewer {
  /** The first frame of a clip, upright BGRX. */
  onScreen(path: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Clips as they come out of their decoders, on a screen that is drawn in one of the ways. */
async function openViewer(way: Way, turn: 0 | 90 | 180 | 270): Promise<Viewer> {
  const [widthPx, heightPx] = turn === 90 || turn === 270 ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
  const renderer = way === 'cpu' ? 'cpu' : 'gl';
  const asGpu = way === 'gl as on a GPU';
  const rig = await openRig({ widthPx, heightPx, turn, renderer, asGpu, maxFps: 240 });
  let lastId = 0;
  return {
    async onScreen(path) {
      const world = openWorld({ store: rig.rings, table: rig.clips });
      const order = await world.order(path);
      const panel = { widthPx: WIDTH, heightPx: HEIGHT, turn, refreshHz: 60 };
      const target = clipTarget(order.facts, 'contain', panel, world.bank.mostPixels);
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
      return turned(frame, widthPx, heightPx, 4, (360 - turn) % 360);
    },
    close: () => rig.close(),
  };
}

describe.each(WAYS)('drawn by %s', (way) => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await openViewer(way, 0);
  });
  afterAll(() => viewer.close());
  const onScreen = (path: string): Promise<Uint8Array> => viewer.onScreen(path);

  it.each([
    ['bt601', 'tv'],
    ['bt601', 'pc'],
    ['bt709', 'tv'],
    ['bt709', 'pc'],
    ['bt2020', 'tv'],
    ['bt2020', 'pc'],
  ])('%s, %s', async (matrix, range) => {
    const planes = ['-pix_fmt', range === 'pc' ? 'yuvj420p' : 'yuv420p'];
    const path = made(`colour-${matrix}-${range}.mkv`, ...sharp(), ...tagged(matrix, range), ...planes, ...lossless);
    expectWithin(difference(await onScreen(path), byFfmpeg(path, 'left')), SAME);
  });

  it.each(Object.keys(PLACES) as Place[])('with chroma at the %s', async (place) => {
    const path = made(`colour-${place}.mp4`, ...sharp(), ...tagged('bt709', 'tv'), ...located(place), ...lossless);
    expectWithin(difference(await onScreen(path), byFfmpeg(path, place)), SAME);
  });

  it.each(['yuv420p10le', 'yuv422p', 'yuv444p', 'yuv444p10le', 'gray'])('%s', async (format) => {
    const path = made(`colour-${format}.mkv`, ...soft(), ...tagged('bt709', 'tv'), '-pix_fmt', format, ...lossless);
    const places = { yuv420p10le: 'left', yuv422p: 'left of 4:2:2' } as const;
    const place = places[format as keyof typeof places];
    expectWithin(difference(await onScreen(path), byFfmpeg(path, place)), ALIKE);
  });

  it.each([
    ['rgb.mkv', ['-c:v', 'libx264rgb', '-qp', '0', '-pix_fmt', 'rgb24']],
    ['planes.mkv', ['-c:v', 'ffv1', '-pix_fmt', 'gbrp']],
    ['palette.gif', ['-vf', 'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none']],
    ['moving.apng', ['-pix_fmt', 'rgb24', '-f', 'apng']],
  ])('%s', async (name, encode) => {
    const path = made(`colour-${name}`, ...soft(), ...encode);
    const limit = name === 'palette.gif' ? STEPPED : ALIKE;
    expectWithin(difference(await onScreen(path), byFfmpeg(path, undefined)), limit);
  });

  it('photos, whose chroma is central', async () => {
    const path = made('colour-photo.avi', ...sharp(), '-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p');
    expectWithin(difference(await onScreen(path), byFfmpeg(path, 'center')), SAME);
  });

  it('larger than the screen', async () => {
    const path = made(
      'colour-large.mkv',
      ...soft(1280, 720),
      ...tagged('bt709', 'tv'),
      '-pix_fmt',
      'yuv420p',
      ...lossless,
    );
    expectWithin(difference(await onScreen(path), byFfmpeg(path, 'left')), ALIKE);
  });

  it('with pixels that are not square', async () => {
    const size = ['-pix_fmt', 'yuv420p', '-aspect', '16:9'];
    const path = made('colour-wide.mkv', ...soft(240, 180), ...tagged('bt709', 'tv'), ...size, ...lossless);
    expectWithin(difference(await onScreen(path), byFfmpeg(path, 'left')), ALIKE);
  });

  it.each([90, 180, 270] as const)('lying by %i degrees', async (degrees) => {
    const [width, height] = degrees === 180 ? ([WIDTH, HEIGHT] as const) : ([HEIGHT, WIDTH] as const);
    const lying = made(
      `colour-lies-${degrees}.mp4`,
      ...sharp(width, height),
      ...tagged('bt709', 'tv'),
      ...located('topleft'),
      ...lossless,
    );
    const path = lying.replace('lies', 'turned');
    writeFileSync(path, turnedMp4(readFileSync(lying), degrees));
    const upright = { 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] }[degrees];
    expectWithin(difference(await onScreen(path), byFfmpeg(path, 'topleft', `${width}:${height}`, upright)), SAME);
  });
});

describe.each(WAYS.flatMap((way) => ([90, 180, 270] as const).map((turn) => [way, turn] as const)))(
  'drawn by %s, turned by %i',
  (way, turn) => {
    let viewer: Viewer;
    beforeAll(async () => {
      viewer = await openViewer(way, turn);
    });
    afterAll(() => viewer.close());

    it.each(['left', 'topleft'] as const)('with chroma at the %s', async (place) => {
      const path = made(`colour-${place}.mp4`, ...sharp(), ...tagged('bt709', 'tv'), ...located(place), ...lossless);
      expectWithin(difference(await viewer.onScreen(path), byFfmpeg(path, place)), SAME);
    });
  },
);

/** An MP4 file with the matrix of a phone held that way, clockwise: versions of ffmpeg differ in how they are asked for one. */
function turnedMp4(mp4: Buffer, degrees: number): Buffer {
  // Behind the name of the box: version and flags, times, number, length, reserved bytes, layer, group, volume (ISO 14496-12, 8.3.2).
  const matrix = mp4.indexOf('tkhd') + 4 + 40;
  const [cos, sin] = [Math.round(Math.cos((degrees * Math.PI) / 180)), Math.round(Math.sin((degrees * Math.PI) / 180))];
  const turned = Buffer.from(mp4);
  [cos, sin, 0, -sin, cos].forEach((value, at) => turned.writeInt32BE(value << 16, matrix + 4 * at));
  return turned;
}
