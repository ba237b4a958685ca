/** How a clip is shown: to its end, in a loop, or like a picture. Pure. */
import { framesOf, type ClipFacts } from './clip-facts';

/** `rounds`: to its end, and again for as long as there is no other. */
export type Showing = 'once' | 'rounds' | 'loop' | 'still';

/** Shorter clips are over before the next one can be ready on a small machine (half a second, Raspberry Pi 3). */
const SHORTEST_MS = 500;

/**
 * A clip of one frame is shown like a picture, and one that is shorter than half a second loops, both for the scene's `every`, which is 6 s
 * where the scene gives none. Others play to their end, or loop where the scene gives `every`. `isOnly`: it follows itself.
 */
export function howShown(facts: Pick<ClipFacts, 'lengthMs' | 'rateHz'>, playsOut: boolean, isOnly: boolean): Showing {
  const isShort = facts.lengthMs !== undefined && facts.lengthMs < SHORTEST_MS;
  if (isShort && framesOf(facts) <= 1) return 'still';
  if (!playsOut || isShort) return 'loop';
  return isOnly ? 'rounds' : 'once';
}
