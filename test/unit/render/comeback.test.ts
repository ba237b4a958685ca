/** A display that comes and goes is opened again with growing pauses. */
import { Comeback } from '../../../runtime/render/comeback';

it('tries a display that was steady after a second, each time', () => {
  const comeback = new Comeback();
  expect([60_000, 3_600_000, 30_000].map((openMs) => comeback.lost(openMs))).toEqual([1000, 1000, 1000]);
});

it('leaves one that comes and goes alone for longer each time, and forgets that once it was steady', () => {
  const comeback = new Comeback();
  const pauses = Array.from({ length: 9 }, () => comeback.lost(30));
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1000));
  expect(comeback.lost(40_000)).toBe(1000);
  expect(comeback.lost(0)).toBe(2000);
});
