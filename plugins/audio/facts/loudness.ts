/** Loudness: measured once for each file by EBU R128, beside the show, and kept over restarts. */
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { stateFolder } from '../../../runtime/core/paths';
import { KeptFacts } from '../../../runtime/library/kept-facts';
import type { Signature } from '../../../runtime/library/quarantine';
import { startChild } from '../../../runtime/media/child';
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

/** Main thread only. One file at a time. */
export class LoudnessBook {
  private readonly kept: KeptFacts<Loudness>;
  private readonly running = new Map<string, Promise<Loudness | undefined>>();
  private turn: Promise<unknown> = Promise.resolve();
  private stop: () => void = () => {};
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

  /** Never rejects; undefined where the file cannot be measured. */
  measure(path: string, facts: SoundFacts, signature: Signature): Promise<Loudness | undefined> {
    const known = this.known(path, signature);
    if (known !== undefined) return Promise.resolve(known);
    const running =
      this.running.get(path) ??
      this.queue(() => this.run(path, facts)).then((found) => {
        this.running.delete(path);
        if (found !== undefined) this.kept.set(path, signature, found);
        return found;
      });
    this.running.set(path, running);
    return running;
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => {});
    return turn;
  }

  private async run(path: string, facts: SoundFacts): Promise<Loudness | undefined> {
    if (this.closed) return undefined;
    const child = startChild(this.tools.ffmpeg, loudnessArguments(path, facts), 'ignore');
    if (child.pid !== undefined) lower(child.pid);
    this.stop = () => child.kill();
    const { code, complaint } = await child.ended;
    this.stop = () => {};
    return code === 0 ? parseLoudness(complaint) : undefined;
  }

  /** Ends what is being measured; it is measured anew next time. */
  async close(): Promise<void> {
    this.closed = true;
    this.stop();
    await this.turn;
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
