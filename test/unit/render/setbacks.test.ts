/** A backend that failed is passed over for a while, longer each time, and by itself. */
import { Setbacks } from '../../../runtime/render/setbacks';

const X11 = { output: 'x11', renderer: 'cpu', reason: 'no memory' } as const;
const GL = { output: 'x11', renderer: 'gl', reason: 'its context was lost' } as const;

it('passes a backend over with the reason of its last failure, then no more', () => {
  const setbacks = new Setbacks();
  expect(setbacks.at(0)).toEqual([]);
  expect(setbacks.failed(X11, 0, 5000)).toBe(1000);
  expect(setbacks.at(5999)).toEqual([X11]);
  expect(setbacks.at(6000)).toEqual([]);
  const again = { ...X11, reason: 'another one' };
  expect(setbacks.failed(again, 0, 6000)).toBe(2000);
  expect(setbacks.at(7999)).toEqual([again]);
  expect(setbacks.at(8000)).toEqual([]);
});

it('counts each backend by itself, and forgets the failures of one that did well for long', () => {
  const setbacks = new Setbacks();
  const pauses = [1, 2, 3].map((at) => setbacks.failed(GL, 0, at));
  expect(pauses).toEqual([1000, 2000, 4000]);
  expect(setbacks.failed(X11, 0, 3)).toBe(1000);
  expect(setbacks.at(3)).toEqual([GL, X11]);
  expect(setbacks.failed(GL, 3_600_000, 4)).toBe(1000);
});
