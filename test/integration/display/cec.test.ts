/** Televisions switched through a program of the name `cec-ctl`: here one that writes down what it is told. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { switchTelevisions } from '../../../runtime/display/cec';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-cec-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const withProgram = (script: string): NodeJS.ProcessEnv => {
  const file = join(folder, 'cec-ctl');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { PATH: `${folder}:/bin:/usr/bin` };
};

it('tells every television', async () => {
  const env = withProgram(`echo "$@" >> ${join(folder, 'told')}`);
  expect(await switchTelevisions(false, env, ['/dev/cec0'])).toEqual({ by: 'CEC' });
  expect(await switchTelevisions(true, env, ['/dev/cec0'])).toEqual({ by: 'CEC' });
  expect(readFileSync(join(folder, 'told'), 'utf8').split('\n')).toEqual([
    '-d /dev/cec0 --playback --to 0 --standby',
    '-d /dev/cec0 --playback --to 0 --image-view-on',
    '',
  ]);
});

it('has nothing to tell where there is no cable with a television', async () => {
  expect(await switchTelevisions(false, {}, [])).toEqual({});
});

it('says what is missing or went wrong', async () => {
  expect(await switchTelevisions(false, { PATH: folder }, ['/dev/cec0'])).toEqual({
    because: '/dev/cec0 is there, but cec-ctl is not installed (Debian package v4l-utils)',
  });
  const { because } = await switchTelevisions(false, withProgram('exit 3'), ['/dev/cec0', '/dev/cec1']);
  expect(because).toBe('/dev/cec0: cec-ctl ended with 3; /dev/cec1: cec-ctl ended with 3');
});

it('is content when one of two can be told', async () => {
  expect(await switchTelevisions(true, withProgram('[ "$2" = /dev/cec1 ]'), ['/dev/cec0', '/dev/cec1'])).toEqual({
    by: 'CEC',
  });
});
