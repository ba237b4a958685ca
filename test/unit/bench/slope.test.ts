/** The soak's judgement: a saw-tooth and a warm-up are no growth, a slope below either is. */
import { trend, type Point } from '../../bench/soak/slope';

const HOUR_MS = 3_600_000;
/** A value every ten seconds for three hours. */
const points = (valueAt: (hours: number, at: number) => number): Point[] =>
  Array.from({ length: 1080 }, (_, at) => [at * 10_000, valueAt((at * 10_000) / HOUR_MS, at)]);
const sawtooth = (at: number): number => at % 37;

it.each([
  ['level', () => 300, false],
  ['a saw-tooth', (_: number, at: number) => 300 + sawtooth(at), false],
  ['a warm-up', (hours: number, at: number) => 300 - 100 * Math.exp(-hours * 8) + sawtooth(at), false],
  ['a fall', (hours: number) => 300 - 20 * hours, false],
  ['a slope', (hours: number) => 300 + 10 * hours, true],
  ['a saw-tooth on a slope', (hours: number, at: number) => 300 + 10 * hours + sawtooth(at), true],
])('%s', (_, valueAt, grows) => {
  expect(trend(points(valueAt), 0.03)).toMatchObject({ grows });
});

it('has the slope of an hour', () => {
  expect(
    trend(
      points((hours) => 300 + 10 * hours),
      0.03,
    )!.perHour,
  ).toBeCloseTo(10, 5);
});

it('judges nothing by too few values', () => {
  expect(trend(points(() => 1).slice(0, 47), 0.03)).toBeUndefined();
});
