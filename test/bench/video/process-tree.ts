/** What a player and all its children cost: CPU time and memory, from the kernel's account. */
import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;
const PAGE_BYTES = 4096;

interface Cost {
  readonly parent: number;
  readonly cpuMs: number;
  readonly residentBytes: number;
}

function costOf(pid: string): Cost | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').map(Number);
    // Its own time, and that of children it has seen end.
    const cpuMs = (fields[11]! + fields[12]! + fields[13]! + fields[14]!) * TICK_MS;
    return { parent: fields[1]!, cpuMs, residentBytes: fields[21]! * PAGE_BYTES };
  } catch {
    return undefined;
  }
}

/** CPU time of a process and all below it, in ms, and their resident memory. */
export function treeCost(root: number): { cpuMs: number; residentBytes: number } {
  const all = new Map<number, Cost>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const cost = costOf(name);
    if (cost !== undefined) all.set(Number(name), cost);
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = all.get(at)?.parent)
      if (at === root) return true;
    return false;
  };
  let cpuMs = 0;
  let residentBytes = 0;
  for (const [pid, cost] of all) {
    if (!isBelow(pid)) continue;
    cpuMs += cost.cpuMs;
    residentBytes += cost.residentBytes;
  }
  return { cpuMs, residentBytes };
}

/** CPU time of the main thread alone, in ms. */
export function mainThreadMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
