/** Streamed sounds in real chunks: as long as asked for, within their room, and no decoder more than is needed. */
import { join } from 'node:path';
import { decodersOf } from '../../support/decoders';
import { cueSound, openSoundRig, writeWav, type SoundRig } from '../../support/sound-rig';
import { until } from '../../support/until';

/** Low, so that minutes are decoded in a moment. */
const RATE_HZ = 8000;
const STREAMED = { streamThresholdBytes: 1, tier2Tracks: 1 };

let rig: SoundRig;
afterEach(() => rig.close());

const flat = (name: string, seconds: number, channels: number): string =>
  writeWav(
    join(rig.folder, `${name}.wav`),
    Array.from({ length: channels }, () => new Float32Array(seconds * RATE_HZ).fill(0.25)),
    RATE_HZ,
  );
/** Of so many chunks of a file in both states. */
const bytesOf = (chunks: number, seconds: number, channels: number): number =>
  chunks * seconds * RATE_HZ * channels * 2 * 4;

it.each([
  [1, 2],
  [8, 2],
  [30, 2],
  [8, 1],
])('keeps two chunks of %i s of a file of %i channels ready', async (seconds, channels) => {
  const tier1Bytes = bytesOf(2, seconds, channels);
  const change = { ...STREAMED, chunkMs: seconds * 1000, tier1Bytes, tier2Bytes: 0 };
  rig = openSoundRig(4, change, {}, undefined, { rateHz: RATE_HZ });
  const desk = rig.desk([cueSound(flat('bed', 90, channels))]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.go(1);
  expect(rig.engine.cacheReport()).toMatchObject({
    chunkFrames: seconds * RATE_HZ,
    tier1: { chunks: 2, bytes: tier1Bytes },
    tier2: { chunks: 0, bytes: 0 },
  });
});

it('has a decoder for each long sound that plays, and none once nobody plays it', async () => {
  const room = bytesOf(2, 8, 2);
  rig = openSoundRig(20, { ...STREAMED, tier1Bytes: 4 * room, tier2Bytes: 0 }, {}, undefined, { rateHz: RATE_HZ });
  const bed = (name: string): ReturnType<typeof cueSound> => cueSound(flat(name, 120, 2), { role: 'background' });
  const desk = rig.desk([bed('a')], [bed('b'), cueSound(flat('c', 120, 2))], [bed('d')], []);
  await rig.settle();
  // The thread is asked to end the others; they end a moment later.
  const has = (count: number): Promise<void> => until(() => decodersOf(rig.folder).length === count);
  for (const [at, count] of [1, 2, 1, 0].entries()) {
    desk.enter(String(at), at * 4000 + 500);
    await rig.go(at * 4 + 3);
    await has(count);
  }
  expect(rig.reported).toEqual([]);
});

it('has no decoder while a sound plays that is there completely, wherever it was jumped to', async () => {
  rig = openSoundRig(20, { ...STREAMED, tier2Bytes: 64 << 20 }, {}, undefined, { rateHz: RATE_HZ });
  const desk = rig.desk([cueSound(flat('loop', 40, 2), { loop: true })]);
  await rig.settle();
  desk.enter('0', 100);
  await rig.go(0.8);
  expect(desk.seek({ ms: 33_000, relative: false })).toHaveLength(1);
  await rig.go(4);
  await until(() => decodersOf(rig.folder).length === 0);
  const [heard] = await rig.render();
  expect(heard.subarray(2 * RATE_HZ, 4 * RATE_HZ).every((x) => x === 0.25)).toBe(true);
});
