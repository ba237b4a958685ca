/** Every codec and container that ffmpeg here can write: each frame once, in its time, of its level. */
import { spawnSync } from 'node:child_process';
import { webpArguments } from '../../../plugins/video/webp/order';
import { levelOf, lossless, made, openWorld, steps, takeFrames, type World } from './fixture';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const FRAMES = 25;
/** A level as it is where levels fill the whole byte. */
const filled = (level: number): number => Math.round(((level - 16) * 255) / 219);
/** Levels of grey that a codec at good quality may be off. */
const LOSS = 4;

interface Codec {
  readonly encode: readonly string[];
  readonly codec: string;
  readonly containers: readonly string[];
}

const CODECS: readonly Codec[] = [
  {
    codec: 'h264',
    encode: ['-c:v', 'libx264', '-crf', '10', '-bf', '2'],
    containers: ['mp4', 'mov', 'mkv', 'avi', 'ts', 'flv', 'm2ts', '3gp', 'h264'],
  },
  {
    codec: 'hevc',
    encode: ['-c:v', 'libx265', '-crf', '10', '-x265-params', 'log-level=none'],
    containers: ['mp4', 'mov', 'mkv', 'ts', 'hevc'],
  },
  { codec: 'vp8', encode: ['-c:v', 'libvpx', '-crf', '4', '-b:v', '2M'], containers: ['webm', 'mkv', 'ivf', 'avi'] },
  { codec: 'vp9', encode: ['-c:v', 'libvpx-vp9', '-crf', '10', '-b:v', '0'], containers: ['webm', 'mkv', 'mp4'] },
  { codec: 'av1', encode: ['-c:v', 'libaom-av1', '-cpu-used', '8', '-crf', '15'], containers: ['mp4', 'mkv', 'webm'] },
  {
    codec: 'mpeg2video',
    encode: ['-c:v', 'mpeg2video', '-q:v', '2', '-bf', '2'],
    containers: ['mpg', 'ts', 'mkv', 'mp4', 'mov', 'vob', 'm2v'],
  },
  { codec: 'mjpeg', encode: ['-c:v', 'mjpeg', '-q:v', '2'], containers: ['avi', 'mov', 'mkv', 'mp4', 'mjpeg'] },
  { codec: 'mpeg4', encode: ['-c:v', 'mpeg4', '-q:v', '2'], containers: ['avi', 'mp4'] },
  { codec: 'prores', encode: ['-c:v', 'prores', '-pix_fmt', 'yuv422p10le'], containers: ['mov'] },
  { codec: 'theora', encode: ['-c:v', 'libtheora', '-q:v', '9'], containers: ['ogv'] },
  { codec: 'wmv2', encode: ['-c:v', 'wmv2', '-q:v', '2'], containers: ['wmv'] },
  { codec: 'rawvideo', encode: ['-c:v', 'wrapped_avframe'], containers: ['y4m'] },
  { codec: 'rawvideo', encode: ['-c:v', 'rawvideo'], containers: ['nut'] },
  { codec: 'gif', encode: ['-c:v', 'gif', '-pix_fmt', 'gray'], containers: ['gif'] },
  { codec: 'apng', encode: ['-c:v', 'apng', '-f', 'apng'], containers: ['apng', 'png'] },
  { codec: 'webp', encode: ['-c:v', 'libwebp_anim', '-lossless', '1'], containers: ['webp'] },
];

const CASES = CODECS.flatMap(({ containers, ...rest }) =>
  containers.map((container) => [rest.codec, container, rest.encode] as const),
);

it.each(CASES)('%s in %s', async (codec, container, encode) => {
  world = openWorld();
  const path = made(`format-${codec}.${container}`, ...steps(FRAMES, 25, '160x90'), ...encode);
  const order = await world.order(path);
  expect(order.facts).toMatchObject({ codec, widthPx: 160, heightPx: 90, rateHz: 25, hasSound: false });
  const decoder = world.bank.start(order)!;
  const { levels, timesMs } = await takeFrames(world, decoder.ring);
  expect(await decoder.over).toMatchObject({ outcome: 'whole', frames: FRAMES, strikes: 0 });
  const level = order.facts.colour.range === 'full' ? (frame: number) => filled(levelOf(frame)) : levelOf;
  levels.forEach((seen, frame) => expect(Math.abs(seen - level(frame))).toBeLessThanOrEqual(LOSS));
  timesMs.forEach((timeMs, frame) => expect(Math.abs(timeMs - frame * 40)).toBeLessThanOrEqual(1));
  // What its length is said to be decides when the next one is made ready.
  expect(Math.abs((order.facts.lengthMs ?? 0) - FRAMES * 40)).toBeLessThanOrEqual(85);
});

it('an animated WebP goes on where it was broken off, with times from there as ffmpeg tells them', async () => {
  world = openWorld();
  const path = made('later.webp', ...steps(FRAMES, 25, '160x90'), '-c:v', 'libwebp_anim', '-lossless', '1');
  const order = await world.order(path);
  const args = webpArguments({ ...order, fromMs: 790, loop: false, hardware: [] });
  const stdio = ['ignore', 'pipe', 'inherit', 'pipe'] as const;
  const { output } = spawnSync(process.execPath, args, { stdio: [...stdio], maxBuffer: 1 << 24 });
  const times = String(output[3]).match(/pts:\d+/g)!;
  expect(times).toEqual(['10000', '50000', '90000', '130000', '170000'].map((time) => `pts:${time}`));
});

it('an animated WebP follows itself', async () => {
  world = openWorld();
  const path = made('again.webp', ...steps(FRAMES, 25, '160x90'), '-c:v', 'libwebp_anim', '-lossless', '1');
  const order = await world.order(path, { loop: true });
  const decoder = world.bank.start(order)!;
  const { levels, timesMs } = await takeFrames(world, decoder.ring, 2 * FRAMES);
  levels.forEach((level, frame) => expect(Math.abs(level - levelOf(frame % FRAMES))).toBeLessThanOrEqual(LOSS));
  expect(timesMs.map(Math.round)).toEqual(levels.map((_, frame) => frame * 40));
});

it.each([
  ['apng', ['-c:v', 'apng', '-f', 'apng']],
  ['webp', ['-c:v', 'libwebp_anim', '-lossless', '1']],
  ['mov', ['-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', 'yuva444p10le']],
])('what is transparent in %s is on black', async (container, encode) => {
  world = openWorld();
  const white = ['-f', 'lavfi', '-i', 'color=white@0.5:s=64x64:r=25:d=0.2,format=rgba'];
  const decoder = world.bank.start(await world.order(made(`half.${container}`, ...white, ...encode)))!;
  const { levels } = await takeFrames(world, decoder.ring);
  expect(levels.length).toBeGreaterThan(0);
  // Half of white: 16 + 219 / 2.
  levels.forEach((level) => expect(Math.abs(level - 125)).toBeLessThanOrEqual(2));
});

it.each([
  ['24000/1001', 1001 / 24],
  ['24', 1000 / 24],
  ['30000/1001', 1001 / 30],
  ['50', 20],
  ['60000/1001', 1001 / 60],
  ['60', 1000 / 60],
  ['120', 1000 / 120],
])('%s frames a second keep their times', async (rate, frameMs) => {
  world = openWorld();
  const path = made(`rate-${rate.replace('/', '-')}.mp4`, ...steps(FRAMES, 25), ...lossless, '-r', rate);
  const order = await world.order(path);
  expect(order.facts.rateHz).toBeCloseTo(1000 / frameMs, 2);
  const decoder = world.bank.start(order)!;
  const { timesMs } = await takeFrames(world, decoder.ring);
  timesMs.forEach((timeMs, frame) => expect(Math.abs(timeMs - frame * frameMs)).toBeLessThanOrEqual(0.1));
});

it('frames of different lengths keep their times', async () => {
  world = openWorld();
  const [input, filter] = [steps(FRAMES, 25).slice(0, 4), `${steps(FRAMES, 25)[5]},select='mod(n,5)-1'`];
  const path = made('varies.mkv', ...input, '-vf', filter, '-fps_mode', 'vfr', ...lossless);
  const decoder = world.bank.start(await world.order(path))!;
  const { timesMs, levels } = await takeFrames(world, decoder.ring);
  const kept = Array.from({ length: FRAMES }, (_, n) => n).filter((n) => n % 5 !== 1);
  expect(timesMs.map(Math.round)).toEqual(kept.map((n) => n * 40));
  expect(levels).toEqual(kept.map(levelOf));
});

it('frames whose times go back are shown after each other', async () => {
  world = openWorld();
  // What ffmpeg reads of such a file says 0, 80, 120, 200 ms at first, and 920, 960, 840, 960 in the end.
  const path = made('back.mxf', ...steps(FRAMES, 25, '160x90'), '-c:v', 'libx264', '-crf', '10', '-bf', '2');
  const decoder = world.bank.start(await world.order(path))!;
  const { levels, timesMs } = await takeFrames(world, decoder.ring);
  levels.forEach((level, frame) => expect(Math.abs(level - levelOf(frame))).toBeLessThanOrEqual(LOSS));
  expect(levels).toHaveLength(FRAMES);
  expect(timesMs).toEqual([...timesMs].sort((a, b) => a - b));
});

it.each(['yuv422p', 'yuv444p', 'yuv420p10le', 'yuv422p10le', 'yuv444p10le', 'yuvj420p', 'gray'])(
  '%s is shown in 8 bits and 4:2:0',
  async (format) => {
    world = openWorld();
    const path = made(`depth-${format}.mkv`, ...steps(FRAMES, 25), '-pix_fmt', format, ...lossless);
    const decoder = world.bank.start(await world.order(path))!;
    const { levels } = await takeFrames(world, decoder.ring);
    const expected = (frame: number): number =>
      ['yuvj420p', 'gray'].includes(format) ? filled(levelOf(frame)) : levelOf(frame);
    levels.forEach((level, frame) => expect(Math.abs(level - expected(frame))).toBeLessThanOrEqual(1));
    expect(levels).toHaveLength(FRAMES);
  },
);

it('a cut of odd size is what the ring expects', async () => {
  world = openWorld();
  const path = made('odd.mkv', ...steps(FRAMES, 25, '161x201'), '-c:v', 'ffv1');
  const decoder = world.bank.start(await world.order(path))!;
  const { levels } = await takeFrames(world, decoder.ring);
  levels.forEach((level, frame) => expect(Math.abs(level - levelOf(frame))).toBeLessThanOrEqual(1));
  expect(levels).toHaveLength(FRAMES);
});

it('sound tracks do not matter', async () => {
  world = openWorld();
  const sound = ['-f', 'lavfi', '-i', 'sine=d=3'];
  const path = made(
    'sound.mp4',
    ...steps(FRAMES, 25).slice(0, 4),
    ...sound,
    ...steps(FRAMES, 25).slice(4),
    ...lossless,
  );
  const order = await world.order(path);
  expect(order.facts).toMatchObject({ hasSound: true, lengthMs: 1000 });
  const decoder = world.bank.start(order)!;
  expect((await takeFrames(world, decoder.ring)).levels).toHaveLength(FRAMES);
});

it('interlaced clips are made whole, at their own rate', async () => {
  world = openWorld();
  const filter = `${steps(2 * FRAMES, 50)[5]},tinterlace=interleave_top,setfield=tff`;
  const fields = ['-flags', '+ilme+ildct', '-c:v', 'mpeg2video', '-q:v', '2'];
  const path = made('fields.ts', ...steps(2 * FRAMES, 50).slice(0, 4), '-vf', filter, '-r', '25', ...fields);
  const order = await world.order(path);
  expect(order.facts).toMatchObject({ interlaced: true, rateHz: 25 });
  const decoder = world.bank.start(order)!;
  const { timesMs } = await takeFrames(world, decoder.ring);
  expect(timesMs.length).toBe(FRAMES);
  timesMs.forEach((timeMs, frame) => expect(Math.abs(timeMs - frame * 40)).toBeLessThanOrEqual(1));
});
