/** How a clip is shown: to its end, again and again, or like a picture. Pure. */
import { framesOf, type ClipFacts } from './clip-facts';

export type Showing = 'once' | 'loop' | 'still';

/** Shorter clips are over before the next one can be ready on a small machine (half a second, Raspberry Pi 3). */
const SHORTEST_MS = 500;

/**
 * A clip of one frame is shown like a picture, and one that is shorter than half a second loops, both for the scene's `every`, which is 6 s
 * where the scene gives none. Others play to their end, or loop where the scene gives `every`.
 */
export function howShown(facts: Pick<ClipFacts, 'lengthMs' | 'rateHz'>, playsOut: boolean): Showing {
  const isShort = facts.lengthMs !== undefined && facts.lengthMs < SHORTEST_MS;
  if (isShort && framesOf(facts) <= 1) return 'still';
  return playsOut && !isShort ? 'once' : 'loop';
}
