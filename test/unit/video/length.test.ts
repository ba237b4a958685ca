/** How long a clip is where its decoder and its file contradict each other. */
import * as fc from 'fast-check';
import { lastOf } from '../../../plugins/video/last-frame';
import { endOf, settledEnd, usualMs, type Seen } from '../../../plugins/video/length';

const seen = (change: Partial<Seen> = {}): Seen => ({
  lastMs: 960,
  stepMs: 40,
  frameMs: 40,
  statedMs: 1000,
  ...change,
});

it.each([
  ['what the file states, where it fits', {}, 1000],
  ['a frame longer where nothing is stated', { statedMs: undefined }, 1000],
  ['a frame longer where the file ends before', { statedMs: 500 }, 1000],
  ['exact where the file rounds', { stepMs: 41, frameMs: 41.667, statedMs: 1001 }, 1001.667],
  ['a last frame that is a little shorter', { statedMs: 990 }, 990],
  ['the time between frames where the rate is a guess', { frameMs: 1, statedMs: undefined }, 1000],
])('is %s', (_, change, endMs) => {
  expect(endOf(seen(change))).toEqual({ endMs: expect.closeTo(endMs, 6) as number, doubtful: false });
});

it('is doubtful where the last frame would stand', () => {
  expect(endOf(seen({ statedMs: 7000 }))).toEqual({ endMs: 1000, doubtful: true });
});

const exact = { exact: true, complained: false };
const vague = { exact: false, packetMs: undefined };
it.each([
  ['its container gives it that time', { ...exact, packetMs: 6040 }, 7000, 7000],
  ['unless its container gives it a usual one', { ...exact, packetMs: 40 }, 7000, 1000],
  ['unless its container says nothing', { ...exact, packetMs: undefined }, 7000, 1000],
  ['the header says so', { ...vague, complained: false }, 7000, 7000],
  ['unless the file is damaged', { ...vague, complained: true }, 7000, 1000],
  ['unless that were for hours', { ...vague, complained: false }, 7_200_000, 1000],
])('a last frame stands where %s', (_, doubt, statedMs, endMs) => {
  expect(settledEnd(seen({ statedMs }), doubt)).toBe(endMs);
});

it('is never before the last frame', () => {
  const ms = fc.double({ min: 0.1, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(
      ms,
      fc.option(ms, { nil: undefined }),
      ms,
      fc.option(ms, { nil: undefined }),
      (lastMs, stepMs, frameMs, statedMs) => {
        const given = { lastMs, stepMs, frameMs, statedMs };
        expect(endOf(given).endMs).toBeGreaterThan(lastMs);
        expect(usualMs(given)).toBeGreaterThan(0);
      },
    ),
  );
});

it('finds the last frame in packets in the order of decoding', () => {
  expect(lastOf('0.92,0.04\n1.00,6.0\n0.96,0.04\n')).toBe(6000);
  expect(lastOf('0.92,N/A\n')).toBeUndefined();
  expect(lastOf('')).toBeUndefined();
});
