/** Joins: sounds of two cues that follow each other without a gap, as pieces of one recording do. Pure. */
import type { Cue, CueSound } from './types';

/** Sounds of one role that end and begin this near to each other belong together. */
export const JOIN_MS = 250;

/** A sound that joins one that began late is delayed with it, and its cue too, by this at most: as long as a cue waits for its picture. */
export const MOST_SHIFT_MS = 10_000;

type JoiningSound = Pick<CueSound, 'role' | 'loop' | 'fadeInMs' | 'fadeOutMs'>;

/** Both without a fade where they meet: they may be pieces of one recording. */
export const mayJoin = (before: JoiningSound, after: JoiningSound): boolean =>
  before.role === after.role && !before.loop && before.fadeOutMs === 0 && after.fadeInMs === 0;

/** The sounds of a cue that one of the next cue follows without a gap. */
export function joiningSounds({ sounds = [] }: Pick<Cue, 'sounds'>, next: Pick<Cue, 'sounds'>): readonly CueSound[] {
  return sounds.filter((before) => (next.sounds ?? []).some((after) => mayJoin(before, after)));
}
