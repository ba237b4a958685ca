/** The record of GL trials: which backends this machine's drivers can be trusted with, kept over restarts. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../core/make-folder';
import { writeFile } from '../core/write-file';
import type { OutputName } from './output';

/** What a trial found. */
export interface GlVerdict {
  readonly usable: boolean;
  /** Who draws, or why it cannot be used. */
  readonly reason: string;
  /** Whether it draws on the CPU. */
  readonly software: boolean;
  /** It gave no picture in time, which a busy machine or a cold disk may be the cause of: it is tried again. */
  readonly slow?: true;
}

/** A verdict as it is kept. */
interface KeptVerdict extends GlVerdict {
  /** Of one that was slow, or not survived: how often running, and from when on it is tried again, ms since the epoch. */
  readonly slowTimes?: number;
  readonly againAtMs?: number;
}

/** The next start tries again; then the pauses grow up to a day. */
const FIRST_PAUSE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;
const pauseMs = (slowTimes: number): number =>
  slowTimes < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 4 ** (slowTimes - 2));

interface RecordFile {
  readonly version: 1;
  readonly signature: string;
  readonly verdicts: Partial<Record<OutputName, KeptVerdict>>;
  /** The backend that was being opened when this was written: still there at the next start, it took the process with it. */
  readonly opening?: OutputName;
}

/**
 * `signature` names everything a driver's behaviour hangs on; what was recorded under another one is forgotten. Reading and
 * writing never throw: without a place to write, every start tries anew.
 */
export class GlRecord {
  private record: RecordFile;

  constructor(
    private readonly file: string,
    signature: string,
    private readonly nowMs: () => number = Date.now,
  ) {
    const kept = read(file);
    this.record = kept?.signature === signature ? kept : { version: 1, signature, verdicts: {} };
    const { opening } = this.record;
    if (opening === undefined) return;
    // A crash, a hang, or a power cut at that moment: not to be tried again at once, and not given up for ever.
    const slowTimes = Math.max(2, this.slowTimes(opening) + 1);
    const reason = 'the program did not survive opening it the last time';
    this.put(opening, { usable: false, reason, software: false, ...this.againAfter(slowTimes) });
  }

  private slowTimes(output: OutputName): number {
    return this.record.verdicts[output]?.slowTimes ?? 0;
  }

  private againAfter(slowTimes: number): Pick<KeptVerdict, 'slowTimes' | 'againAtMs'> {
    return { slowTimes, againAtMs: this.nowMs() + pauseMs(slowTimes) };
  }

  private put(output: OutputName, verdict: KeptVerdict): void {
    this.keep({ verdicts: { ...this.record.verdicts, [output]: verdict } });
  }

  /** Undefined where it was never tried, or is to be tried again. */
  verdictOn(output: OutputName): GlVerdict | undefined {
    const kept = this.record.verdicts[output];
    if (kept === undefined) return undefined;
    const { slowTimes: _slowTimes, againAtMs, ...verdict } = kept;
    if (againAtMs === undefined) return verdict;
    const leftMs = againAtMs - this.nowMs();
    // A clock that was set back must not make it wait for longer than ever.
    return leftMs > 0 && leftMs <= LONGEST_PAUSE_MS ? verdict : undefined;
  }

  judge(output: OutputName, verdict: GlVerdict): void {
    const slowTimes = this.slowTimes(output);
    if (verdict.slow === true) this.put(output, { ...verdict, ...this.againAfter(slowTimes + 1) });
    // Good trials do not count for as long as no picture was shown.
    else this.put(output, slowTimes === 0 ? verdict : { ...verdict, slowTimes });
  }

  /** Opening begins in this process: should it not survive that, the next start knows. */
  beginOpening(output: OutputName): void {
    this.keep({ verdicts: this.record.verdicts, opening: output });
  }

  /** A frame was shown, or the backend was given up in good order. */
  endOpening(): void {
    const { opening, verdicts } = this.record;
    if (opening === undefined) return;
    const verdict = this.verdictOn(opening);
    this.keep({ verdicts: verdict === undefined ? verdicts : { ...verdicts, [opening]: verdict } });
  }

  private keep(change: Pick<RecordFile, 'verdicts'> & { readonly opening?: OutputName }): void {
    this.record = { version: 1, signature: this.record.signature, ...change };
    try {
      makeFolder(dirname(this.file));
      writeFile(this.file, `${JSON.stringify(this.record, undefined, 2)}\n`);
    } catch {
      // A read-only system: the trial is made at every start.
    }
  }
}

/** What is recorded, for a look from outside: changes nothing, also while another process is opening a backend. */
export function recordedVerdicts(file: string, signature: string): RecordFile['verdicts'] {
  const kept = read(file);
  return kept?.signature === signature ? kept.verdicts : {};
}

function read(file: string): RecordFile | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<RecordFile>;
    const sound = value.version === 1 && typeof value.signature === 'string' && typeof value.verdicts === 'object';
    return sound ? (value as RecordFile) : undefined;
  } catch {
    return undefined;
  }
}
