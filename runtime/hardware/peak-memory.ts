/** The peak of the memory of the whole process tree as the sum of PSS: pages that several processes share count once. */
import { readFile } from 'node:fs/promises';
import { processTree } from './process-tree';

/** The kernel adds up the pages in some ms, in a thread of libuv's pool. */
const EVERY_MS = 2000;

/** Main thread only. The kernel keeps no peak of it: what comes and goes between two looks is not seen. */
export class PeakMemory {
  private peak = 0;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => void this.look(), EVERY_MS).unref();
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
    clearInterval(this.timer);
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
