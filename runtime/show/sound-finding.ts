/** Findings about a sound before the show plays, by whoever can decode it. */
import type { Issue } from '../core/errors';

/** The facts of a sound file, as far as they could be found out, and its faults. */
export interface SoundFinding {
  readonly file: string;
  readonly playable: boolean;
  readonly codec?: string;
  readonly rateHz?: number;
  /** As stored. */
  readonly channels?: number;
  readonly lengthMs?: number;
  /** Integrated, of its first ten minutes; null for silence. */
  readonly loudnessLufs?: number | null;
  readonly truePeakDb?: number | null;
  readonly warning?: Issue;
}

/** Looks at sound files, in their order; rejects where nothing here can. */
export type SoundInspector = (files: readonly string[]) => Promise<readonly SoundFinding[]>;
