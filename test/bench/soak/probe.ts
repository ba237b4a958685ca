/**
 * Loaded into each thread of the player by `--require`: notes its timers, other things that keep it alive, and V8's heap, every ten seconds. The
 * file of notes is VITRINE_SOAK_NOTES.
 */
import { appendFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { threadId } from 'node:worker_threads';

const EVERY_MS = 10_000;

/** One line of the notes. */
export interface ThreadNote {
  readonly atMs: number;
  readonly pid: number;
  readonly thread: number;
  /** Without the probe's own. */
  readonly timers: number;
  readonly resources: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

const file = process.env['VITRINE_SOAK_NOTES'];

if (file !== undefined)
  setInterval(() => {
    const active = process.getActiveResourcesInfo();
    const timers = active.filter((name) => name === 'Timeout' || name === 'Immediate').length;
    const { used_heap_size: heapBytes, external_memory: externalBytes } = getHeapStatistics();
    const note: ThreadNote = {
      atMs: performance.timeOrigin + performance.now(),
      pid: process.pid,
      thread: threadId,
      timers,
      resources: active.length - timers,
      heapBytes,
      externalBytes,
    };
    appendFileSync(file, `${JSON.stringify(note)}\n`);
  }, EVERY_MS).unref();
