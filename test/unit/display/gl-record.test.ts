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
