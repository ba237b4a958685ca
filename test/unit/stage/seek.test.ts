/** Where a person may ask to be, and where that is in what plays. */
import fc from 'fast-check';
import { parseSeek, targetOf } from '../../../runtime/stage/seek';

describe('what is asked for', () => {
  it.each([
    ['1m30s', { ms: 90_000, relative: false }],
    ['0s', { ms: 0, relative: false }],
    ['+10s', { ms: 10_000, relative: true }],
    ['-1m', { ms: -60_000, relative: true }],
    ['+-1s', undefined],
    ['--1s', undefined],
    ['90', undefined],
    ['-', undefined],
    ['', undefined],
  ])('%j reads as %j', (text, seek) => expect(parseSeek(text)).toEqual(seek));
});

describe('where that is', () => {
  const ms = fc.integer({ min: -1_000_000, max: 1_000_000 });
  const lengths = fc.integer({ min: 1, max: 500_000 });

  it('is inside of what loops, as many rounds away as may be', () => {
    fc.assert(
      fc.property(ms, fc.boolean(), lengths, fc.nat(), (by, relative, lengthMs, at) => {
        const positionMs = at % lengthMs;
        const target = targetOf({ ms: by, relative }, { positionMs, lengthMs, loops: true }) as { toMs: number };
        expect(target.toMs).toBeGreaterThanOrEqual(0);
        expect(target.toMs).toBeLessThan(lengthMs);
        const rounds = (target.toMs - by - (relative ? positionMs : 0)) / lengthMs;
        expect(Math.abs(rounds - Math.round(rounds))).toBeLessThan(1e-9);
      }),
    );
  });

  it('is inside of what ends, or nowhere', () => {
    fc.assert(
      fc.property(ms, fc.boolean(), lengths, fc.nat(), (by, relative, lengthMs, at) => {
        const positionMs = at % (lengthMs + 1);
        const wantedMs = relative ? positionMs + by : by;
        const target = targetOf({ ms: by, relative }, { positionMs, lengthMs, loops: false });
        if (wantedMs >= lengthMs) expect(target).toEqual({ because: expect.stringContaining('ends after') });
        else expect(target).toEqual({ toMs: Math.max(0, wantedMs) });
      }),
    );
  });

  it('is anywhere in what has no known length', () => {
    expect(targetOf({ ms: 5000, relative: false }, { positionMs: 0, loops: true })).toEqual({ toMs: 5000 });
    expect(targetOf({ ms: -5000, relative: true }, { positionMs: 9000, loops: false })).toEqual({ toMs: 4000 });
  });
});
