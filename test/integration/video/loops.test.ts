/** Loops of every container and structure: each frame once a round, in order, at its time; and ends after the last frame's own time. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readers } from '../../../plugins/video/readers';
import { until } from '../../support/until';
import { children, made, openWorld, takeFrames, type World } from './fixture';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const ROUNDS = 3;
const FRAMES = 18;
const RATE_HZ = 25;
const FRAME_MS = 1000 / RATE_HZ;
/** Levels between the greys of two frames: more than a codec loses. */
const STEP = 12;
const numbered = (frames = FRAMES, rateHz = RATE_HZ): string[] => [
  ...['-f', 'lavfi', '-i', `color=c=black:s=160x90:r=${rateHz}:d=${frames / rateHz},format=yuv420p`],
  ...['-vf', `geq=lum='20+${STEP}*N':cb=128:cr=128`],
];
const numberOf = (level: number): number => Math.round((level - 20) / STEP) + 0;
/** Of a picture whose levels fill the whole byte. */
const numberOfFull = (level: number): number => numberOf((level * 219) / 255 + 16);

const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '10'];
const B_FRAMES = [...H264, '-bf', '2', '-x264-params', 'scenecut=0:b-adapt=0'];
const OPEN = [...H264, '-bf', '2', '-x264-params', 'open-gop=1:keyint=6:min-keyint=6:scenecut=0'];
const HEVC = ['-c:v', 'libx265', '-crf', '10', '-x265-params', 'log-level=none'];
const MPEG2 = ['-c:v', 'mpeg2video', '-q:v', '2', '-bf', '2', '-g', '6'];
const VP8 = ['-c:v', 'libvpx', '-crf', '4', '-b:v', '2M', '-deadline', 'realtime'];
const VP9 = ['-c:v', 'libvpx-vp9', '-crf', '10', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '8'];
const AV1 = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-crf', '15', '-usage', 'realtime'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=440:d=1.5', '-c:a', 'aac'];

/** A file of parts put behind each other, as `cat` does. */
function joined(name: string, ...parts: readonly string[]): string {
  const file = join(world!.folder, name);
  writeFileSync(file, Buffer.concat(parts.map((part) => readFileSync(part))));
  return file;
}

const whole = Array.from({ length: FRAMES }, (_, at) => at);

interface Case {
  readonly name: string;
  readonly make: () => string;
  /** The numbers of one round; without them those of the file as it is played once. */
  readonly numbers?: readonly number[];
  readonly lengthMs?: number;
  readonly numberOf?: (level: number) => number;
}

/** The same frames in that container. */
const plain = (name: string, encode: readonly string[], lengthMs?: number): Case => ({
  name,
  make: () => made(name.replaceAll(' ', '-'), ...numbered(), ...encode),
  numbers: whole,
  lengthMs: lengthMs ?? FRAMES * FRAME_MS,
});

const CASES: readonly Case[] = [
  plain('h264.mp4', B_FRAMES),
  plain('h264.mov', B_FRAMES),
  plain('h264.mkv', B_FRAMES),
  plain('h264.flv', B_FRAMES),
  plain('h264 with b frames.avi', B_FRAMES),
  plain('one group.ts', B_FRAMES),
  plain('groups.ts', [...B_FRAMES, '-g', '6']),
  plain('open groups.ts', OPEN),
  plain('open groups.mp4', OPEN),
  plain('raw.h264', B_FRAMES),
  plain('hevc.mp4', HEVC),
  plain('hevc.ts', HEVC),
  plain('raw.hevc', HEVC),
  plain('mpeg2.ts', MPEG2),
  plain('mpeg2.mpg', MPEG2),
  plain('mpeg2.vob', MPEG2),
  plain('mpeg4.avi', ['-c:v', 'mpeg4', '-q:v', '2', '-bf', '1', '-g', '6']),
  plain('vp8.webm', VP8),
  plain('vp9.webm', VP9),
  plain('av1.mp4', AV1),
  { ...plain('mjpeg.avi', ['-c:v', 'mjpeg', '-q:v', '2']), numberOf: numberOfFull },
  plain('theora.ogv', ['-c:v', 'libtheora', '-q:v', '9', '-g', '6']),
  plain('prores.mov', ['-c:v', 'prores', '-pix_fmt', 'yuv422p10le']),
  plain('animation.gif', ['-pix_fmt', 'gray']),
  plain('animation.apng', ['-f', 'apng', '-plays', '0']),
  plain('late start.ts', [...B_FRAMES, '-output_ts_offset', '95000']),
  plain('about to wrap.ts', [...B_FRAMES, '-output_ts_offset', '95443.3']),
  plain('late start.mkv', [...B_FRAMES, '-output_ts_offset', '7']),
  {
    ...plain('negative start.mp4', [...B_FRAMES, '-output_ts_offset', '-0.2']),
    numbers: whole.slice(5),
    lengthMs: 520,
  },
  {
    name: 'rate that varies.mp4',
    make: () =>
      made(
        'varies.mp4',
        ...numbered().map((word) => (word.startsWith('geq') ? `${word},setpts='(N+floor(N/3))/25/TB'` : word)),
        ...[...B_FRAMES, '-fps_mode', 'vfr'],
        // ffmpeg 7 does not know how long the last frame lasts, and would leave it out with an edit list.
        ...['-movflags', 'negative_cts_offsets', '-use_editlist', '0'],
      ),
    numbers: whole,
  },
  {
    name: 'sound that is longer.flv',
    make: () =>
      made(
        'longer.flv',
        ...SOUND.slice(0, 4),
        ...numbered().slice(0, 4),
        ...numbered().slice(4),
        ...B_FRAMES,
        '-c:a',
        'aac',
      ),
    numbers: whole,
    lengthMs: FRAMES * FRAME_MS,
  },
  {
    name: 'trimmed without encoding.mp4',
    make: () =>
      made('trimmed.mp4', '-ss', '0.36', '-i', made('source.mp4', ...numbered(), ...B_FRAMES, '-g', '9'), '-c', 'copy'),
  },
  {
    name: 'recording begun in an open group.ts',
    make: () => {
      const all = readFileSync(made('open-groups.ts', ...numbered(), ...OPEN));
      const cut = join(world!.folder, 'begun.ts');
      // Packets of 188 bytes.
      writeFileSync(cut, all.subarray(188 * Math.floor(all.length / 188 / 4)));
      return cut;
    },
  },
  ...['ts', 'mpg', 'mkv', 'avi', 'webm'].map((end): Case => {
    const encode = end === 'mpg' ? MPEG2 : end === 'webm' ? VP8 : B_FRAMES;
    const part = (): string => made(`part.${end}`, ...numbered(9), ...encode);
    return {
      name: `recordings joined.${end}`,
      make: () => joined(`joined.${end}`, part(), part()),
      numbers: [...whole.slice(0, 9), ...whole.slice(0, 9)],
    };
  }),
];

/** Frames of the ring: fewer than a round has, so that the next one is decoded. */
const FEW = { ringFrames: 6, ringBytes: 6 * 160 * 90 * 1.6 };

it.each(CASES)('plays $name round after round', async ({ make, numbers, lengthMs, numberOf: number = numberOf }) => {
  world = openWorld({ settings: FEW });
  const decoder = world.bank.start(await world.order(make(), { loop: true }))!;
  const take = async (frames: number): Promise<{ round: number[]; timesMs: number[] }> => {
    const { levels, timesMs } = await takeFrames(world!, decoder.ring, frames);
    return { round: levels.map(number), timesMs };
  };
  const known = numbers ?? (await playedOnce(make(), number));
  const first = await take(known.length);
  expect(first.round).toEqual(known);
  let roundMs: number | undefined;
  for (let k = 1; k < ROUNDS; k += 1) {
    const next = await take(known.length);
    expect(next.round).toEqual(known);
    roundMs ??= next.timesMs[0]! - first.timesMs[0]!;
    next.timesMs.forEach((timeMs, at) =>
      expect([k, at, timeMs]).toEqual([k, at, expect.closeTo(k * roundMs! + first.timesMs[at]!, 1)]),
    );
  }
  if (lengthMs !== undefined) expect(roundMs).toBeCloseTo(lengthMs, 0);
  // The main thread hears of it later than the screen.
  await until(() => Math.abs(decoder.lengthMs! - roundMs!) < 1);
  expect(decoder.restarts).toBe(0);
});

/** The numbers of a file that is played once. */
async function playedOnce(path: string, number: (level: number) => number): Promise<number[]> {
  const once = world!.bank.start(await world!.order(path))!;
  const { levels } = await takeFrames(world!, once.ring);
  expect(await once.over).toMatchObject({ outcome: 'whole', reason: expect.any(String) });
  await world!.bank.close(once);
  return levels.map(number);
}

const clip = (): string => made('h264.mp4', ...numbered(), ...B_FRAMES);

it('begins the next round while the main thread has no time', async () => {
  world = openWorld({ settings: FEW });
  const ahead = jest.spyOn(Readers.prototype, 'readAfter');
  const decoder = world.bank.start(await world.order(clip(), { loop: true }))!;
  const { table } = world;
  const { ref } = decoder.ring;
  // Into the second round: the child of the third is handed over.
  await takeFrames(world, decoder.ring, FRAMES + 8);
  await until(() => ahead.mock.calls.length >= 2);
  ahead.mockRestore();
  const untilMs = performance.now() + 20_000;
  // Nothing is heard of any child here: every look is within one turn of the event loop.
  while (table.written(ref.clip) < 3 * FRAMES && performance.now() < untilMs) {
    const written = table.written(ref.clip);
    if (written > table.taken(ref.clip)) table.take(ref.clip, written);
  }
  expect(table.written(ref.clip)).toBe(3 * FRAMES);
});

it('keeps a short clip in its ring: it is decoded once, and nothing runs any more', async () => {
  world = openWorld();
  const decoder = world.bank.start(await world.order(clip(), { loop: true }))!;
  const { levels, timesMs } = await takeFrames(world, decoder.ring, FRAMES);
  await until(() => children().length === 0);
  const rest = await takeFrames(world, decoder.ring, 100 * FRAMES);
  expect(rest.levels.map(numberOf)).toEqual(Array.from({ length: 100 }, () => levels.map(numberOf)).flat());
  // The main thread hears of the child's end later than the ring repeats.
  await until(() => decoder.seams.count === 100);
  // The picture does not stand at any of them.
  expect(world.bank.report()).toMatchObject({ loopSeams: 100, loopStandsMs: 0 });
  expect(rest.timesMs.at(-1)).toBeCloseTo(100 * decoder.lengthMs! + timesMs.at(-1)!, 3);
});

it('counts how long the picture stands at seams by the times of the clip', async () => {
  world = openWorld();
  const delayed = made('delayed.gif', ...numbered(), '-pix_fmt', 'gray', '-final_delay', '104');
  const decoder = world.bank.start(await world.order(delayed, { loop: true }))!;
  await takeFrames(world, decoder.ring, 3 * FRAMES);
  await until(() => decoder.seams.count === 2);
  expect(world.bank.report()).toMatchObject({ loopSeams: 2, loopStandsMs: 2000 });
});

/** Structures in which a place is found in different ways. */
const PLACES = new Set(
  ['h264.mp4', 'h264 with b frames.avi', 'one group.ts', 'open groups.ts', 'raw.h264', 'hevc.ts', 'mpeg2.mpg'].concat([
    'vp8.webm',
    'late start.ts',
    'recordings joined.ts',
    'recordings joined.mpg',
    'recordings joined.avi',
  ]),
);
const PLACED = CASES.filter(({ name }) => PLACES.has(name));

/** Where in a round the numbers begin, a frame before or after the third of the file; they go on in whole rounds from there. */
function beginOf(numbers: readonly number[], known: readonly number[]): number | undefined {
  const begins = known.map((_, from) => from).filter((from) => Math.abs(from - 7) <= 3);
  return begins.find((from) => numbers.every((number, at) => number === known[(from + at) % known.length]));
}

it.each(PLACED)(
  'loops $name whole, each round at its own times, after it began in the middle',
  async ({ make, numbers, lengthMs, numberOf: number = numberOf }) => {
    world = openWorld({ settings: FEW });
    const known = numbers ?? (await playedOnce(make(), number));
    const decoder = world.bank.start(await world.order(make(), { loop: true, fromMs: 7 * FRAME_MS }))!;
    const { levels, timesMs } = await takeFrames(world, decoder.ring, 3 * known.length);
    const seen = levels.map(number);
    expect([seen.join(' '), beginOf(seen, known)]).toEqual([seen.join(' '), expect.any(Number)]);
    const stepsMs = timesMs.slice(1).map((timeMs, at) => timeMs - timesMs[at]!);
    for (const stepMs of stepsMs) expect(Math.abs(stepMs - FRAME_MS)).toBeLessThanOrEqual(0.75 * FRAME_MS);
    if (lengthMs !== undefined) await until(() => Math.abs(decoder.lengthMs! - lengthMs) < 1);
    expect(decoder.restarts).toBe(0);
  },
);

it.each(PLACED.filter(({ name }) => /^(h264.mp4|open groups.ts|raw.h264|hevc.ts)$/.test(name)))(
  'goes on within its round where a decoder of $name was killed',
  async ({ make }) => {
    world = openWorld({ settings: FEW });
    const decoder = world.bank.start(await world.order(make(), { loop: true }))!;
    const before = await takeFrames(world, decoder.ring, FRAMES + 4);
    for (const pid of children()) process.kill(pid, 'SIGKILL');
    const after = await takeFrames(world, decoder.ring, 2 * FRAMES - 4);
    expect([...before.levels, ...after.levels].map(numberOf)).toEqual([...whole, ...whole, ...whole]);
    expect(after.timesMs.at(-1)).toBeCloseTo(3 * FRAMES * FRAME_MS - FRAME_MS, 1);
  },
);

it('loops whole after it began in the middle, also where its rate varies', async () => {
  world = openWorld({ settings: FEW });
  const setpts = numbered().map((word) => (word.startsWith('geq') ? `${word},setpts='(N+floor(N/3))/25/TB'` : word));
  const unedited = ['-movflags', 'negative_cts_offsets', '-use_editlist', '0'];
  const varying = made('varies-too.mp4', ...setpts, ...B_FRAMES, '-fps_mode', 'vfr', ...unedited);
  const decoder = world.bank.start(await world.order(varying, { loop: true, fromMs: 500 }))!;
  const { levels } = await takeFrames(world, decoder.ring, 4 * FRAMES);
  const numbers = levels.map(numberOf);
  const began = numbers[0]!;
  expect(began).toBeGreaterThan(5);
  expect(numbers).toEqual([...whole.slice(began), ...whole, ...whole, ...whole, ...whole].slice(0, 4 * FRAMES));
});
