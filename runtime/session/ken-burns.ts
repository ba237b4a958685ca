/** Ken-burns: a slow move into a picture or out of it, different each time, for as long as the picture is seen. Pure. */
import { hasSound, type Scene, type Show, type Transition } from '../show/types';
import type { Motion, View } from '../stage/layer';
import { KEN_BURNS_ZOOM } from '../core/agreed';

/** How far from the middle the near view may look; the zoom leaves no more room than this. */
const DRIFT = 0.5;

/**
 * A move over `[fromMs, untilMs]`, which swings back where the picture stays longer; `random` draws from 0 to 1. The picture is stored
 * large enough for the near view.
 */
export function kenBurns(fromMs: number, untilMs: number, random: () => number): Motion {
  const drift = (): number => 0.5 + (random() - 0.5) * DRIFT;
  const far: View = { centreX: 0.5, centreY: 0.5, zoom: 1 };
  const near: View = { centreX: drift(), centreY: drift(), zoom: KEN_BURNS_ZOOM };
  const [from, to] = random() < 0.5 ? [far, near] : [near, far];
  return { fromMs, untilMs, swings: true, from, to };
}

/**
 * The longest that a picture of the scene is seen as planned: its cycle, the wait for a sound that the next cue joins (see the score), and
 * the transition with which it goes, which is that of any scene or cue that may follow or be asked for. Late decodes add to it.
 */
export function longestSeenMs(scene: Scene, show: Show): number {
  const longest = (parts: readonly { readonly transition: Transition }[]): number =>
    Math.max(0, ...parts.map(({ transition }) => transition.durationMs));
  const scenesMs = longest(Object.values(show.scenes));
  return scene.everyMs + (hasSound(show) ? scenesMs : 0) + Math.max(scenesMs, longest(show.cuelist.cues));
}
