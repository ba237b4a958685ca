import { roundBegins } from '../../../runtime/session/rounds';

const ROUND_MS = 4000;
/** The clip began its round at 12 s. */
const at = (atMs: number, sinceMs: number): number =>
  roundBegins((atMs - 12_000 + 3 * ROUND_MS) % ROUND_MS, ROUND_MS, atMs, sinceMs);

it.each([
  ['as the round before ends', 16_000, 12_000, 16_000],
  ['a frame too early', 15_960, 12_000, 16_000],
  ['a frame too late', 16_040, 12_000, 16_000],
  ['before it by half a round, as a long transition would begin', 14_000, 12_000, 16_000],
  ['much later: a main thread that hung for a round and a half', 22_000, 12_000, 20_000],
  ['in the round that was counted already', 16_100, 16_000, 20_000],
])('begins %s', (_when, atMs, sinceMs, beginsMs) => {
  expect(at(atMs, sinceMs)).toBe(beginsMs);
});

it('begins when it is due where the clip is not on yet', () => {
  expect(roundBegins(NaN, ROUND_MS, 700, 0)).toBe(700);
});
