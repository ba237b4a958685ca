/** Durations are read and written as people write them. */
import fc from 'fast-check';
import { formatDurationMs, parseDurationMs } from '../../../runtime/core/duration';

describe('durations', () => {
  it.each([
    ['800ms', 800],
    ['6s', 6000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['0s', 0],
    ['1m30s', 90_000],
    ['1h2m3s4ms', 3_723_004],
    ['1h500ms', 3_600_500],
    ['1m1.5s', 61_500],
    ['30s1m', undefined],
    ['1s2s', undefined],
    ['1m30', undefined],
    ['1ms2m', undefined],
    ['6', undefined],
    ['-6s', undefined],
    ['6 s', undefined],
    ['6S', undefined],
    ['s', undefined],
    ['1e3s', undefined],
    ['', undefined],
  ])('%j reads as %j', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it('read back as they were written', () => {
    fc.assert(fc.property(fc.nat(), (ms) => expect(parseDurationMs(formatDurationMs(ms))).toBe(ms)));
    expect([90_000, 60_000, 7_200_000, 1500].map(formatDurationMs)).toEqual(['90s', '1m', '2h', '1500ms']);
  });
});
