/** The program's own pages: which mappings may be given back, and that a running program goes on without them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveBackProgramPages, lastingPages, mappedFiles, unchangedPages } from '../../../runtime/core/program-pages';

/** A mapping as /proc/self/smaps shows it. */
const mapping = (range: string, rights: string, file: string, anonymousKib: number, inode = 42): string =>
  [
    `${range} ${rights} 00001000 08:01 ${inode} ${file === '' ? '' : `                    ${file}`}`,
    'Size:                 64 kB',
    'Rss:                  64 kB',
    `Anonymous:            ${anonymousKib} kB`,
    'VmFlags: rd ex mr mw me',
  ].join('\n');

const rangesOf = (...mappings: string[]): string[] =>
  unchangedPages(`${mappings.join('\n')}\n`).map(({ fromAddress, bytes }) => `${fromAddress.toString(16)}+${bytes}`);

describe('pages that may be given back', () => {
  it('are code and constants of files, at any address', () => {
    expect(rangesOf(mapping('400000-410000', 'r-xp', '/usr/bin/node', 0))).toEqual(['400000+65536']);
    expect(rangesOf(mapping('7f0000000000-7f0000001000', 'r--p', '/usr/lib/a b.so', 0))).toEqual(['7f0000000000+4096']);
  });

  it.each([
    ['that the loader has changed', mapping('400000-410000', 'r--p', '/usr/lib/libvips.so', 4)],
    ['that can be written', mapping('400000-410000', 'rw-p', '/usr/lib/libvips.so', 0)],
    ['that cannot be read', mapping('400000-410000', '---p', '/usr/lib/libvips.so', 0)],
    ['that others see', mapping('400000-410000', 'r--s', '/dev/shm/fonts', 0)],
    ['of no file', mapping('400000-410000', 'r-xp', '', 0, 0)],
    ['of the kernel', mapping('400000-410000', 'r-xp', '[vdso]', 0, 0)],
  ])('are none %s', (_name, one) => {
    expect(rangesOf(one)).toEqual([]);
    const code = mapping('500000-510000', 'r-xp', '/usr/bin/node', 0);
    expect(rangesOf(code, one, code)).toEqual(['500000+65536', '500000+65536']);
  });
});

describe('of those', () => {
  const NODE = mapping('400000-410000', 'r-xp', '/usr/bin/node', 0);
  const VIPS = mapping('500000-510000', 'r--p', '/app/node_modules/@img/libvips/lib/libvips.so.42', 0);
  const EGL = mapping('600000-610000', 'r--p', '/usr/lib/libEGL_mesa.so.0', 0);
  const GL = mapping('700000-710000', 'r-xp', '/app/node_modules/gl/webgl.node', 0);
  const FILES = { startupFiles: new Set(['/usr/bin/node']), addons: ['/app/node_modules/@img/sharp/lib/sharp.node'] };
  const lasting = (smaps: string, maps = smaps): string[] =>
    lastingPages(unchangedPages(`${smaps}\n`), maps, FILES).map(({ file }) => file);

  it('those of the program and of the addons of this thread last, of no library that may be unloaded', () => {
    expect(lasting([NODE, VIPS, EGL, GL].join('\n'))).toEqual([NODE, VIPS].map((one) => / (\/.*)/.exec(one)![1]));
  });

  it('none lasts that is there no longer as it was seen', () => {
    expect(lasting([NODE, VIPS].join('\n'), [NODE, VIPS.replace('500000-510000', '500000-508000')].join('\n'))).toEqual(
      ['/usr/bin/node'],
    );
  });
});

const codeBytes = (): number =>
  readFileSync('/proc/self/smaps', 'latin1')
    .split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
    .filter((one) => one.split('\n')[0]!.endsWith(process.execPath))
    .reduce((sum, one) => sum + Number(/^Rss:\s+(\d+)/m.exec(one)![1]) * 1024, 0);

it('leaves the memory of a process that goes on without them', async () => {
  const before = codeBytes();
  await giveBackProgramPages(mappedFiles());
  expect(codeBytes()).toBeLessThan(0.8 * before);
  // What it needs comes back.
  expect(JSON.parse(JSON.stringify({ sum: [3, 1, 2].sort() }))).toEqual({ sum: [1, 2, 3] });
});

it('leaves libraries alone that another thread loads and unloads meanwhile', () => {
  const { status, signal, stdout } = spawnSync(process.execPath, [join(__dirname, '../../support/load-libraries.js')]);
  const [loads, looks] = String(stdout).split(' ').map(Number) as [number, number];
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  expect(Math.min(loads, looks)).toBeGreaterThan(20);
});
