/** How the clips of a show take turns: whether two may be on at once, and whether one goes into another round. Pure. */
import type { ClipFigure } from '../options/clip-need';
import type { Scene, Show } from '../show/types';
import type { KnownClips } from './media-looks';

/** The decoder of a round begins so long before the round does, at most. */
const ROUND_LEAD_MS = 2000;
/** Shorter clips loop for the time of a picture also where clips play to their end. */
const SHORTEST_MS = 500;

export interface ClipTurns {
  /** Whether one clip may come on while another is on. */
  readonly alternate: boolean;
  /** Whether a clip may be shown beyond its end: its next round has a decoder of its own. */
  readonly rounds: boolean;
}

/**
 * A single file never follows itself where there is something else: neither beside pictures, nor as all that its show has. `pictures` counts
 * the files of a scene.
 */
export function clipTurns(show: Show, files: number, known: KnownClips, pictures: (scene: Scene) => number): ClipTurns {
  const scenes = Object.values(show.scenes).filter(({ media }) => media !== 'images');
  const isAlone = scenes.length === 1 && scenes[0]!.media === 'videos' && show.cuelist.cues.length === 1;
  const hasOthers = scenes.every((scene) => scene.media === 'both' && pictures(scene) > 0);
  const alternate = files !== 1 || !(isAlone || hasOthers);
  const [clip] = known.known;
  return { alternate, rounds: alternate || isAlone || scenes.some((scene) => isShownBeyond(scene, clip, show)) };
}

function isShownBeyond({ playsOut, everyMs, transition }: Scene, clip: ClipFigure | undefined, show: Show): boolean {
  if (clip?.frames === undefined) return true;
  const lengthMs = (clip.frames / clip.rateHz) * 1000;
  if (playsOut && lengthMs >= SHORTEST_MS) return false;
  const fadeMs = Math.max(transition.durationMs, ...show.cuelist.cues.map((cue) => cue.transition.durationMs));
  return lengthMs < everyMs + fadeMs + ROUND_LEAD_MS;
}
