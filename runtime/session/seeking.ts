/** The outcome of a seek: the answer to it, and how it moves the end of the cue. Pure. */
import { basename } from 'node:path';
import { formatDurationMs } from '../core/duration';
import { VitrineError } from '../core/errors';
import type { CueSound } from '../show/types';
import { NOT_BEGUN, type Seek, type Sought } from '../stage/seek';

/** How a seek went: `result` of `seek`. */
export interface SeekOutcome {
  readonly cue: string;
  /** The sounds and clips that were moved, and where each is now. */
  readonly moved: readonly Sought[];
  /** The sounds and clips that play and were not moved, and why. */
  readonly left: readonly Sought[];
}

/** Throws VITRINE_E_REFUSED where nothing was moved. */
export function seekOutcome(cue: string, { ms, relative }: Seek, exact: readonly Sought[]): SeekOutcome {
  const found = exact.map((each) => ({
    ...each,
    positionMs: tenths(each.positionMs),
    ...(each.lengthMs === undefined ? {} : { lengthMs: tenths(each.lengthMs) }),
  }));
  const moved = found.filter(({ because }) => because === undefined);
  const left = found.filter(({ because }) => because !== undefined);
  if (moved.length > 0) return { cue, moved, left };
  if (left.length === 0)
    throw new VitrineError(
      'VITRINE_E_REFUSED',
      `cue "${cue}" plays nothing that can be moved: neither a sound nor a clip is on`,
    );
  const words = `${relative ? '+' : ''}${formatDurationMs(ms)}`;
  const ends = left.map(({ file, because = '' }) => `${basename(file)} ${because}`).join(', ');
  const isOnTheWay = left.some(({ because }) => because === NOT_BEGUN);
  throw new VitrineError(
    'VITRINE_E_REFUSED',
    isOnTheWay ? `nothing can be moved to ${words} now: ${ends}; try again` : `${words} is beyond the end: ${ends}`,
  );
}

/** How long the cue that is on goes on after a seek, in ms, where the next one joins a sound that was moved: as long as that sound. */
export function joinedLeftMs({ moved }: SeekOutcome, joining: readonly CueSound[]): number | undefined {
  const files = new Set(joining.map(({ file }) => file));
  const leader = moved.find(({ file, lengthMs }) => files.has(file) && lengthMs !== undefined);
  return leader === undefined ? undefined : leader.lengthMs! - leader.positionMs;
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
