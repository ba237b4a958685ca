/** A clip as it is asked for, and how much of it a ring holds. Pure. */
import type { Signature } from '../../runtime/library/quarantine';
import { SPARE_FRAMES, type ClipFigure } from '../../runtime/options/clip-need';
import { framesOf, INDEXED, type ClipFacts } from './clip-facts';
import type { ClipTarget } from './target';

export interface ClipOrder {
  readonly path: string;
  readonly facts: ClipFacts;
  readonly index: number;
  readonly signature: Signature;
  readonly target: ClipTarget;
  readonly loop: boolean;
  /** Where to begin; at the beginning without it. */
  readonly fromMs?: number;
  /** Arguments that ask for hardware that is proven for it: see `hardwareFor`. */
  readonly hardware: readonly string[];
  /** Whose it is: each session has its own decoders. */
  readonly session: string;
}

/** A clip as the memory account sees it. */
export function figureOf({ facts, signature }: Pick<ClipOrder, 'facts' | 'signature'>): ClipFigure {
  const { codec, codedWidthPx, codedHeightPx, widthPx, heightPx, rateHz, pixelFormat, lengthMs, pipeline } = facts;
  const rate = lengthMs === undefined || lengthMs <= 0 ? {} : { bytesPerS: (1000 * signature.sizeBytes) / lengthMs };
  const frames = lengthMs === undefined ? {} : { frames: framesOf(facts) };
  return { codec, codedWidthPx, codedHeightPx, widthPx, heightPx, rateHz, pixelFormat, pipeline, ...rate, ...frames };
}

/** How many frames the ring has. A short clip that loops stays in it whole: it is decoded once. */
export function ringFrames({ loop, facts }: ClipOrder, most: number, usual: number): number {
  const whole = framesOf(facts) + SPARE_FRAMES;
  return loop && whole <= most ? Math.max(2, whole) : Math.min(usual, most);
}

/** Whether the stated length may be that of a part, or of another track. An index of all frames, as in MP4, and a decoder are right. */
export const mayLie = ({ container, lengthFrom, animatedWebp }: ClipFacts): boolean =>
  lengthFrom !== 'decoder' && !animatedWebp && !(INDEXED.test(container) && lengthFrom === 'picture');
