/**
 * The memory of a process tree as if nothing else ran on the machine: pages of files that its processes share count once. The sum of PSS is smaller
 * where other processes use the same files, and a test is a Node process itself.
 */
import { readdirSync, readFileSync } from 'node:fs';

const KIB = 1024;

export interface TreeMemory {
  readonly bytes: number;
  /** Pages that are no file's, of the first process and of each child of it. */
  readonly ownBytes: readonly number[];
  readonly fileBytes: number;
}

/** Processes that are ending count nothing. */
export function treeMemoryAlone(pid: number): TreeMemory {
  const files = new Map<string, number>();
  const ownBytes: number[] = [];
  for (const each of [pid, ...childrenOf(pid)]) {
    const shown = mappedBytes(smapsOf(each));
    ownBytes.push(shown.own);
    for (const [file, bytes] of shown.files) files.set(file, Math.max(files.get(file) ?? 0, bytes));
  }
  const fileBytes = sumOf([...files.values()]);
  return { bytes: sumOf(ownBytes) + fileBytes, ownBytes, fileBytes };
}

export const treeBytesAlone = (pid: number): number => treeMemoryAlone(pid).bytes;

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Of one process: pages of its own, and those of each file that are the file's. */
function mappedBytes(smaps: string): { readonly own: number; readonly files: ReadonlyMap<string, number> } {
  const files = new Map<string, number>();
  let own = 0;
  let residentBytes = 0;
  let file: string | undefined;
  for (const line of smaps.split('\n')) {
    const [, device, inode] = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ (\S+) (\d+)/.exec(line) ?? [];
    if (device !== undefined) file = inode === '0' ? undefined : `${device} ${inode}`;
    else if (line.startsWith('Rss:')) residentBytes = kibIn(line);
    else if (line.startsWith('Anonymous:')) {
      const anonymous = kibIn(line);
      own += anonymous;
      if (file !== undefined) files.set(file, (files.get(file) ?? 0) + residentBytes - anonymous);
    }
  }
  return { own, files };
}

const kibIn = (line: string): number => Number(/\d+/.exec(line)![0]) * KIB;

function smapsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/smaps`, 'latin1');
  } catch {
    return '';
  }
}

/** Children of a process, and theirs. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .flatMap((child) => [Number(child), ...childrenOf(Number(child))]),
    );
  } catch {
    return [];
  }
}
