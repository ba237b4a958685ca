/** The record of GL trials: which backends this machine's drivers can be trusted with, kept over restarts. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../core/write-file';
import type { OutputName } from './output';

/** What a trial found. */
export interface GlVerdict {
  readonly usable: boolean;
  /** Who draws, or why it cannot be used. */
  readonly reason: string;
  /** Whether it draws on the CPU. */
  readonly software: boolean;
}

interface RecordFile {
  readonly version: 1;
  readonly signature: string;
  readonly verdicts: Partial<Record<OutputName, GlVerdict>>;
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
  ) {
    const kept = read(file);
    this.record = kept?.signature === signature ? kept : { version: 1, signature, verdicts: {} };
    const { opening } = this.record;
    if (opening === undefined) return;
    const reason = 'the program did not survive opening it the last time';
    this.keep({ verdicts: { ...this.record.verdicts, [opening]: { usable: false, reason, software: false } } });
  }

  verdictOn(output: OutputName): GlVerdict | undefined {
    return this.record.verdicts[output];
  }

  judge(output: OutputName, verdict: GlVerdict): void {
    this.keep({ verdicts: { ...this.record.verdicts, [output]: verdict } });
  }

  /** Opening begins in this process: should it not survive that, the next start knows. */
  beginOpening(output: OutputName): void {
    this.keep({ verdicts: this.record.verdicts, opening: output });
  }

  /** A frame was shown, or the backend was given up in good order. */
  endOpening(): void {
    if (this.record.opening !== undefined) this.keep({ verdicts: this.record.verdicts });
  }

  private keep(change: Pick<RecordFile, 'verdicts'> & { readonly opening?: OutputName }): void {
    this.record = { version: 1, signature: this.record.signature, ...change };
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeFileAtomically(this.file, `${JSON.stringify(this.record, undefined, 2)}\n`);
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
