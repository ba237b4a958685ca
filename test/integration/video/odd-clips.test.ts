/** Clips that are not as others are: several tracks, transparent, of changing size, of a single frame, or of none. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clipTarget, type ClipTarget } from '../../../plugins/video/target';
import type { ClipRing } from '../../../runtime/stage/clip-store';
import { levelOf, lossless, made, openWorld, PANEL, steps, takeFrames, type World } from './fixture';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const FRAMES = 10;

describe('of several tracks', () => {
  const film = (): string => made('film.mkv', ...steps(FRAMES, 25), ...lossless);
  const thumbnail = (codec: string): string => {
    const white = ['-f', 'lavfi', '-i', 'color=white:s=640x360:r=1:d=1', '-frames:v', '1'];
    return made(`thumbnail-${codec}.mkv`, ...white, '-c:v', codec);
  };
  const both = (...dispositions: string[]): string[] =>
    dispositions.flatMap((flag, at) => [`-disposition:v:${at}`, flag]);

  it.each([
    ['mjpeg', 'mkv', both('0', 'default')],
    ['mjpeg', 'mp4', both('0', 'default')],
    ['png', 'mkv', both('default', '0')],
    ['mjpeg', 'mov', both('default', '0')],
    ['mjpeg', 'mp4', both('attached_pic', '0')],
  ])('the film is played, not a thumbnail before it: %s in %s, %j', async (codec, container, flags) => {
    world = openWorld();
    const inputs = ['-i', thumbnail(codec), '-i', film(), '-map', '0:v', '-map', '1:v', '-c', 'copy'];
    const path = made(`thumb-${codec}-${flags.join('')}.${container}`, ...inputs, ...flags);
    const decoder = world.bank.start(await world.order(path))!;
    const { levels } = await takeFrames(world, decoder.ring);
    expect(levels).toEqual(Array.from({ length: FRAMES }, (_, frame) => levelOf(frame)));
  });

  it.each([
    ['the default one', both('0', 'default'), 320],
    ['the largest one', both('0', '0'), 640],
  ])('%s of two films', async (_, flags, widthPx) => {
    world = openWorld();
    const large = made('large.mkv', ...steps(FRAMES, 25, '640x360'), ...lossless);
    const inputs = ['-i', large, '-i', film(), '-map', '0:v', '-map', '1:v', '-c', 'copy'];
    const path = made(`two-${widthPx}.mkv`, ...inputs, ...flags);
    expect((await world.order(path)).facts.widthPx).toBe(widthPx);
  });
});

describe('what is transparent is on black', () => {
  const white = ['-f', 'lavfi', '-i', 'color=white@0.5:s=64x64:r=25:d=0.2,format=rgba'];
  it.each([
    ['vp8.webm', ['-c:v', 'libvpx', '-pix_fmt', 'yuva420p', '-auto-alt-ref', '0']],
    ['vp9.webm', ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p']],
    ['vp9.mkv', ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p']],
    ['qtrle.mov', ['-c:v', 'qtrle']],
    ['png.mov', ['-c:v', 'png']],
    ['ffv1-rgb.mkv', ['-c:v', 'ffv1', '-pix_fmt', 'bgra']],
    ['ffv1-yuv.mkv', ['-c:v', 'ffv1', '-pix_fmt', 'yuva420p']],
    ['ffv1-10.mkv', ['-c:v', 'ffv1', '-pix_fmt', 'yuva444p10le']],
    ['huffyuv.avi', ['-c:v', 'huffyuv', '-pix_fmt', 'bgra']],
    ['ffvhuff.avi', ['-c:v', 'ffvhuff', '-pix_fmt', 'yuva420p']],
    ['utvideo.avi', ['-c:v', 'utvideo', '-pix_fmt', 'gbrap']],
    ['magicyuv.avi', ['-c:v', 'magicyuv', '-pix_fmt', 'gbrap']],
    ['cineform.mov', ['-c:v', 'cfhd', '-pix_fmt', 'gbrap12le']],
    ['raw.avi', ['-c:v', 'rawvideo', '-pix_fmt', 'bgra']],
    ['prores.mov', ['-c:v', 'prores_ks', '-pix_fmt', 'yuva444p10le']],
    ['targa.mov', ['-c:v', 'targa']],
    ['tiff.mov', ['-c:v', 'tiff']],
  ])('%s', async (name, encode) => {
    world = openWorld();
    const order = await world.order(made(`half-${name}`, ...white, ...encode));
    expect(order.facts.alpha).toBe(true);
    const decoder = world.bank.start(order)!;
    const { levels } = await takeFrames(world, decoder.ring);
    expect(levels.length).toBeGreaterThanOrEqual(5);
    // Half of white: 16 + 219 / 2.
    levels.forEach((level) => expect(Math.abs(level - 125)).toBeLessThanOrEqual(3));
  });

  it('is opaque where ffmpeg has no decoder that gives it', async () => {
    world = openWorld({
      script: '[[ " $* " == *libvpx* ]] && { echo "not recognized" >&2; exit 1; }; exec "$FFMPEG" "$@"',
    });
    const path = made('half-vp9.webm', ...white, '-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p');
    const decoder = world.bank.start(await world.order(path))!;
    expect((await takeFrames(world, decoder.ring)).levels).toHaveLength(5);
    expect(await decoder.over).toMatchObject({ outcome: 'whole', strikes: 0 });
  });
});

interface Part {
  readonly size: readonly [widthPx: number, heightPx: number];
  /** Width of a pixel by its height. */
  readonly pixel?: readonly [above: number, below: number];
  /** How much wider its square is than high, where its pixels are shown in another shape than their own. */
  readonly stretch?: number;
}

describe('a stream that changes', () => {
  const PART_FRAMES = 6;

  /** Black with a white square in the middle, a third as high as the picture. */
  function part(
    name: string,
    { size: [width, height], pixel: [above, below] = [1, 1] }: Part,
    encode: readonly string[],
  ): string {
    const box = `drawbox=x=(iw-w)/2:y=(ih-h)/2:w=${Math.round(((height / 3) * below) / above)}:h=${height / 3}:color=white:t=fill`;
    const input = ['-f', 'lavfi', '-i', `color=black:s=${width}x${height}:r=25:d=${PART_FRAMES / 25}`];
    return made(name, ...input, '-vf', `${box},setsar=${above}/${below},format=yuv420p`, ...encode);
  }

  /** The square in each frame of the ring: its size, and that of the frame. */
  async function squares({ table }: World, ring: ClipRing): Promise<{ widthPx: number; heightPx: number }[]> {
    const { clip } = ring.ref;
    const bytes = new Uint8Array(ring.address.memory.buffer);
    const found: { widthPx: number; heightPx: number }[] = [];
    const entry = { offset: 0, frame: 0, widthPx: 0, heightPx: 0, turn: 0, colour: undefined as never };
    for (let frame = 0; ;) {
      if (frame >= table.written(clip)) {
        if (table.hasEnded(clip)) return found;
        await new Promise((wake) => setTimeout(wake, 2));
        continue;
      }
      table.read(ring.ref, frame, entry);
      const { offset, widthPx, heightPx } = entry;
      const isWhite = (x: number, y: number): boolean => bytes[offset + y * widthPx + x]! > 125;
      const across = Array.from({ length: widthPx }, (_, x) => isWhite(x, heightPx >> 1));
      const down = Array.from({ length: heightPx }, (_, y) => isWhite(widthPx >> 1, y));
      found.push({ widthPx: across.filter(Boolean).length, heightPx: down.filter(Boolean).length });
      frame += 1;
      table.take(clip, frame);
    }
  }

  type Join = (name: string, parts: readonly string[]) => string;
  const byDemuxer: Join = (name, parts) => {
    const list = made(`${name}.ffconcat`, '-f', 'lavfi', '-i', 'color=s=2x2:d=0.1', '-f', 'rawvideo');
    writeFileSync(list, parts.map((file) => `file '${file}'\n`).join(''));
    return made(name, '-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy');
  };
  const byCat: Join = (name, parts) => {
    const file = join(world!.folder, name);
    writeFileSync(file, Buffer.concat(parts.map((path) => readFileSync(path))));
    return file;
  };

  /** The height of the square of a part in a frame of that size. */
  function squareIn(
    { size: [width, height], pixel: [above, below] = [1, 1] }: Part,
    fit: string,
    frame: ClipTarget,
  ): number {
    const lowest = (frame.widthPx * height * below) / (width * above);
    return (fit === 'contain' ? Math.min(frame.heightPx, lowest) : Math.max(frame.heightPx, lowest)) / 3;
  }

  /** From version 7 on ffmpeg gives all pictures of some streams the shape of pixels that the first one has. */
  function asTold(path: string, parts: readonly Part[]): readonly Part[] {
    const args = ['-hide_banner', '-i', path, '-map', '0:v:0', '-vf', 'showinfo', '-f', 'null', '-'];
    const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
    const shapes = [...stderr.matchAll(/ sar:(\d+)\/(\d+) /g)].map(
      ([, above, below]) => [Number(above), Number(below)] as const,
    );
    const [above, below] = shapes[0]!;
    const isOne = shapes.every((shape) => shape.join() === shapes[0]!.join());
    if (!isOne) return parts;
    const pixel = above === 0 ? ([1, 1] as const) : ([above, below] as const);
    const shape = ([width, height]: readonly [number, number]): number => width / height;
    return parts.map((part) => ({ ...part, pixel, stretch: shape(pixel) / shape(part.pixel ?? [1, 1]) }));
  }

  const WIDE: Part = { size: [320, 180] };
  const SMALL: Part = { size: [160, 90] };
  const SQUARISH: Part = { size: [240, 180] };
  const TALL: Part = { size: [180, 240] };
  const TV_WIDE: Part = { size: [360, 288], pixel: [64, 45] };
  const TV_SQUARISH: Part = { size: [360, 288], pixel: [16, 15] };
  const vp8 = ['-c:v', 'libvpx', '-b:v', '2M', '-deadline', 'realtime', '-cpu-used', '8'];
  const h264 = [...lossless, '-x264-params', 'repeat-headers=1'];
  const mpeg2 = ['-c:v', 'mpeg2video', '-q:v', '2'];
  const mjpeg = ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'];

  it.each<[string, readonly string[], Join, Part[], 'contain' | 'cover']>([
    ['down.webm', vp8, byDemuxer, [WIDE, SMALL, WIDE], 'contain'],
    ['up.webm', vp8, byDemuxer, [SMALL, WIDE], 'contain'],
    ['tall.webm', vp8, byDemuxer, [WIDE, TALL, SMALL], 'contain'],
    ['tall-cut.webm', vp8, byDemuxer, [WIDE, TALL], 'cover'],
    ['squarish.ts', h264, byCat, [WIDE, SQUARISH], 'contain'],
    ['squarish-cut.ts', h264, byCat, [WIDE, SQUARISH], 'cover'],
    ['wide-cut.ts', h264, byCat, [SQUARISH, WIDE], 'cover'],
    ['squarish.mkv', h264, byDemuxer, [WIDE, SQUARISH, TALL], 'contain'],
    ['tall-cut.mkv', h264, byDemuxer, [WIDE, TALL], 'cover'],
    ['small.mp4', h264, byDemuxer, [WIDE, SMALL, WIDE], 'contain'],
    ['squarish.mp4', h264, byDemuxer, [WIDE, SQUARISH, WIDE], 'contain'],
    ['tall-cut.mov', h264, byDemuxer, [WIDE, TALL], 'cover'],
    ['photo.mov', mjpeg, byDemuxer, [WIDE, SQUARISH, SMALL], 'contain'],
    ['television.ts', mpeg2, byCat, [WIDE, TV_SQUARISH, TV_WIDE], 'contain'],
    ['pixels.mpg', mpeg2, byCat, [TV_SQUARISH, TV_WIDE], 'contain'],
    ['photo.avi', mjpeg, byDemuxer, [WIDE, SQUARISH, SMALL], 'contain'],
  ])('keeps its proportions: %s', async (name, encode, join, parts, fit) => {
    world = openWorld();
    const [container, codec] = [name.split('.')[1]!, encode[1]!];
    const files = parts.map((each) =>
      part(`${[...each.size, ...(each.pixel ?? [])].join('-')}-${codec}.${container}`, each, encode),
    );
    const path = join(name, files);
    const order = await world.order(path);
    const target = clipTarget(order.facts, fit, PANEL, world.bank.mostPixels);
    const decoder = world.bank.start({ ...order, target })!;
    const seen = await squares(world, decoder.ring);
    expect(await decoder.over).toMatchObject({ outcome: 'whole', strikes: 0 });
    // ffmpeg may lose a picture of MPEG-2 where two recordings join.
    expect(seen.length).toBeGreaterThan((PART_FRAMES - 1) * parts.length);
    const isOf = ({ widthPx, heightPx }: (typeof seen)[number], each: Part): boolean => {
      const wanted = squareIn(each, fit, target);
      return Math.abs(widthPx - wanted * (each.stretch ?? 1)) <= 3 && Math.abs(heightPx - wanted) <= 2;
    };
    const told = asTold(path, parts);
    expect(seen.filter((square) => !told.some((each) => isOf(square, each)))).toEqual([]);
    expect([isOf(seen[0]!, told[0]!), isOf(seen.at(-1)!, told.at(-1)!)]).toEqual([true, true]);
  });
});
