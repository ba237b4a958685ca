/** Loudness: measured once for each file by EBU R128, beside the show, and kept over restarts. */
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { stateFolder } from '../../../runtime/core/paths';
import { KeptFacts } from '../../../runtime/library/kept-facts';
import { sameSignature, type Signature } from '../../../runtime/library/quarantine';
import { startChild, type Child } from '../../../runtime/media/child';
import type { Tools } from '../../../runtime/media/tools';
import { loudnessArguments } from '../decode/command';
import type { SoundFacts } from './sound-facts';

export interface Loudness {
  /** Integrated, in LUFS; null for silence. */
  readonly integratedLufs: number | null;
  /** Highest true peak of the file, in dBTP; null for silence. */
  readonly truePeakDb: number | null;
}

const FILES_KEPT = 4096;
/** Counted up whenever files are measured in another way. */
const LOUDNESS_VERSION = '3';
/** A long file holds up no short one that is needed sooner; more at a time would be felt by pictures. */
const MEASURED_AT_ONCE = 2;
/** Below everything that is seen or heard. */
const LOW_PRIORITY = 10;

/** What ffmpeg's filter tells at its end; undefined where it told nothing. */
export function parseLoudness(told: string): Loudness | undefined {
  const summary = told.slice(told.lastIndexOf('Summary:'));
  const level = (name: string): number | null | undefined => {
    const [, value] = new RegExp(`\\b${name}:\\s+(-?inf|-?[\\d.]+|nan)`).exec(summary) ?? [];
    if (value === undefined) return undefined;
    return Number.isFinite(Number(value)) ? Number(value) : null;
  };
  const [integrated, peak] = [level('I'), level('Peak')];
  if (integrated === undefined || peak === undefined) return undefined;
  // The filter's scale ends at -70: what has no gate above it is silence.
  return { integratedLufs: integrated !== null && integrated > -70 ? integrated : null, truePeakDb: peak };
}

interface Waiting {
  readonly lengthMs: number;
  begin(): void;
}

/** Main thread only. A few files at a time, the shortest first. */
export class LoudnessBook {
  private readonly kept: KeptFacts<Loudness>;
  private readonly running = new Map<string, Promise<Loudness | undefined>>();
  /** Files that could not be measured, as they were then. */
  private readonly failed = new Map<string, Signature>();
  private readonly waiting: Waiting[] = [];
  private readonly children = new Set<Child>();
  private busy = 0;
  private closed = false;

  constructor(
    private readonly tools: Tools,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.kept = new KeptFacts({
      file: join(stateFolder(env), 'loudness.json'),
      context: LOUDNESS_VERSION,
      most: FILES_KEPT,
    });
  }

  known(path: string, signature: Signature): Loudness | undefined {
    return this.kept.get(path, signature);
  }

  /** Whether nothing is being measured. */
  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Somebody else has measured the whole file. */
  learn(path: string, signature: Signature, loudness: Loudness): void {
    this.kept.set(path, signature, loudness);
  }

  /** Whether it was tried in vain. */
  isUnmeasurable(path: string, signature: Signature): boolean {
    const failed = this.failed.get(path);
    return failed !== undefined && sameSignature(failed, signature);
  }

  /** Never rejects; undefined where the file cannot be measured. */
  measure(path: string, facts: SoundFacts, signature: Signature): Promise<Loudness | undefined> {
    const known = this.known(path, signature);
    if (known !== undefined || this.isUnmeasurable(path, signature)) return Promise.resolve(known);
    const running = this.running.get(path) ?? this.begin(path, facts, signature);
    this.running.set(path, running);
    return running;
  }

  private async begin(path: string, facts: SoundFacts, signature: Signature): Promise<Loudness | undefined> {
    await new Promise<void>((begin) => {
      this.waiting.push({ lengthMs: facts.lengthMs ?? Infinity, begin });
      this.next();
    });
    const found = await this.run(path, facts);
    this.busy -= 1;
    this.running.delete(path);
    if (found !== undefined) this.kept.set(path, signature, found);
    else if (!this.closed) this.failed.set(path, signature);
    this.next();
    return found;
  }

  /** Begins with the shortest that waits, where there is a place. */
  private next(): void {
    if (this.busy >= MEASURED_AT_ONCE) return;
    this.waiting.sort((a, b) => a.lengthMs - b.lengthMs);
    const next = this.waiting.shift();
    if (next === undefined) return;
    this.busy += 1;
    next.begin();
  }

  private async run(path: string, facts: SoundFacts): Promise<Loudness | undefined> {
    if (this.closed) return undefined;
    const child = startChild(this.tools.ffmpeg, loudnessArguments(path, facts), 'ignore');
    this.children.add(child);
    if (child.pid !== undefined) lower(child.pid);
    const { code, complaint } = await child.ended;
    this.children.delete(child);
    return code === 0 ? parseLoudness(complaint) : undefined;
  }

  /** Ends what is being measured; it is measured anew next time. */
  async close(): Promise<void> {
    this.closed = true;
    for (const child of this.children) child.kill();
    for (const { begin } of this.waiting.splice(0)) begin();
    await Promise.all(this.running.values());
    this.kept.flush();
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, LOW_PRIORITY);
  } catch {
    // It has ended already.
  }
}
