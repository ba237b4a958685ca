/** What this process is granted of the machine: cgroup limits of memory and processor time, and its affinity. */
import type { Tree } from './tree';

export interface Grants {
  /** Bytes; undefined where nothing limits. */
  readonly memoryLimitBytes: number | undefined;
  /** Cores' worth of time; undefined where nothing limits. */
  readonly quotaCores: number | undefined;
  /** Cores of the affinity mask; undefined where it cannot be read. */
  readonly affinityCores: number | undefined;
}

/** cgroup v1 writes "no limit" as the largest page-aligned 63-bit number; anything above 1 PiB means the same. */
const NO_LIMIT_BYTES = 2 ** 50;

/** Reads the grants. Of the process' own group and all groups above it the smallest limit wins, in both cgroup versions. */
export function readGrants(tree: Tree): Grants {
  const memory: number[] = [];
  const quota: number[] = [];
  for (const line of tree.text('proc/self/cgroup').split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === '') continue;
    for (const group of upward(path)) {
      if (controllers === '') {
        // Version 2: alone at the top, or under `unified` beside version 1.
        for (const mount of ['sys/fs/cgroup', 'sys/fs/cgroup/unified']) {
          keep(memory, positive(tree.text(`${mount}${group}/memory.max`)));
          keep(quota, quotaV2(tree.text(`${mount}${group}/cpu.max`)));
        }
        continue;
      }
      const names = controllers.split(',');
      if (names.includes('memory'))
        keep(memory, positive(tree.text(`sys/fs/cgroup/memory${group}/memory.limit_in_bytes`)));
      if (names.includes('cpu')) {
        for (const mount of ['cpu', 'cpu,cpuacct']) keep(quota, quotaV1(tree, `sys/fs/cgroup/${mount}${group}`));
      }
    }
  }
  const memoryLimitBytes = memory.filter((bytes) => bytes < NO_LIMIT_BYTES);
  return {
    memoryLimitBytes: memoryLimitBytes.length === 0 ? undefined : Math.min(...memoryLimitBytes),
    quotaCores: quota.length === 0 ? undefined : Math.min(...quota),
    affinityCores: coresOf(/^Cpus_allowed_list:\s*(\S+)/m.exec(tree.text('proc/self/status'))?.[1] ?? ''),
  };
}

/** `/a/b` -> `/a/b`, `/a`, ``. In a container the deeper ones may not exist; its limit is then at the top. */
function upward(path: string): string[] {
  const steps = path.split('/').filter((step) => step !== '');
  return Array.from({ length: steps.length + 1 }, (_, cut) => steps.slice(0, steps.length - cut)).map((kept) =>
    kept.map((step) => `/${step}`).join(''),
  );
}

/** `150000 100000` (time and period in us) -> 1.5; `max 100000` -> undefined. */
function quotaV2(text: string): number | undefined {
  const [time = '', period = ''] = text.split(/\s+/);
  return share(positive(time), positive(period));
}

function quotaV1(tree: Tree, folder: string): number | undefined {
  return share(positive(tree.text(`${folder}/cpu.cfs_quota_us`)), positive(tree.text(`${folder}/cpu.cfs_period_us`)));
}

function share(time: number | undefined, period: number | undefined): number | undefined {
  return time === undefined || period === undefined ? undefined : time / period;
}

/** `0-3,8` -> 5. */
function coresOf(list: string): number | undefined {
  let cores = 0;
  for (const part of list.split(',')) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined || last === undefined || Number(last) < Number(first)) return undefined;
    cores += Number(last) - Number(first) + 1;
  }
  return cores;
}

function positive(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function keep(list: number[], value: number | undefined): void {
  if (value !== undefined) list.push(value);
}
