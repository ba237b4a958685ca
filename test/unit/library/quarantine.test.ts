import type { Clock } from '../../../runtime/core/clock';
import { Quarantine } from '../../../runtime/library/quarantine';

const STATE = { sizeBytes: 10, mtimeMs: 1 };

describe('the quarantine', () => {
  let nowMs: number;
  let quarantine: Quarantine;
  beforeEach(() => {
    nowMs = 0;
    const clock: Clock = { nowMs: () => nowMs, sleepUntil: () => Promise.resolve() };
    quarantine = new Quarantine(clock);
  });

  it('strikes a file out with the third failure and pauses longer each time', () => {
    const pauses: number[] = [];
    const outcomes = [1, 2, 3, 4].map(() => {
      const outcome = quarantine.strike('/a', STATE, 'broken');
      pauses.push(quarantine.pauseMs('/a'));
      nowMs += quarantine.pauseMs('/a');
      return outcome;
    });
    expect(outcomes).toEqual(['pause', 'pause', 'struck-out', 'again']);
    expect(pauses).toEqual([500, 2000, 8000, 32_000]);
  });

  it('excludes a struck-out file until its pause is over', () => {
    for (let strike = 0; strike < 3; strike += 1) quarantine.strike('/a', STATE, 'broken');
    expect(quarantine.excludes('/a')).toBe(true);
    nowMs = 8000;
    expect(quarantine.excludes('/a')).toBe(false);
  });

  it('never pauses longer than an hour', () => {
    for (let strike = 0; strike < 2000; strike += 1) quarantine.strike('/a', STATE, 'broken');
    expect(quarantine.pauseMs('/a')).toBe(3_600_000);
  });

  it('forgives a file whose size or time changed', () => {
    quarantine.strike('/a', STATE, 'broken');
    expect(quarantine.review('/a', STATE)).toBe(false);
    expect(quarantine.blocks('/a')).toBe(true);
    expect(quarantine.review('/a', { ...STATE, sizeBytes: 11 })).toBe(true);
    expect(quarantine.blocks('/a')).toBe(false);
  });

  it('begins to count anew with a changed file: one that is being copied is not struck out', () => {
    const outcomes = [1, 2, 3, 4, 5].map((sizeBytes) =>
      quarantine.strike('/a', { sizeBytes, mtimeMs: 1 }, 'truncated'),
    );
    expect(outcomes).toEqual(['pause', 'pause', 'pause', 'pause', 'pause']);
  });

  it('remembers a bounded number of files', () => {
    for (let file = 0; file < 10_000; file += 1) quarantine.strike(`/${file}`, STATE, 'broken');
    expect(quarantine.size).toBe(4096);
    expect(quarantine.blocks('/9999')).toBe(true);
  });
});
