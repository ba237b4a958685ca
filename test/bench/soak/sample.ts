/** Measures of a player and its children, from the kernel's account. */
import { readdirSync, readFileSync } from 'node:fs';
import { childrenOf } from '../../support/tree-memory';

export interface Sample {
  /** Since the epoch. */
  readonly atMs: number;
  /** PSS of the whole tree. */
  readonly treeBytes: number;
  /** PSS of the program itself. */
  readonly mainBytes: number;
  readonly threads: number;
  readonly descriptors: number;
  readonly children: number;
}

export function sample(pid: number): Sample {
  const children = childrenOf(pid);
  const mainBytes = pssOf(pid);
  return {
    atMs: performance.timeOrigin + performance.now(),
    treeBytes: children.reduce((sum, child) => sum + pssOf(child), mainBytes),
    mainBytes,
    threads: readdirSync(`/proc/${pid}/task`).length,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: children.length,
  };
}

/** Nothing for a process that has just ended. */
function pssOf(pid: number): number {
  try {
    return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
