/** No child outlives a program that is killed, whatever it was started for: each kind of child, held up in its work, and its parent killed. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { descendants, isAlive } from '../../support/processes';
import { until } from '../../support/until';

const BUILT = resolve(__dirname, '../../..');
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-orphans-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that waits for ever. */
function program(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, '#!/bin/sh\nexec sleep 1000\n');
  chmodSync(file, 0o755);
  return file;
}

/** What a parent does to have such a child, as JavaScript. */
const KINDS: Readonly<Record<string, () => string>> = {
  'a decoder': () => `require('${BUILT}/runtime/media/child').startChild('${program('ffmpeg')}', [], 'ignore')`,
  'a decoder with a bound of memory': () =>
    `require('${BUILT}/runtime/media/child').startChild('${program('ffmpeg')}', [], 'ignore', undefined, 1e9)`,
  'a program that is asked': () =>
    `require('${BUILT}/runtime/media/child').run('${program('ffprobe')}', [], 1e6, 1e6)`,
  'a television': () =>
    `require('${BUILT}/runtime/display/cec').switchTelevisions(true, { PATH: '${program('cec-ctl') && folder}:/usr/bin:/bin' }, ['/dev/cec0'])`,
  'a trial of GL': () =>
    `Object.defineProperty(process, 'execPath', { value: '${program('node')}' });
     require('${BUILT}/runtime/display/gl-trial').tryGl({ output: 'x11', request: {} }, 1e6)`,
};

it.each(Object.keys(KINDS))('%s', async (kind) => {
  const parent = spawn(process.execPath, ['-e', `${KINDS[kind]!()}; setInterval(() => {}, 1000);`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const waits = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep');
  const asleep = (): number[] => descendants(parent.pid!).filter((pid) => waits(pid));
  let children: number[] = [];
  try {
    await until(() => (children = asleep()).length > 0);
    parent.kill('SIGKILL');
    await until(() => !children.some(isAlive));
  } finally {
    parent.kill('SIGKILL');
    for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL');
  }
});

it('is so for every place that starts one', () => {
  const files = ['runtime', 'plugins'].flatMap((name) =>
    readdirSync(resolve(BUILT, '..', name), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(name, file)),
  );
  const starting = files.filter((file) =>
    /import \{[^}]*\b(?:spawn|spawnSync|exec|execSync|execFile|execFileSync|fork)\b[^}]*\} from 'node:child_process'/.test(
      readFileSync(resolve(BUILT, '..', file), 'utf8'),
    ),
  );
  expect(starting).toEqual([join('runtime', 'core', 'mortal-child.ts')]);
});
