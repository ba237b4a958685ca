/** Findings about a clip before the show plays, by whoever can decode it. */
import type { Issue } from '../core/errors';

/** The facts of a clip, as far as they could be found out, and its faults. */
export interface ClipFinding {
  readonly file: string;
  readonly playable: boolean;
  readonly codec?: string;
  /** As shown: upright, with square pixels. */
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly rateHz?: number;
  readonly lengthMs?: number;
  readonly hasSound?: boolean;
  /** Frames a second that this machine decodes when nothing else runs. */
  readonly decodesHz?: number;
  readonly warning?: Issue;
}

/** Looks at clips, in their order; rejects where nothing here can. */
export type ClipInspector = (files: readonly string[]) => Promise<readonly ClipFinding[]>;
