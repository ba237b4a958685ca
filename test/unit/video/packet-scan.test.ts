/** The length of a clip by its packets. */
import { PacketSum } from '../../../plugins/video/packet-scan';

function lengthOf(timesMs: readonly number[], durationMs = 40): number | undefined {
  const sum = new PacketSum();
  for (const timeMs of timesMs) sum.add(timeMs, NaN, durationMs);
  return sum.lengthMs;
}

const part = (fromMs: number): number[] => Array.from({ length: 50 }, (_, at) => fromMs + at * 40);

it.each([
  ['one recording', part(0), 2000],
  ['one that starts anywhere', part(95_000_000), 2000],
  ['frames out of order', [0, 120, 40, 80, 240, 160, 200], 280],
  ['recordings put together', [...part(0), ...part(0), ...part(0)], 6000],
  ['a second one that starts later', [...part(0), ...part(3_600_000)], 4000],
  ['a second one that starts earlier', [...part(7_000_000), ...part(1000)], 4000],
  ['a frame that stands', [0, 40, 6000], 6040],
  ['packets without a time', [0, NaN, NaN, 120, NaN], 200],
])('adds up %s', (_, timesMs, lengthMs) => {
  expect(lengthOf(timesMs)).toBe(lengthMs);
});

it('finds short parts by the order of decoding', () => {
  const sum = new PacketSum();
  for (let round = 0; round < 3; round += 1) {
    for (const [at, timeMs] of [0, 120, 40, 80, 160].entries()) sum.add(timeMs, at * 40 - 80, 40);
  }
  expect(sum.lengthMs).toBe(600);
});

it('knows nothing of a file without packets', () => {
  expect(lengthOf([])).toBeUndefined();
});
