/** The scene pool: which of a cue's scenes comes next, and when the next one is chosen. Pure, given a generator. */
import type { Random } from './random';
import type { Cue, PoolEntry } from './types';

/** Scenes of the latest choices, newest first; at most three. */
export type PoolHistory = readonly string[];

/** Choices remembered (the seed project's number). */
const REMEMBERED = 3;

export interface Choice {
  readonly entry: PoolEntry;
  readonly history: PoolHistory;
}

/**
 * Chooses by weight among the scenes that were not chosen lately. At most half of the pool is kept out, so that weights
 * still count; in a pool of two or more no scene follows itself. `pool` is not empty, each scene once.
 */
export function chooseScene(pool: readonly PoolEntry[], history: PoolHistory, random: Random): Choice {
  const keptOut = history.slice(0, Math.min(REMEMBERED, Math.floor(pool.length / 2)));
  const open = pool.filter((entry) => !keptOut.includes(entry.scene));
  const entry = drawByWeight(open, random);
  return { entry, history: [entry.scene, ...history].slice(0, REMEMBERED) };
}

function drawByWeight(entries: readonly PoolEntry[], random: Random): PoolEntry {
  const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
  let left = random() * total;
  for (const entry of entries) {
    left -= entry.weight;
    if (left < 0) return entry;
  }
  // Rounding may leave a crumb after the last subtraction.
  const last = entries.at(-1);
  if (last === undefined) throw new RangeError('a pool without scenes');
  return last;
}

/** Shortest and longest stay where a show gives only the other (the seed project's figures). */
const SHORTEST_STAY_MS = 5000;
const LONGEST_STAY_MS = 30_000;

/** How long a scene stays once chosen, in ms: evenly between its min and max. Undefined where it has neither. */
export function planStay({ minMs, maxMs }: PoolEntry, random: Random): number | undefined {
  if (minMs === undefined && maxMs === undefined) return undefined;
  const shortestMs = minMs ?? Math.min(SHORTEST_STAY_MS, maxMs ?? Infinity);
  const longestMs = maxMs ?? Math.max(LONGEST_STAY_MS, shortestMs);
  return shortestMs + random() * (longestMs - shortestMs);
}

/** When a scene is chosen anew, counted from the instant the present one was chosen. */
export type NextChoice =
  /** Not before the next cue. */
  | { readonly when: 'next-cue' }
  /** At the first media-cycle boundary that is not earlier than this. */
  | { readonly when: 'media-cycle'; readonly afterMs: number }
  /** After this time. */
  | { readonly when: 'time'; readonly afterMs: number };

/**
 * Plans the end of the scene just chosen. An entry's own min and max go before the cue's `selectEvery`; with `on-cue-start`
 * a scene has the whole cue.
 */
export function planNextChoice(
  cue: Pick<Cue, 'select' | 'selectEveryMs'>,
  entry: PoolEntry,
  random: Random,
): NextChoice {
  if (cue.select === 'on-cue-start') return { when: 'next-cue' };
  const stayMs = planStay(entry, random);
  if (cue.select === 'on-media-cycle') return { when: 'media-cycle', afterMs: stayMs ?? 0 };
  return { when: 'time', afterMs: stayMs ?? cue.selectEveryMs ?? Infinity };
}
