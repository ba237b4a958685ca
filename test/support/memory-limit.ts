/**
 * A limit on the memory of a process tree. The kernel's own (a cgroup) where this user may make one; elsewhere a watch ends the tree as soon as
 * its sum of PSS is greater.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from './tree-memory';
import { until } from './until';

export interface MemoryLimit {
  /** Put before a command's program and arguments. Empty where the limit is a watch. */
  readonly launcher: readonly string[];
  /** Begins to watch the tree, where the limit is a watch. */
  hold(child: ChildProcess): void;
  /** How many processes were ended because of it. */
  kills(): number;
  /** Once the program has ended. Its children may take a moment longer: resolves when they are gone, too. */
  close(): Promise<void>;
}

/** How each version of cgroups calls what is needed. */
const HIERARCHIES = [
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', events: 'memory.oom_control' },
  { root: '/sys/fs/cgroup', limit: 'memory.max', events: 'memory.events' },
] as const;

const WATCH_MS = 20;
let limits = 0;

export function limitMemory(bytes: number): MemoryLimit {
  limits += 1;
  for (const hierarchy of HIERARCHIES) {
    const folder = join(hierarchy.root, `vitrine-test-${process.pid}-${limits}`);
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    const limit = join(folder, hierarchy.limit);
    if (existsSync(limit)) {
      writeFileSync(limit, String(bytes));
      return cgroup(folder, join(folder, hierarchy.events));
    }
    rmdirSync(folder);
  }
  return watch(bytes);
}

function cgroup(folder: string, events: string): MemoryLimit {
  return {
    launcher: ['/bin/sh', '-c', 'echo $$ >"$0" && exec "$@"', join(folder, 'cgroup.procs')],
    hold() {},
    kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(events, 'utf8'))![1]),
    close: () => until(() => isRemoved(folder)),
  };
}

/** False while there is a process in it. */
function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EBUSY') return false;
    throw cause;
  }
}

function watch(bytes: number): MemoryLimit {
  let kills = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    launcher: [],
    hold(child) {
      timer = setInterval(() => {
        if (treeBytes(child.pid!) > bytes && child.kill('SIGKILL')) kills += 1;
      }, WATCH_MS);
    },
    kills: () => kills,
    close: async () => clearInterval(timer),
  };
}

/** The sum of PSS, or of RSS, of a process and its children, in bytes; those that are ending count nothing. */
export function treeBytes(pid: number, field: 'Pss' | 'Rss' = 'Pss'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+)`, 'm');
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + Number(line.exec(rollup(each))?.[1] ?? 0) * 1024, 0);
}

function rollup(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    return '';
  }
}
