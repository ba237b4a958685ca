/** Sums what the probes in the player's threads noted. */
import { readFileSync } from 'node:fs';
import type { ThreadNote } from './probe';
import type { Point } from './slope';

export interface ThreadSums {
  readonly timers: readonly Point[];
  readonly resources: readonly Point[];
  readonly heapBytes: readonly Point[];
  readonly externalBytes: readonly Point[];
}

const WINDOW_MS = 10_000;

/** Over all threads of one process, for each ten seconds. The last, which may be incomplete, is left out. */
export function readNotes(file: string, pid: number): ThreadSums {
  const windows = new Map<number, Map<number, ThreadNote>>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.endsWith('}')) continue;
    const note = JSON.parse(line) as ThreadNote;
    if (note.pid !== pid) continue;
    const at = Math.floor(note.atMs / WINDOW_MS) * WINDOW_MS;
    const window = windows.get(at) ?? new Map<number, ThreadNote>();
    windows.set(at, window.set(note.thread, note));
  }
  const whole = [...windows].slice(1, -1);
  const sum = (name: 'timers' | 'resources' | 'heapBytes' | 'externalBytes'): Point[] =>
    whole.map(([at, notes]) => [at, [...notes.values()].reduce((all, note) => all + note[name], 0)]);
  return {
    timers: sum('timers'),
    resources: sum('resources'),
    heapBytes: sum('heapBytes'),
    externalBytes: sum('externalBytes'),
  };
}
