/** The cue cursor: where in the cuelist a session is. Pure and immutable. */
import type { Show } from './types';

export type Loop = Show['cuelist']['loop'];

export interface Cursor {
  readonly loop: Loop;
  /** Cues in the list, at least 1. */
  readonly count: number;
  /** Steps into the round: once and forever, the index; ping-pong, the index there and back again. */
  readonly step: number;
}

/** On the first cue of `count`. */
export function startCursor(loop: Loop, count: number): Cursor {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`a cuelist of ${count} cues`);
  return { loop, count, step: 0 };
}

/** Index of the cue it stands on, from 0. */
export function cueIndex(cursor: Cursor): number {
  // Only ping-pong steps beyond the last cue: on its way back.
  return cursor.step < cursor.count ? cursor.step : 2 * (cursor.count - 1) - cursor.step;
}

/** On the next cue; undefined after the last cue of a list that plays once. */
export function advance(cursor: Cursor): Cursor | undefined {
  if (cursor.loop === 'once' && cursor.step === cursor.count - 1) return undefined;
  return { ...cursor, step: (cursor.step + 1) % roundSteps(cursor) };
}

/** On the cue before: what `advance` would have come from. A list that plays once has nothing before its first cue and stays. */
export function back(cursor: Cursor): Cursor {
  if (cursor.loop === 'once' && cursor.step === 0) return cursor;
  const steps = roundSteps(cursor);
  return { ...cursor, step: (cursor.step + steps - 1) % steps };
}

/** On the cue of a name or of a number from 1; names go first. Ping-pong goes on forwards. Undefined when there is none. */
export function goTo(cursor: Cursor, names: readonly string[], target: string | number): Cursor | undefined {
  const named = names.indexOf(String(target));
  const index = named >= 0 ? named : /^\d+$/.test(String(target)) ? Number(target) - 1 : -1;
  return index >= 0 && index < cursor.count ? { ...cursor, step: index } : undefined;
}

/** Steps until the order begins anew. There and back plays neither end twice. */
function roundSteps({ loop, count }: Cursor): number {
  return loop === 'ping-pong' ? Math.max(1, 2 * (count - 1)) : count;
}
