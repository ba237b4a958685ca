/** Time that the host of a virtual machine gave to others: frames lost in it are nobody's fault here. */
import { readFileSync } from 'node:fs';

/** Ticks of all processors so far: all of them, and those stolen (proc(5), `/proc/stat`: user to steal; guests are counted in user). */
function ticks(): { all: number; stolen: number } {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: fields.reduce((sum, value) => sum + value, 0), stolen: fields[7] ?? 0 };
}

/** Starts to watch; the result tells in % how much was stolen since. */
export function watchSteal(): () => string {
  const before = ticks();
  return () => {
    const now = ticks();
    return `${((100 * (now.stolen - before.stolen)) / Math.max(1, now.all - before.all)).toFixed(2)} % stolen by the host`;
  };
}
