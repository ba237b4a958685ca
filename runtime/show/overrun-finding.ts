/** Overruns: cues that last longer than their duration, because a picture or clip is longer than the cue. Pure. */
import type { SourceDocument } from '../core/document';
import type { Issue } from '../core/errors';
import { cueEndMs, startRhythm } from './boundary';
import { followers } from './join-finding';
import { joiningSounds } from './joins';
import { issueAt } from './parse';
import type { Cue, Scene, Show } from './types';

/** Warnings for cues of which one scene has nothing that is as short as the cue; `clipsMs` knows how long the clips of a theme are. */
export function overrunWarnings(
  show: Show,
  document: SourceDocument,
  clipsMs: (theme: string) => readonly number[],
): Issue[] {
  const { cues } = show.cuelist;
  return cues.flatMap((cue, index) => {
    if (endsInTime(show, cue, index)) return [];
    return cue.scenes.flatMap(({ scene: name }) => {
      const shortest = shortestItem(show, show.scenes[name]!, clipsMs);
      if (shortest === undefined || shortest.lengthMs <= cue.durationMs) return [];
      const endMs = cueEndMs(cue.durationMs, shortest.lengthMs, startRhythm(shortest.lengthMs));
      if (endMs <= cue.durationMs) return [];
      const message = `${shortest.what} of scene ${name} takes ${seconds(shortest.lengthMs)}, longer than the cue: it lasts ${seconds(endMs)}`;
      const remedy = `make it as long, or ${shortest.remedy}`;
      return [issueAt(document, ['cuelist', 'cues', index, 'duration'], message, remedy)];
    });
  });
}

/** The end of the show waits for no picture, nor does a cue whose sounds the next one joins. */
function endsInTime({ cuelist }: Show, cue: Cue, index: number): boolean {
  const next = followers(cuelist, index);
  return next.length === 0 || next.every((following) => joiningSounds(cue, following).length > 0);
}

interface Item {
  readonly what: string;
  readonly lengthMs: number;
  readonly remedy: string;
}

/** The item of a scene that is over first; undefined where that is not known. */
function shortestItem(
  show: Show,
  { media, themes, everyMs, playsOut }: Scene,
  clipsMs: (theme: string) => readonly number[],
): Item | undefined {
  const cycle: Item = { what: 'a picture', lengthMs: everyMs, remedy: `give the scene a shorter \`every\`` };
  if (media === 'images') return cycle;
  if (!playsOut) return { ...cycle, what: media === 'videos' ? 'a clip' : 'an item' };
  const lengths = themes.flatMap((theme) => clipsMs(theme));
  const clip: Item = { what: 'the shortest clip', lengthMs: Math.min(...lengths), remedy: 'show a shorter clip' };
  const hasPictures = media === 'both' && themes.some((name) => (show.themes[name]?.images.length ?? 0) > 0);
  if (hasPictures) return clip.lengthMs < cycle.lengthMs ? clip : cycle;
  return lengths.length === 0 ? undefined : clip;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
