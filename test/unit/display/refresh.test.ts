import { suitingMode } from '../../../runtime/display/refresh';

const mode = (refreshHz: number) => ({ refreshHz });
const television = [60, 59.94, 50, 30, 29.97, 25, 24, 23.976].map(mode);

it.each([
  ['no rate known', [], 60],
  ['60 a second', [60], 60],
  ['30 a second', [30], 60],
  ['25 a second', [25], 50],
  ['50 and 25 a second', [50, 25], 50],
  ['24 a second', [24], 24],
  ['23.976 a second', [23.976], 23.976],
  ['24 and 60 a second, which no mode suits', [24, 60], 60],
  ['a rate above every refresh', [120], 60],
])('%s: %j is shown at %d Hz', (_what, rates, hz) => {
  expect(suitingMode(mode(60), television, rates).refreshHz).toBe(hz);
});

it('takes 120 Hz for 24 and 30 a second where there is such a mode', () => {
  expect(suitingMode(mode(60), [...television, mode(120)], [24, 30]).refreshHz).toBe(120);
});

it('stays with the only mode', () => {
  expect(suitingMode(mode(0), [mode(0)], [25]).refreshHz).toBe(0);
});
