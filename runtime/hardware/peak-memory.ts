/** The peak of the memory of the whole process tree as the sum of PSS: pages that several processes share count once. */
import { readFile } from 'node:fs/promises';
import { processTree } from './process-tree';

/** The kernel adds up the pages in a thread of libuv's pool: 6 ms for 277 MiB on x86-64. The first minute, which fills the caches, is looked at more often. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** Main thread only. The kernel keeps no peak of it: what comes and goes between two looks is not seen. */
export class PeakMemory {
  private peak = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.lookIn(FIRST_PAUSE_MS);
  }

  private lookIn(pauseMs: number): void {
    this.timer = setTimeout(() => {
      void this.look();
      this.lookIn(Math.min(LONGEST_PAUSE_MS, 1.5 * pauseMs));
    }, pauseMs).unref();
  }

  /** The largest sum so far; 0 where the kernel does not tell (before Linux 4.14). */
  get bytes(): number {
    return this.peak;
  }

  /** Looks now. Never rejects. */
  async look(): Promise<void> {
    const parts = await Promise.all(processTree().map(pssBytes));
    this.peak = Math.max(
      this.peak,
      parts.reduce((sum, bytes) => sum + bytes, 0),
    );
  }

  close(): void {
    clearTimeout(this.timer);
  }
}

async function pssBytes(pid: number): Promise<number> {
  try {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has ended meanwhile
  }
}
