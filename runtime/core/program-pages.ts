/**
 * The program's own pages: machine code and constants of Node and the libraries. A start touches most of them once. They stay in the memory
 * of the process until the kernel is short of some, although the files hold the same.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { adviseUnneeded } from './allocator';

/** A mapping of a file in this process. */
export interface PageRange {
  readonly fromAddress: bigint;
  readonly bytes: number;
  readonly file: string;
  /** As the kernel writes it. */
  readonly line: string;
}

/**
 * The mappings of files that nobody writes to and that have no page of their own, by the text of `/proc/self/smaps`. A library's pages that
 * were changed when it was loaded are no longer the file's. Pure.
 */
export function unchangedPages(smaps: string): PageRange[] {
  const ranges: PageRange[] = [];
  let mapping: PageRange | undefined;
  for (const line of smaps.split('\n')) {
    const [, from, to, file] = MAPPING.exec(line) ?? [];
    if (from !== undefined) {
      const fromAddress = BigInt(`0x${from}`);
      mapping = { fromAddress, bytes: Number(BigInt(`0x${to}`) - fromAddress), file: file!, line };
    } else if (ANY_MAPPING.test(line)) mapping = undefined;
    else if (mapping !== undefined && NOTHING_CHANGED.test(line)) ranges.push(mapping);
  }
  return ranges;
}

/**
 * Those that stay as they are, whatever other threads load and unload meanwhile: of files that are never unloaded, and still there as they were
 * looked at. While a library is loaded its file lies over the place of its variables, and what is given back then are these. Pure.
 */
export function lastingPages(
  ranges: readonly PageRange[],
  maps: string,
  { startupFiles, addons }: LastingFiles,
): readonly PageRange[] {
  const now = new Set(maps.split('\n'));
  const packages = new Set(addons.flatMap(packageOf));
  const lasts = (file: string): boolean => startupFiles.has(file) || packageOf(file).some((name) => packages.has(name));
  return ranges.filter(({ file, line }) => now.has(line) && lasts(file));
}

/** Files that stay mapped until the process ends. */
export interface LastingFiles {
  /** By `mappedFiles`. */
  readonly startupFiles: ReadonlySet<string>;
  /** Node keeps the addons of the main thread, and they keep the libraries beside them; those of other threads end with these. */
  readonly addons: readonly string[];
}

/** The folder of its package, or of the packages of that scope; none where it is of no package. */
const packageOf = (file: string): readonly string[] => /^.*\/node_modules\/[^/]+\//.exec(file) ?? [];

/** Of the thread that calls it. */
const loadedAddons = (): readonly string[] =>
  Object.keys(createRequire(__filename).cache).filter((file) => file.endsWith('.node'));

/** Files of the program and of those libraries that it was started with. Call before any thread loads another library, which may go again. */
export function mappedFiles(): ReadonlySet<string> {
  try {
    const lines = readFileSync('/proc/self/maps', 'latin1').split('\n');
    return new Set(lines.flatMap((line) => MAPPING.exec(line)?.[3] ?? []));
  } catch {
    return new Set(); // No /proc.
  }
}

/** `5581c000-5581f000 r-xp 00002000 08:01 1234    /usr/bin/node`: private, not writable, of a file. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p [0-9a-f]+ \S+ [1-9]\d*\s+(\/.*)$/;
const ANY_MAPPING = /^[0-9a-f]+-[0-9a-f]+ /;
const NOTHING_CHANGED = /^Anonymous:\s+0 kB$/;

/**
 * Gives the program's pages back to the system. Those that are still used come back from the file cache by themselves, a few microseconds each
 * (measured: of 55 MiB 21 come back within the next 20 s). Main thread; blocks it for about 1 ms. Never rejects: where the
 * system does not know this, the pages stay. `startupFiles`: by `mappedFiles`.
 */
export async function giveBackProgramPages(startupFiles: ReadonlySet<string>): Promise<void> {
  try {
    // The kernel counts the pages while it is read, in a thread of libuv's pool: 6 ms.
    const ranges = unchangedPages(await readFile('/proc/self/smaps', 'latin1'));
    // At once, so that this thread, too, loads nothing in between.
    const maps = readFileSync('/proc/self/maps', 'latin1');
    for (const range of lastingPages(ranges, maps, { startupFiles, addons: loadedAddons() })) adviseUnneeded(range);
  } catch {
    // No /proc.
  }
}
