/** The quarantine: files that could not be decoded, when they are tried again, and when they are struck out. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { CLOCK, type Clock } from '../core/clock';

/** What tells one state of a file from another. */
export interface Signature {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** When the file was written, replaced or moved last, and which file of its disk it is. Absent in what is kept over restarts. */
  readonly changedMs?: number;
  readonly inode?: number;
}

export interface QuarantineEntry {
  readonly path: string;
  readonly reason: string;
  readonly strikes: number;
  readonly struckOut: boolean;
}

interface Record extends Signature {
  reason: string;
  strikes: number;
  retryAtMs: number;
}

/** Failures until a file is taken out of the plan and reported. */
const STRIKES = 3;

/**
 * A copy in progress looks broken until it is whole, and a network folder may stumble: first tries come soon, later ones
 * rarely. 0.5 s, 2 s, 8 s and so on up to an hour.
 */
const FIRST_PAUSE_MS = 500;
const PAUSE_GROWTH = 4;
const LONGEST_PAUSE_MS = 3_600_000;

/** Files remembered; the one longest untouched is forgotten first (and, when still broken, found again). */
const FILES_KEPT = 4096;

/** Main thread only. Times are those of the given clock. */
@scoped(Lifecycle.ContainerScoped)
export class Quarantine {
  private readonly records = new Map<string, Record>();

  constructor(@inject(CLOCK.key) private readonly clock: Clock) {}

  /** Files it knows. */
  get size(): number {
    return this.records.size;
  }

  /**
   * Notes a failure of the file in this state. `struck-out` the moment the last strike falls, `again` for failures after
   * that, `pause` before.
   */
  strike(path: string, signature: Signature, reason: string): 'pause' | 'struck-out' | 'again' {
    const known = this.records.get(path);
    const strikes = known !== undefined && sameSignature(known, signature) ? known.strikes + 1 : 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * PAUSE_GROWTH ** Math.min(strikes - 1, 32));
    this.note(path, { ...signature, reason, strikes, retryAtMs: this.clock.nowMs() + pauseMs });
    if (strikes < STRIKES) return 'pause';
    return strikes === STRIKES ? 'struck-out' : 'again';
  }

  /** Keeps the file away for a while in this state, without a strike. */
  hold(path: string, signature: Signature, reason: string, pauseMs: number): void {
    const known = this.records.get(path);
    const strikes = known !== undefined && sameSignature(known, signature) ? known.strikes : 0;
    this.note(path, { ...signature, reason, strikes, retryAtMs: this.clock.nowMs() + pauseMs });
  }

  /** Whether the file has to stay away now. */
  blocks(path: string): boolean {
    const known = this.records.get(path);
    return known !== undefined && known.retryAtMs > this.clock.nowMs();
  }

  /** Whether the file is out of the plan: struck out and its pause not over. */
  excludes(path: string): boolean {
    return (this.records.get(path)?.strikes ?? 0) >= STRIKES && this.blocks(path);
  }

  /** Ms until the file may be tried again; 0 when it may now. */
  pauseMs(path: string): number {
    return Math.max(0, (this.records.get(path)?.retryAtMs ?? 0) - this.clock.nowMs());
  }

  /** Forgives the file when it is no longer in the state that failed. Whether it did. */
  review(path: string, signature: Signature): boolean {
    const known = this.records.get(path);
    return known !== undefined && !sameSignature(known, signature) && this.records.delete(path);
  }

  /** Forgets the file: it decoded, or it is gone. */
  forget(path: string): void {
    this.records.delete(path);
  }

  paths(): string[] {
    return [...this.records.keys()];
  }

  list(): QuarantineEntry[] {
    return [...this.records].map(([path, { reason, strikes }]) => ({
      path,
      reason,
      strikes,
      struckOut: strikes >= STRIKES,
    }));
  }

  private note(path: string, record: Record): void {
    this.records.delete(path);
    this.records.set(path, record);
    if (this.records.size > FILES_KEPT) this.records.delete(this.records.keys().next().value!);
  }
}

/** Whether it is the same file in the same state, also where another of the same size and time took its place. */
export function sameSignature(a: Signature, b: Signature): boolean {
  return sameContents(a, b) && a.changedMs === b.changedMs && a.inode === b.inode;
}

/** Whether size and time are the same: what can be compared over restarts, and what does not change while a file is only moved. */
export function sameContents(a: Signature, b: Signature): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs;
}
