/** What clips cost and gave, summed over all that were open. */
import type { Decoder } from './decoder';

export interface Totals {
  readonly framesShown: number;
  readonly framesDropped: number;
  readonly starvedMs: number;
  readonly restarts: number;
  readonly clips: number;
  /** Seams of loops that were shown, and the time for which pictures stood there because their clips say so. */
  readonly loopSeams: number;
  readonly loopStandsMs: number;
}

export const NO_CLIPS: Totals = {
  framesShown: 0,
  framesDropped: 0,
  starvedMs: 0,
  restarts: 0,
  clips: 0,
  loopSeams: 0,
  loopStandsMs: 0,
};

/** `totals` and what a decoder has done so far. A clip is counted where it starts. */
export function plus(totals: Totals, { ring, restarts, seams }: Pick<Decoder, 'ring' | 'restarts' | 'seams'>): Totals {
  return {
    framesShown: totals.framesShown + ring.shown,
    framesDropped: totals.framesDropped + ring.skipped,
    starvedMs: totals.starvedMs + ring.starvedMs,
    restarts: totals.restarts + restarts,
    clips: totals.clips,
    loopSeams: totals.loopSeams + seams.count,
    loopStandsMs: totals.loopStandsMs + seams.count * seams.standsMs,
  };
}
