/** The scene pool: which of a cue's scenes comes next, and when the next one is chosen. Pure, given a generator. */
import type { Random } from './random';
import { chooseByShare, type Credits } from './shares';
import type { Cue, PoolEntry } from './types';

/** The trace of a cue's earlier choices: the scenes chosen last, newest first, at most three, and how far each is from its share. */
export interface PoolPast {
  readonly recent: readonly string[];
  readonly credits: Credits;
}

/** Before the first choice. */
export const NO_PAST: PoolPast = { recent: [], credits: new Map() };

/** Choices remembered (the seed project's number). */
const REMEMBERED = 3;

export interface Choice {
  readonly entry: PoolEntry;
  readonly past: PoolPast;
}

/**
 * Chooses by weight: a scene's part of all choices is its part of the weights. Scenes that were chosen lately, at most half of the
 * pool, are passed over as long as another one is behind its share, so a scene follows itself only where its weight demands it.
 * `pool` is not empty, each scene once.
 */
export function chooseScene(pool: readonly PoolEntry[], past: PoolPast, random: Random): Choice {
  const claims = pool.map(({ scene, weight }) => ({ name: scene, weight }));
  const avoided = past.recent.slice(0, Math.min(REMEMBERED, Math.floor(pool.length / 2)));
  const { name, credits } = chooseByShare(claims, past.credits, random, { avoided });
  const entry = pool.find(({ scene }) => scene === name)!;
  return { entry, past: { recent: [name, ...past.recent].slice(0, REMEMBERED), credits } };
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
