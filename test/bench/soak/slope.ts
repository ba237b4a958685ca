/** Tells growth from a saw-tooth: medians of windows, and a straight line through them. Pure. */

import { median } from '../player';

/** A value at a time in ms. */
export type Point = readonly [atMs: number, value: number];

export interface Trend {
  /** Median of each window, in the order of time. */
  readonly curve: readonly number[];
  readonly greatest: number;
  /** Of a straight line through the medians after the warm-up, an hour. */
  readonly perHour: number;
  /** Standard error of that. */
  readonly errorPerHour: number;
  /** The line's end over its beginning. */
  readonly ratio: number;
  /** It grows for certain: by more than twice the error, and by more than `tolerated` over the whole line. */
  readonly grows: boolean;
}

const WINDOWS = 24;
/** Caches fill, and every kind of file is met for the first time. */
const WARM_UP = 6;
const HOUR_MS = 3_600_000;

/** `tolerated`: growth over the time after the warm-up, as a part of the value at its beginning. Of fewer than 48 points nothing can be told. */
export function trend(points: readonly Point[], tolerated: number): Trend | undefined {
  if (points.length < 2 * WINDOWS) return undefined;
  const windows = Array.from({ length: WINDOWS }, (_, at) =>
    points.slice(Math.round((at * points.length) / WINDOWS), Math.round(((at + 1) * points.length) / WINDOWS)),
  );
  const medians: Point[] = windows.map((window) => [
    median(window.map(([atMs]) => atMs)),
    median(window.map(([, value]) => value)),
  ]);
  const { slope, error, at } = straightLine(medians.slice(WARM_UP));
  const [from, to] = [at(medians[WARM_UP]![0]), at(medians.at(-1)![0])];
  return {
    curve: medians.map(([, value]) => value),
    greatest: points.reduce((most, [, value]) => Math.max(most, value), -Infinity),
    perHour: slope * HOUR_MS,
    errorPerHour: error * HOUR_MS,
    ratio: to / from,
    grows: slope > 2 * error && to - from > tolerated * from,
  };
}

/** By least squares. */
function straightLine(points: readonly Point[]): { slope: number; error: number; at: (atMs: number) => number } {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([atMs]) => atMs)), mean(points.map(([, value]) => value))];
  const spread = points.reduce((sum, [atMs]) => sum + (atMs - x) ** 2, 0);
  const slope = points.reduce((sum, [atMs, value]) => sum + (atMs - x) * (value - y), 0) / spread;
  const at = (atMs: number): number => y + slope * (atMs - x);
  const rest = points.reduce((sum, [atMs, value]) => sum + (value - at(atMs)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread), at };
}
