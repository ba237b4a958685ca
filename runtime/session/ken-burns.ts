/** Ken-burns: a slow move into a picture or out of it, different each time. Pure. */
import type { Motion, View } from '../stage/layer';
import { KEN_BURNS_ZOOM } from '../stage/motion';

/** How far from the middle the near view may look; the zoom leaves no more room than this. */
const DRIFT = 0.5;

/** A move over `[fromMs, untilMs]`; `random` draws from 0 to 1. The picture is stored large enough for the near view. */
export function kenBurns(fromMs: number, untilMs: number, random: () => number): Motion {
  const drift = (): number => 0.5 + (random() - 0.5) * DRIFT;
  const far: View = { centreX: 0.5, centreY: 0.5, zoom: 1 };
  const near: View = { centreX: drift(), centreY: drift(), zoom: KEN_BURNS_ZOOM };
  return random() < 0.5 ? { fromMs, untilMs, from: far, to: near } : { fromMs, untilMs, from: near, to: far };
}
