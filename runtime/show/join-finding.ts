/** Joins that cannot be heard as one recording: a sound whose length is not that of its cue. Pure. */
import type { SourceDocument } from '../core/document';
import { formatDurationMs } from '../core/duration';
import type { Issue } from '../core/errors';
import { JOIN_MS, joiningSounds } from './joins';
import { issueAt } from './parse';
import type { Cue, Show } from './types';

/** Warnings for the sounds of which `lengthMs` knows the length. */
export function joinWarnings(
  { cuelist }: Show,
  document: SourceDocument,
  lengthMs: (file: string) => number | undefined,
): Issue[] {
  const { cues } = cuelist;
  return cues.flatMap((cue, index) => {
    const joining = new Set(followers(cuelist, index).flatMap((next) => joiningSounds(cue, next)));
    return (cue.sounds ?? []).flatMap((sound, at) => {
      const ownMs = lengthMs(sound.file);
      if (!joining.has(sound) || ownMs === undefined) return [];
      const overMs = ownMs - cue.durationMs;
      if (Math.abs(overMs) <= JOIN_MS) return [];
      const effect =
        overMs > 0 ? 'its end is not heard' : 'the next cue, which joins it without a fade, begins after a gap';
      const message = `takes ${seconds(ownMs)} in a cue of ${seconds(cue.durationMs)}: ${effect}`;
      const remedy = `give the cue \`duration: ${formatDurationMs(Math.round(ownMs))}\`, or the sound a fade where no join is meant`;
      return [issueAt(document, ['cuelist', 'cues', index, 'audio', at, 'file'], message, remedy)];
    });
  });
}

/** The cues that may come after one, in the order of the list. */
export function followers({ cues, loop }: Show['cuelist'], index: number): Cue[] {
  const { length } = cues;
  const next = loop === 'forever' ? [(index + 1) % length] : [index + 1];
  const places = loop === 'ping-pong' ? [index + 1, index - 1] : next;
  return places.flatMap((place) => cues[place] ?? []);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
