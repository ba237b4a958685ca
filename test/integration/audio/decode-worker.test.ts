/** The decode thread as the main thread knows it: replaced where it hangs or dies, with everything that it had started. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PcmOrder } from '../../../plugins/audio/decode/command';
import { DecodeWorker, type OrderText } from '../../../plugins/audio/decode/decode-worker';
import { PcmStream } from '../../../plugins/audio/decode/pcm-stream';
import { openScope, type Scope } from '../../../runtime/core/scope';
import { findTools } from '../../../runtime/media/tools';
import { RATE_HZ, writeWav } from '../../support/sound-rig';
import { until } from '../../support/until';

let folder: string;
let scope: Scope;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-worker-'));
  scope = openScope('decode worker test');
});
afterEach(async () => {
  await scope.close(5000);
  rmSync(folder, { recursive: true, force: true });
});

const { ffmpeg } = findTools(null, process.env);
const wav = (seconds: number): string =>
  writeWav(join(folder, 'flat.wav'), [new Float32Array(seconds * RATE_HZ).fill(0.25)]);
const pcm = (path: string): PcmOrder => ({
  path,
  index: 0,
  rateHz: RATE_HZ,
  channels: 1,
  storedChannels: 1,
  fromFrame: 0,
});
const clip = (path: string): OrderText => ({
  kind: 'clip',
  track: { ...pcm(path), key: path, mastering: { gainDb: 0, ceilingDb: -1 } },
  mostFrames: 10 * RATE_HZ,
});
const isAlive = (pid: number): boolean => {
  try {
    // A zombie has ended.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

it('replaces a thread that makes no progress, ends its children, and the next order succeeds', async () => {
  const tool = join(folder, 'ffmpeg');
  symlinkSync(ffmpeg, tool);
  const replaced: string[] = [];
  const thread = join(__dirname, '../../support/hanging-decode-thread.js');
  const worker = new DecodeWorker(tool, scope, (path) => replaced.push(path), 400, thread);
  const path = wav(1);
  expect(await worker.run(clip(path))).toMatchObject({ kind: 'failed', accident: true });
  expect(replaced).toEqual([path]);
  const child = Number(readFileSync(`${tool}.hung`, 'utf8'));
  await until(() => !isAlive(child));
  expect(await worker.run(clip(path))).toMatchObject({ kind: 'clip', frames: RATE_HZ, whole: true });
});

it('says that it was an accident where the thread cannot be started, and takes the next order', async () => {
  const worker = new DecodeWorker(ffmpeg, scope, () => {}, 20, join(folder, 'none.js'));
  for (const _ of [1, 2]) expect(await worker.run(clip(wav(1)))).toMatchObject({ kind: 'failed', accident: true });
});

describe('a decoder that is closed', () => {
  // From one that has just begun to one that has given more than is taken in ahead, and is paused.
  it.each([
    ['before anything was read', 0, 30],
    ['in the middle of a file longer than what is taken in ahead', 2048, 30],
    ['in the middle of a short file', 2048, 4],
    ['at the end of its file', 4 * RATE_HZ, 4],
  ])('ends: %s', async (_, frames, seconds) => {
    const stream = new PcmStream(ffmpeg, pcm(wav(seconds)));
    await stream.read([new Float32Array(frames)], 0, frames);
    // Until its output has filled what is taken in ahead.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await stream.close();
    expect(stream.isOver).toBe(true);
  });
});

it('gives silence for samples that are no numbers, and bounds those beyond all measure', async () => {
  const odd = [0.25, NaN, Infinity, -Infinity, 1e30, -1e30, 1.5, -0.25];
  const path = writeWav(join(folder, 'odd.wav'), [Float32Array.from(odd)]);
  const stream = new PcmStream(ffmpeg, pcm(path));
  const plane = new Float32Array(odd.length);
  expect(await stream.read([plane], 0, odd.length)).toBe(odd.length);
  await stream.close();
  expect([...plane]).toEqual([0.25, 0, 0, 0, 16, -16, 1.5, -0.25]);
});
