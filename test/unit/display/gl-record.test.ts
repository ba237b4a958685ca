/** The record of GL trials: what is remembered over restarts, and for how long. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GlRecord } from '../../../runtime/display/gl-record';

const GOOD = { usable: true, reason: 'V3D 7.1', software: false };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-gl-'));
  file = join(folder, 'state', 'gl.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('remembers verdicts as long as the signature is the same', () => {
  new GlRecord(file, 'kernel 1').judge('x11', GOOD);
  expect(new GlRecord(file, 'kernel 1').verdictOn('x11')).toEqual(GOOD);
  expect(new GlRecord(file, 'kernel 1').verdictOn('wayland')).toBeUndefined();
  expect(new GlRecord(file, 'kernel 2').verdictOn('x11')).toBeUndefined();
});

it('holds a backend for unusable whose opening the process did not survive', () => {
  const first = new GlRecord(file, 'k');
  first.judge('x11', GOOD);
  first.beginOpening('x11');
  expect(new GlRecord(file, 'k').verdictOn('x11')).toMatchObject({ usable: false });
  // It is a verdict like any other now.
  expect(new GlRecord(file, 'k').verdictOn('x11')).toMatchObject({ usable: false });
});

it('trusts it further when its opening came to an end', () => {
  const first = new GlRecord(file, 'k');
  first.judge('x11', GOOD);
  first.beginOpening('x11');
  first.endOpening();
  expect(new GlRecord(file, 'k').verdictOn('x11')).toEqual(GOOD);
});

describe('a trial that was only slow', () => {
  const SLOW = { usable: false, reason: 'no picture within 3 s', software: false, slow: true } as const;
  const HOUR_MS = 3_600_000;
  let nowMs = 1e12;
  const record = (): GlRecord => new GlRecord(file, 'k', () => nowMs);

  it('is made anew at the next start, then after growing pauses, a day at most', () => {
    const pauses: number[] = [];
    for (let times = 0; times < 8; times += 1) {
      expect(record().verdictOn('x11')).toBeUndefined();
      record().judge('x11', SLOW);
      const fromMs = nowMs;
      while (record().verdictOn('x11') !== undefined) nowMs += 60_000;
      pauses.push(nowMs - fromMs);
    }
    expect(pauses.map((ms) => ms / HOUR_MS)).toEqual([0, 1 / 6, 4 / 6, 16 / 6, 64 / 6, 24, 24, 24]);
  });

  it('counts from the beginning after one that was in time, and a picture', () => {
    for (let times = 0; times < 4; times += 1) record().judge('x11', SLOW);
    expect(record().verdictOn('x11')).toMatchObject({ usable: false });
    const shown = record();
    shown.judge('x11', GOOD);
    shown.beginOpening('x11');
    shown.endOpening();
    expect(record().verdictOn('x11')).toEqual(GOOD);
    record().judge('x11', SLOW);
    expect(record().verdictOn('x11')).toBeUndefined();
  });

  it('waits for longer each time where the trials go well and the opening does not', () => {
    const pauses: number[] = [];
    for (let times = 0; times < 4; times += 1) {
      const opened = record();
      opened.judge('x11', GOOD);
      opened.beginOpening('x11');
      const fromMs = nowMs;
      expect(record().verdictOn('x11')).toMatchObject({ usable: false });
      while (record().verdictOn('x11') !== undefined) nowMs += 60_000;
      pauses.push((nowMs - fromMs) / HOUR_MS);
    }
    expect(pauses).toEqual([1 / 6, 4 / 6, 16 / 6, 64 / 6]);
  });

  it('does not wait for a clock that was set back', () => {
    for (let times = 0; times < 4; times += 1) record().judge('x11', SLOW);
    nowMs -= 365 * 24 * HOUR_MS;
    expect(record().verdictOn('x11')).toBeUndefined();
  });

  it('is no matter of a driver that crashed: that one is left alone', () => {
    record().judge('x11', { usable: false, reason: 'the driver crashed (SIGSEGV)', software: false });
    nowMs += 30 * 24 * HOUR_MS;
    expect(record().verdictOn('x11')).toMatchObject({ usable: false });
  });
});

it('begins anew with a broken file, and does without a place to write', () => {
  new GlRecord(file, 'k').judge('x11', GOOD);
  for (const text of ['', '{', '[]', '{"version": 2}', '{"version": 1, "signature": "k"}']) {
    writeFileSync(file, text);
    expect(new GlRecord(file, 'k').verdictOn('x11')).toBeUndefined();
  }
  const nowhere = new GlRecord('/dev/null/state/gl.json', 'k');
  nowhere.judge('x11', GOOD);
  expect(nowhere.verdictOn('x11')).toEqual(GOOD);
});
