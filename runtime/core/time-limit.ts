/** Time limits of children and of our own work: the time for which a busy machine keeps them waiting for a processor does not count. Slow is not hung. */
import { readdirSync, readFileSync } from 'node:fs';

/** A limit is put off by at most this much. */
const MOST_PUT_OFF_MS = 60_000;
/** Between two looks at a child. */
const LOOK_MS = 250;
const NS_PER_MS = 1e6;

/** The kernel's account of a process's threads (`schedstat`, documented with the kernel's scheduler). */
interface Schedule {
  /** Processor time of all its threads. */
  readonly ranMs: number;
  /** For how long its thread that waited most was ready and had no processor; a wait counts once it is over. */
  readonly waitedMs: number;
  /** A thread runs, or is ready to. */
  readonly isReady: boolean;
  /** It has ended, and this process does not know yet: now it is this one that is slow. */
  readonly hasEnded: boolean;
}

/** All zero where it cannot be looked at. */
function scheduleOf(pid: number | undefined): Schedule {
  let [ranMs, waitedMs, isReady, hasEnded] = [0, 0, false, false];
  for (const thread of threadsOf(pid)) {
    try {
      const [ran = 0, waited = 0] = readFileSync(`${thread}/schedstat`, 'utf8').split(' ').map(Number);
      ranMs += ran / NS_PER_MS;
      waitedMs = Math.max(waitedMs, waited / NS_PER_MS);
      const state = readFileSync(`${thread}/stat`, 'utf8').split(') ').at(-1)![0];
      isReady ||= state === 'R';
      hasEnded ||= state === 'Z' && thread.endsWith(`/${pid}`);
    } catch {
      // It has just ended.
    }
  }
  return { ranMs, waitedMs, isReady, hasEnded };
}

function threadsOf(pid: number | undefined): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  } catch {
    return [];
  }
}

/** Counts the time a child had: all that passes, but for its wait for a processor. Look at it often: a wait that is not over is seen by two looks. */
export class OwnTime {
  private readonly fromMs = performance.now();
  private readonly first: Schedule;
  private last: Schedule;
  private lastMs = this.fromMs;
  /** When it was first seen to wait, in the wait that is on. */
  private waitsFromMs: number | undefined;

  constructor(private readonly pid: number | undefined) {
    this.first = this.last = scheduleOf(pid);
  }

  /** Since it was made. Looks at the child. */
  get ms(): number {
    const nowMs = performance.now();
    const now = scheduleOf(this.pid);
    const isWaiting =
      now.hasEnded || (now.isReady && now.ranMs === this.last.ranMs && now.waitedMs === this.last.waitedMs);
    this.waitsFromMs = isWaiting ? (this.waitsFromMs ?? this.lastMs) : undefined;
    this.last = now;
    this.lastMs = nowMs;
    const waitedMs = Math.max(0, now.waitedMs - this.first.waitedMs) + nowMs - (this.waitsFromMs ?? nowMs);
    return nowMs - this.fromMs - Math.min(MOST_PUT_OFF_MS, waitedMs);
  }
}

/**
 * Calls `late` once a child has had `limitMs`. Returns the act that ends the watch; call it when the child has ended. `lookMs`: between two looks at
 * it.
 */
export function limitTime(pid: number | undefined, limitMs: number, late: () => void, lookMs = LOOK_MS): () => void {
  const own = new OwnTime(pid);
  let immediate: NodeJS.Immediate | undefined;
  const look = (): void => {
    const leftMs = limitMs - own.ms;
    if (leftMs > 0) timer = setTimeout(look, Math.min(lookMs, leftMs));
    // Where this process itself had no processor, the child's end may be known in a moment.
    else immediate = setImmediate(late);
  };
  let timer = setTimeout(look, Math.min(lookMs, limitMs));
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}

/**
 * The same for work of this process, on whichever of its threads. A thread that looks does not wait, so that it is only looked at where the time may be
 * over.
 */
export function limitOwnTime(limitMs: number, late: () => void): () => void {
  return limitTime(process.pid, limitMs, late, Infinity);
}
