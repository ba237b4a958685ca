/**
 * The program's own pages: machine code and constants of Node and the libraries. A start touches most of them once. They stay in the memory
 * of the process until the kernel is short of some, although the files hold the same.
 */
import { readFile } from 'node:fs/promises';
import { adviseUnneeded } from './allocator';

/** Addresses of this process. */
export interface PageRange {
  readonly fromAddress: bigint;
  readonly bytes: number;
}

/**
 * The mappings of files that nobody writes to and that have no page of their own, by the text of `/proc/self/smaps`. A library's pages that
 * were changed when it was loaded are no longer the file's. Pure.
 */
export function unchangedPages(smaps: string): PageRange[] {
  const ranges: PageRange[] = [];
  let mapping: PageRange | undefined;
  for (const line of smaps.split('\n')) {
    const [, from, to] = MAPPING.exec(line) ?? [];
    if (from !== undefined) {
      const fromAddress = BigInt(`0x${from}`);
      mapping = { fromAddress, bytes: Number(BigInt(`0x${to}`) - fromAddress) };
    } else if (ANY_MAPPING.test(line)) mapping = undefined;
    else if (mapping !== undefined && NOTHING_CHANGED.test(line)) ranges.push(mapping);
  }
  return ranges;
}

/** `5581c000-5581f000 r-xp 00002000 08:01 1234    /usr/bin/node`: private, not writable, of a file. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p [0-9a-f]+ \S+ [1-9]\d*\s+\//;
const ANY_MAPPING = /^[0-9a-f]+-[0-9a-f]+ /;
const NOTHING_CHANGED = /^Anonymous:\s+0 kB$/;

/**
 * Gives the program's pages back to the system. Those that are still used come back from the file cache by themselves, a few microseconds each
 * (measured: of 55 MiB 21 come back within the next 20 s). Main thread; blocks it for about 1 ms. Never rejects: where the
 * system does not know this, the pages stay.
 */
export async function giveBackProgramPages(): Promise<void> {
  try {
    // The kernel counts the pages while it is read, in a thread of libuv's pool: 6 ms.
    for (const range of unchangedPages(await readFile('/proc/self/smaps', 'latin1'))) adviseUnneeded(range);
  } catch {
    // No /proc.
  }
}
