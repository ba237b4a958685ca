/** Chunks as the decode thread makes them: both states continuous over the borders, from anywhere, to the last frame. */
import type { PcmOrder } from '../../../plugins/audio/decode/command';
import { PlanarQueue } from '../../../plugins/audio/decode/planar-queue';
import { Producer, type FrameSource, type TrackSpec } from '../../../plugins/audio/decode/producer';
import { createRandom } from '../../../runtime/show/random';

const RATE_HZ = 8000;
const FRAMES = 70_000;
const track: TrackSpec = {
  key: 'k',
  path: '/x',
  index: 0,
  rateHz: RATE_HZ,
  channels: 2,
  storedChannels: 2,
  mastering: { gainDb: 9, ceilingDb: -1 },
};

const random = createRandom('signal');
const signal = [0, 1].map(() =>
  Float32Array.from({ length: FRAMES }, (_, i) => (random() - 0.5) * (i % 9000 < 2000 ? 1.9 : 0.2)),
);

/** Gives the signal in pieces of no particular size. */
function open({ fromFrame }: PcmOrder): FrameSource {
  let at = fromFrame;
  return {
    read(planes, into, frames) {
      const count = Math.max(0, Math.min(frames, FRAMES - at));
      planes.forEach((plane, channel) => plane.set(signal[channel]!.subarray(at, at + count), into));
      at += count;
      return Promise.resolve(count);
    },
    close: () => Promise.resolve(),
  };
}

/** Jest compares arrays of this size element by element, slowly. */
const same = (a: Float32Array, b: Float32Array): boolean => {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
};

const planes = (frames: number): Float32Array[] => [new Float32Array(frames), new Float32Array(frames)];

async function wholly(): Promise<{ original: Float32Array[]; processed: Float32Array[] }> {
  const [original, processed] = [planes(FRAMES + 10), planes(FRAMES + 10)];
  const producer = new Producer(track, open);
  expect(await producer.produce(0, original, processed)).toEqual({ frames: FRAMES, ended: true });
  await producer.close();
  const cut = (list: Float32Array[]): Float32Array[] => list.map((plane) => plane.subarray(0, FRAMES));
  return { original: cut(original), processed: cut(processed) };
}

it.each([4000, 7000, 8192, 70_000, 69_999, 70_001, 23_333])(
  'chunks of %i frames make the whole',
  async (chunkFrames) => {
    const whole = await wholly();
    expect(same(whole.original[0]!, signal[0]!)).toBe(true);
    const producer = new Producer(track, open);
    let at = 0;
    for (let ended = false; !ended;) {
      const [original, processed] = [planes(chunkFrames), planes(chunkFrames)];
      const produced = await producer.produce(at, original, processed);
      ({ ended } = produced);
      for (const channel of [0, 1]) {
        const part = (plane: Float32Array): Float32Array => plane.subarray(at, at + produced.frames);
        expect(same(original[channel]!.subarray(0, produced.frames), part(signal[channel]!))).toBe(true);
        expect(same(processed[channel]!.subarray(0, produced.frames), part(whole.processed[channel]!))).toBe(true);
      }
      at += produced.frames;
      expect(ended).toBe(at === FRAMES);
    }
    await producer.close();
  },
);

it('begins anywhere, and is the same there', async () => {
  const whole = await wholly();
  const producer = new Producer(track, open);
  for (const from of [40_000, 8000, 48_000, 0]) {
    const [original, processed] = [planes(4000), planes(4000)];
    await producer.produce(from, original, processed);
    expect(same(original[1]!, signal[1]!.subarray(from, from + 4000))).toBe(true);
    const worst = processed[0]!.reduce((most, x, i) => Math.max(most, Math.abs(x - whole.processed[0]![from + i]!)), 0);
    // Under -90 dBFS.
    expect(worst).toBeLessThan(3e-5);
  }
  await producer.close();
});

it('says that nothing is there beyond the end', async () => {
  const producer = new Producer(track, open);
  expect(await producer.produce(80_000, planes(100), planes(100))).toEqual({ frames: 0, ended: true });
  await producer.close();
});

describe('where the file states how long it is', () => {
  const stated = async (frames: number, chunkFrames: number, from = 0): Promise<number> => {
    const producer = new Producer({ ...track, frames }, open);
    let at = from;
    for (let ended = false; !ended;) {
      const [original, processed] = [planes(chunkFrames), planes(chunkFrames)];
      const produced = await producer.produce(at, original, processed);
      expect(same(original[0]!.subarray(0, produced.frames), signal[0]!.subarray(at, at + produced.frames))).toBe(true);
      at += produced.frames;
      ({ ended } = produced);
    }
    await producer.close();
    return at;
  };

  it.each([8000, 23_333, 100_000])('padding behind that is left away, in chunks of %i frames', async (chunkFrames) => {
    expect(await stated(FRAMES - 4096, chunkFrames)).toBe(FRAMES - 4096);
  });

  it.each([8000, 23_333, 100_000])('sound behind that is played, in chunks of %i frames', async (chunkFrames) => {
    expect(await stated(FRAMES / 2, chunkFrames)).toBe(FRAMES);
    expect(await stated(FRAMES / 2, chunkFrames, 40_000)).toBe(FRAMES);
  });

  it('the end comes with the decoder where that has less', async () => {
    expect(await stated(2 * FRAMES, 8000)).toBe(FRAMES);
  });
});

it('keeps frames in their order', () => {
  const queue = new PlanarQueue(1);
  queue.push([Float32Array.of(1, 2, 3)], 0, 3);
  queue.push([Float64Array.of(9, 4, 5)], 1, 3);
  const [first, second] = [[new Float32Array(2)], [new Float32Array(9)]];
  expect(queue.shift(first)).toBe(2);
  expect(queue.shift(second)).toBe(3);
  expect([...first[0]!, ...second[0]!.subarray(0, 3)]).toEqual([1, 2, 3, 4, 5]);
});
