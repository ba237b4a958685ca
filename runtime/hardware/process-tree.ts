/** Memory of the whole process tree: this process and all it started. */
import { readdirSync, readFileSync } from 'node:fs';

function statusBytes(pid: number | 'self', field: 'VmRSS' | 'VmHWM'): number {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? 0 : Number(match[1]) * 1024;
  } catch {
    return 0; // it has ended meanwhile
  }
}

/** Direct and indirect children of this process. Reads `/proc/…/task/…/children`; empty where the kernel has none. */
function descendants(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== '')
        .flatMap((child) => [Number(child), ...descendants(Number(child))]),
    );
  } catch {
    return [];
  }
}

/** This process and all it started, direct and indirect. */
export function processTree(): readonly number[] {
  return [process.pid, ...descendants(process.pid)];
}

/**
 * Peak resident bytes of the tree: every living process's own peak, summed. The kernel keeps the peaks, so nothing has to
 * be sampled; children that have ended already are not in it.
 */
export function peakTreeBytes(): number {
  return processTree().reduce((sum, pid) => sum + statusBytes(pid, 'VmHWM'), 0);
}

/** Resident bytes of the tree now. */
export function treeBytes(): number {
  return processTree().reduce((sum, pid) => sum + statusBytes(pid, 'VmRSS'), 0);
}

/** What this process has used since it started. */
export interface ProcessFigures {
  readonly cpuMs: number;
  /** Bytes it caused to be written to storage. */
  readonly writtenBytes: number;
  readonly residentBytes: number;
}

export function processFigures(): ProcessFigures {
  const { user, system } = process.cpuUsage();
  return { cpuMs: Math.round((user + system) / 1000), writtenBytes: writtenBytes(), residentBytes: treeBytes() };
}

function writtenBytes(): number {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // a kernel without I/O accounting
  }
}
