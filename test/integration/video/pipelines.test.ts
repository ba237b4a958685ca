/**
 * The ways of clips of one size, in less memory: filters that copy no frame, and one filter graph that reads, decodes and filters, which spares
 * the queues of ffmpeg 7. Each gives the frames and the times that ffmpeg else gives.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClipFacts } from '../../../plugins/video/clip-facts';
import { decodeArguments, FRAME_HEADER, TIMES_FD, type DecodeOrder } from '../../../plugins/video/command';
import { Probe } from '../../../plugins/video/probe';
import { clipTarget } from '../../../plugins/video/target';
import { findTools } from '../../../runtime/media/tools';
import { clipFrameBytes } from '../../../runtime/stage/clip-store';
import { made, PANEL } from './fixture';

const tools = findTools(null, process.env);
const probe = new Probe(tools);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-test-pipelines-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Decoded {
  readonly code: number | null;
  readonly said: string;
  readonly frames: readonly Buffer[];
  readonly timesUs: readonly number[];
}

function decode({ target, ...order }: DecodeOrder, args = decodeArguments({ target, ...order })): Decoded {
  const [frames, times] = [join(folder, 'frames'), join(folder, 'times')];
  const [framesFd, timesFd] = [openSync(frames, 'w'), openSync(times, 'w')];
  expect(TIMES_FD).toBe(3);
  const { status, stderr } = spawnSync(tools.ffmpeg, args, { stdio: ['ignore', framesFd, 'pipe', timesFd] });
  [framesFd, timesFd].forEach(closeSync);
  const bytes = readFileSync(frames);
  const each = FRAME_HEADER.length + clipFrameBytes(target.widthPx, target.heightPx);
  const from = bytes.indexOf('\n') + 1;
  const count = (bytes.length - from) / each;
  return {
    code: status,
    said: stderr.toString('utf8'),
    frames: Array.from({ length: count }, (_, at) => bytes.subarray(from + at * each, from + (at + 1) * each)),
    timesUs: [...readFileSync(times, 'latin1').matchAll(/pts:(-?\d+)/g)].map(([, us]) => Number(us)),
  };
}

/** Before version 7 what comes out of such a graph cannot be written as it is: it is encoded there, into the same bytes. */
function graphArguments(order: DecodeOrder, isQueued: boolean): string[] {
  const args = decodeArguments({ ...order, facts: { ...order.facts, pipeline: 'graph' } });
  expect(args).toContain('-copyinkf');
  if (isQueued) return args;
  const [from, to] = [args.indexOf('-c'), args.indexOf('-f', args.indexOf('-c'))];
  return [...args.slice(0, from), '-fps_mode', 'passthrough', ...args.slice(to)];
}

const picture = (size = '320x180', rateHz = 25, s = 3): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rateHz}:d=${s}`],
];
const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '25'];
const reordered = [...h264, '-bf', '5', '-b_strategy', '0'];
const tone = ['-f', 'lavfi', '-i', 'sine=d=4', '-c:a', 'aac'];
const late = (): string => made('late.mp4', ...picture(), ...reordered, '-bsf:v', 'setts=pts=PTS+3000:dts=DTS+3000');

const CLIPS: readonly (readonly [name: string, make: () => string])[] = [
  ['frames out of order', () => made('reordered.mp4', ...picture(), ...reordered)],
  ['times that begin late', late],
  ['trimmed by an edit list', () => made('trimmed.mp4', '-ss', '1.3', '-i', late(), '-c', 'copy')],
  [
    'a picture that begins behind its sound',
    () => made('behind.mp4', '-itsoffset', '0.7', ...picture(), ...tone, ...reordered),
  ],
  [
    'two pictures, of which the second is the larger',
    () => made('two.mp4', ...picture('160x90'), ...picture(), '-map', '0', '-map', '1', ...h264),
  ],
  ['240 frames a second', () => made('fast.mp4', ...picture('160x90', 240, 2), ...h264)],
  [
    'interlaced',
    () => made('interlaced.mp4', ...picture('320x180', 50), '-vf', 'interlace', ...h264, '-flags', '+ilme'),
  ],
  [
    'an odd size, colours for every pixel',
    () => made('odd.mp4', ...picture('321x181'), '-c:v', 'libx264', '-pix_fmt', 'yuv444p'),
  ],
  [
    'ten bits',
    () => made('ten.mp4', ...picture(), '-c:v', 'libx265', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p10le'),
  ],
  [
    'transparency',
    () => made('alpha.mov', ...picture(), '-vf', 'format=yuva444p10le', '-c:v', 'prores_ks', '-profile:v', '4'),
  ],
];

const orderOf = async (
  path: string,
  change: Partial<DecodeOrder> = {},
): Promise<DecodeOrder & { facts: ClipFacts }> => {
  const found = await probe.look(path);
  if (found.kind !== 'clip') throw new Error(JSON.stringify(found));
  const { facts, index } = found;
  const target = clipTarget(facts, 'cover', PANEL, Infinity);
  return { path, facts, index, target, fromMs: 0, loop: false, hardware: [], threads: 2, ...change };
};

async function compare(path: string, change: Partial<DecodeOrder> = {}): Promise<void> {
  const order = await orderOf(path, change);
  const isQueued = ['queued', 'graph'].includes(order.facts.pipeline);
  const usual = decode({ ...order, facts: { ...order.facts, pipeline: isQueued ? 'queued' : 'direct' } });
  expect(usual.frames.length).toBeGreaterThan(10);
  const steady = { ...order, facts: { ...order.facts, pipeline: 'steady' } } as const;
  for (const other of [decode(steady), decode(order, graphArguments(order, isQueued))]) {
    expect([other.code, other.said]).toEqual([usual.code, usual.said]);
    expect(other.timesUs).toHaveLength(usual.timesUs.length);
    // A place that is sought is rounded to the times of the stream.
    other.timesUs.forEach((us, at) => expect(Math.abs(us - usual.timesUs[at]!)).toBeLessThan(20));
    expect(other.frames.length).toBe(usual.frames.length);
    expect(other.frames.findIndex((frame, at) => !frame.equals(usual.frames[at]!))).toBe(-1);
  }
}

describe.each(CLIPS)('%s', (_name, make) => {
  it.each([
    ['from its beginning', {}],
    ['from a place that is sought', { fromMs: 1200, reach: 'seek' }],
    ['from just before a picture that stands by itself', { fromMs: 970, reach: 'seek' }],
    ['from a place that is reached by decoding', { fromMs: 900, reach: 'decode' }],
  ] as const)('%s', async (_place, change) => {
    await compare(make(), change);
  });
});

it.each(['it is.mp4', "it's.mp4", '[a], b; c: d.mp4', '\\d\\\\.mp4', " ' %{n} ' .mp4", 'ü=ß.mp4', "'.mp4"])(
  'a file named %s',
  async (name) => {
    const path = join(folder, name);
    copyFileSync(made('reordered.mp4', ...picture(), ...reordered), path);
    await compare(path);
  },
);
