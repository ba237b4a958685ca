/** Faders: a glide begins with the next frames that are rendered, has no step, and ends exactly. */
import { Fader } from '../../../plugins/audio/output/fader';
import { webAudio, type BaseContext } from '../../../plugins/audio/output/web-audio';
import { RATE_HZ } from '../../support/sound-rig';

/** Two gains on a clock that the test moves: one follows the fader, the other is 1 less that. */
async function glides(
  begin: number,
  overMs: number,
  moves: readonly (readonly [number, number])[],
): Promise<Float32Array[]> {
  const { OfflineAudioContext } = webAudio();
  const offline = new OfflineAudioContext(2, RATE_HZ, RATE_HZ) as unknown as BaseContext & {
    startRendering(): Promise<{ getChannelData(channel: number): Float32Array }>;
    createChannelMerger(inputs: number): ReturnType<BaseContext['createGain']>;
  };
  let nowS = 0;
  const context = new Proxy(offline, {
    get: (of, name) => {
      if (name === 'currentTime') return nowS;
      const value: unknown = Reflect.get(of, name, of);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
  const one = offline.createConstantSource();
  one.start();
  const merger = offline.createChannelMerger(2);
  const [gain, opposite] = [offline.createGain(), offline.createGain()];
  [gain, opposite].forEach((node, channel) => {
    one.connect(node);
    node.connect(merger, 0, channel);
  });
  merger.connect(offline.destination);
  const fader = new Fader(context, [gain], begin, overMs, [opposite]);
  for (const [atS, value] of moves) {
    nowS = atS;
    fader.to(value);
    expect(fader.target).toBe(value);
  }
  const rendered = await offline.startRendering();
  return [rendered.getChannelData(0).slice(), rendered.getChannelData(1).slice()];
}

const worstStep = (plane: Float32Array): number =>
  plane.reduce((worst, x, at) => Math.max(worst, at === 0 ? 0 : Math.abs(x - plane[at - 1]!)), 0);

it.each([
  [0, 1, 8],
  [1, 0, 8],
  [1, 0.3, 30],
])('glides from %d to %d, 95 percent in %d ms', async (from, to, overMs) => {
  const [plane, opposite] = await glides(from, overMs, [[0.25, to]]);
  const at = 0.25 * RATE_HZ;
  expect(plane!.subarray(0, at).every((x) => x === Math.fround(from))).toBe(true);
  // The next frame is another one.
  expect(plane![at]).not.toBe(Math.fround(from));
  const there = at + Math.round((overMs / 1000) * RATE_HZ);
  expect((plane![there]! - from) / (to - from)).toBeCloseTo(0.95, 2);
  expect(plane!.at(-1)).toBe(Math.fround(to));
  expect(opposite!.at(-1)).toBeCloseTo(1 - to, 7);
  expect(plane!.every((x, i) => Math.abs(x + opposite![i]! - 1) < 1e-6)).toBe(true);
  expect(worstStep(plane!)).toBeLessThan(Math.abs(to - from) * (2 / ((overMs / 1000) * RATE_HZ)));
});

it('a new order in the middle of a glide bends it, without a step', async () => {
  const [plane] = await glides(0, 8, [
    [0.25, 1],
    [0.253, 0],
    [0.2535, 1],
    [0.4, 0],
  ]);
  expect(worstStep(plane!)).toBeLessThan(0.006);
  expect(plane![Math.round(0.399 * RATE_HZ)]).toBe(1);
  expect(plane!.at(-1)).toBe(0);
});
