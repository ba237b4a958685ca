/** The program's own pages: which mappings may be given back, and that a running program goes on without them. */
import { readFileSync } from 'node:fs';
import { giveBackProgramPages, unchangedPages } from '../../../runtime/core/program-pages';

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

const codeBytes = (): number =>
  readFileSync('/proc/self/smaps', 'latin1')
    .split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
    .filter((one) => one.split('\n')[0]!.endsWith(process.execPath))
    .reduce((sum, one) => sum + Number(/^Rss:\s+(\d+)/m.exec(one)![1]) * 1024, 0);

it('leaves the memory of a process that goes on without them', async () => {
  const before = codeBytes();
  await giveBackProgramPages();
  expect(codeBytes()).toBeLessThan(0.8 * before);
  // What it needs comes back.
  expect(JSON.parse(JSON.stringify({ sum: [3, 1, 2].sort() }))).toEqual({ sum: [1, 2, 3] });
});
