/** A due cue waits for the next boundary, within limits. */
import fc from 'fast-check';
import { cueEndMs, hearInterval, longestWaitMs, startRhythm } from '../../../runtime/show/boundary';

const intervals = fc.double({ min: 0, max: 1e9, noNaN: true });

describe('the rhythm of boundaries', () => {
  it('moves a quarter of the way to each new interval', () => {
    expect(hearInterval(startRhythm(4000), 8000).smoothedMs).toBe(5000);
  });

  it('counts intervals as no shorter than 50 ms and no longer than a minute', () => {
    expect(hearInterval(startRhythm(), 1).smoothedMs).toBe(50);
    expect(hearInterval(startRhythm(), 3_600_000).smoothedMs).toBe(60_000);
  });

  it('stays within the intervals it heard', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 50, max: 60_000, noNaN: true }), { minLength: 1 }), (heard) => {
        const { smoothedMs } = heard.reduce(hearInterval, startRhythm());
        expect(smoothedMs).toBeGreaterThanOrEqual(Math.min(...heard) - 1e-6);
        expect(smoothedMs).toBeLessThanOrEqual(Math.max(...heard) + 1e-6);
      }),
    );
  });
});

describe('the end of a cue', () => {
  it('waits at most two and a half intervals, at least 0.75 s and at most 10 s', () => {
    expect(longestWaitMs(startRhythm(2000))).toBe(5000);
    expect(longestWaitMs(startRhythm(100))).toBe(750);
    expect(longestWaitMs(startRhythm(60_000))).toBe(10_000);
    expect(longestWaitMs(startRhythm())).toBe(750);
  });

  it('is the next boundary where that comes in time', () => {
    expect(cueEndMs(60_000, 61_500, startRhythm(6000))).toBe(61_500);
    expect(cueEndMs(60_000, 90_000, startRhythm(6000))).toBe(70_000);
    expect(cueEndMs(60_000, undefined, startRhythm(2000))).toBe(65_000);
    expect(cueEndMs(60_000, 59_000, startRhythm(2000))).toBe(60_000);
  });

  it('is never before the cue is due and never more than 10 s after', () => {
    fc.assert(
      fc.property(intervals, fc.option(intervals, { nil: undefined }), fc.array(intervals), (dueMs, next, heard) => {
        const endMs = cueEndMs(dueMs, next, heard.reduce(hearInterval, startRhythm()));
        expect(endMs).toBeGreaterThanOrEqual(dueMs);
        expect(endMs).toBeLessThanOrEqual(dueMs + 10_000);
      }),
    );
  });
});
