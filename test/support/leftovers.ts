/** What a process holds of the system: counted before and after, so that a test sees what was left behind. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Holdings {
  readonly threads: number;
  readonly files: number;
  /** System V shared memory: how often it is mapped here, and segments made here that are still there. */
  readonly maps: number;
  readonly segments: number;
}

export function holdings(): Holdings {
  const maps = readFileSync('/proc/self/maps', 'utf8').match(/\/SYSV/g)?.length ?? 0;
  const segments = readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line.trim().split(/\s+/)[4] === String(process.pid)).length;
  return { threads: readdirSync('/proc/self/task').length, files: readdirSync('/proc/self/fd').length, maps, segments };
}

/** Threads and sockets take a moment to go: looks until no more is held than before, or `tries` looks were in vain. */
export async function settledHoldings(before: Holdings, tries = 100): Promise<Holdings> {
  for (let left = tries; ; left -= 1) {
    const now = holdings();
    const gone = now.threads <= before.threads && now.files <= before.files && now.segments <= before.segments;
    if (gone || left === 0) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
