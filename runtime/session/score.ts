/** The score: which picture change comes when, of which scene, with which transition. Decides; touches nothing. */
import { cueEndMs, hearInterval, startRhythm, type Rhythm } from '../show/boundary';
import { advance, back, cueIndex, startCursor, type Cursor } from '../show/cursor';
import { joiningSounds } from '../show/joins';
import { chooseScene, NO_PAST, planNextChoice, type NextChoice, type PoolPast } from '../show/pool';
import type { Random } from '../show/random';
import { BLANK_SCENE, sceneOf, type Cue, type CueSound, type Show, type Transition } from '../show/types';

/** A person's request for another cue. */
export type Wish =
  { readonly to: 'next' } | { readonly to: 'previous' } | { readonly to: 'cue'; readonly index: number };

/** Where a wish leads to. */
export interface Aim {
  readonly to: 'aim';
  readonly cue: string;
  /** From 1. */
  readonly cueNumber: number;
  readonly cursor: Cursor;
}

/** One picture change. */
export interface Beat {
  /** Stage ms at which it is due. */
  readonly atMs: number;
  readonly cue: Cue;
  /** From 1. */
  readonly cueNumber: number;
  readonly scene: string;
  readonly transition: Transition;
  /** It comes on where the clip before it has come to its end, `atMs` being when that is expected. */
  readonly follows: boolean;
  /** Whether it begins a run of its cue, and which run that ends. */
  readonly opensCue: boolean;
  readonly endedCue?: { readonly cue: string; readonly number: number; readonly actualMs: number };
  /** Asked for, or a retry: due at once, so it is not late. */
  readonly forced: boolean;
  /**
   * Of a beat that opens a cue whose sounds follow those of the cue before without a gap: when those are due to end, in stage ms. The
   * sounds do not wait for the picture then, and the cue counts from here.
   */
  readonly joinsMs?: number;
}

export interface Score {
  /** The beat the show begins with, due at 0; the same at every call. */
  first(): Beat;
  /** Begins the show at `atMs` with the first beat; `lengthMs` as in `taken`. */
  begin(atMs: number, lengthMs?: number): Beat;
  /** The beat after the one last taken; undefined when none follows before the show is over, at `endMs`. */
  next(): Beat | undefined;
  /** When the run of the cue that is on is due to end. */
  readonly endMs: number;
  /** The cue after the one that is on; undefined where the show is over then. */
  readonly following: Cue | undefined;
  /** Sounds of the cue that is on which the next one joins. */
  readonly joining: readonly CueSound[];
  /** The cue that is on is due to end so much later than now, whatever it was due before. */
  endIn(leftMs: number, nowMs: number): void;
  /** The current item goes on at another place from `atMs` on; `lengthMs` as in `taken`. */
  moved(atMs: number, lengthMs: number | undefined): void;
  /**
   * Where a wish leads to: from `before`, which was asked for and is not carried out yet, else from the cue that is on its way, else from
   * the one that is on. So each of two quick orders counts.
   */
  aim(wish: Wish, before?: Aim): Aim;
  /** The beat that carries out a wish at `nowMs`. */
  jump(wish: Wish | Aim, nowMs: number): Beat;
  /** The same beat later, because there is nothing to show yet. */
  postpone(beat: Beat, atMs: number): Beat;
  /** Notes that a beat came on at `atMs`; `lengthMs`: how long its item lasts, where that ends by itself. */
  taken(beat: Beat, atMs: number, lengthMs?: number): void;
  /** Corrects the length of the item that the beat last taken shows: ask for the next beat again. */
  lasts(lengthMs: number): void;
  /** When the beat last taken came on. */
  readonly lastMs: number;
}

interface CueRun {
  readonly cursor: Cursor;
  readonly startMs: number;
  readonly scene: string;
  readonly sceneSinceMs: number;
  readonly plan: NextChoice;
  /** Of its cue's pool once the run is on: a choice that was never taken does not count. */
  readonly past: PoolPast;
}

/** The trace that the choices of scenes so far leave, by cue; it outlives a reload. */
export type ScorePast = Map<string, PoolPast>;

/**
 * The score of a show, from the cue named `fromCue` on where there is one; `random` is its own generator, so that the same seed plays
 * the same order.
 */
export function createScore(show: Show, random: Random, pasts: ScorePast = new Map(), fromCue?: string): Score {
  const { cues, loop } = show.cuelist;
  const start = startCursor(loop, cues.length);
  const startAt = cues.findIndex(({ name }) => name === fromCue);
  let lastMs = 0;
  /** Of what is on, where it ends by itself. */
  let lengthMs: number | undefined;
  let rhythm: Rhythm = startRhythm();

  /** Of a jump whose picture has not come on yet. */
  let underway: Cursor | undefined;

  const cueAt = (cursor: Cursor): Cue => cues[cueIndex(cursor)]!;
  const cursorOf = (wish: Wish, from: Cursor): Cursor => {
    if (wish.to === 'next') return advance(from) ?? startCursor(loop, cues.length);
    if (wish.to === 'previous') return back(from);
    // By its number: names may be numbers, too.
    return { ...from, step: wish.index };
  };
  const choose = (cue: Cue): Pick<CueRun, 'scene' | 'plan' | 'past'> => {
    if (cue.scenes.length === 0) return { scene: BLANK_SCENE, plan: { when: 'next-cue' }, past: NO_PAST };
    const { entry, past } = chooseScene(cue.scenes, pasts.get(cue.name) ?? NO_PAST, random);
    return { scene: entry.scene, plan: planNextChoice(cue, entry, random), past };
  };
  const enterCue = (cursor: Cursor, atMs: number): CueRun => {
    return { cursor, startMs: atMs, sceneSinceMs: atMs, ...choose(cueAt(cursor)) };
  };

  const settle = (now: CueRun): CueRun => {
    pasts.set(cueAt(now.cursor).name, now.past);
    return now;
  };

  let run = enterCue(startAt < 0 ? start : { ...start, step: startAt }, 0);
  /** The `run` that follows when the beat in flight is taken. */
  let planned: CueRun = run;

  const beatOf = (next: CueRun, atMs: number, opensCue: boolean, forced: boolean, playedOut = false): Beat => {
    const cue = cueAt(next.cursor);
    const scene = sceneOf(show, next.scene);
    const ended = cueAt(run.cursor);
    const endedCue = { cue: ended.name, number: cueIndex(run.cursor) + 1, actualMs: Math.round(atMs - run.startMs) };
    planned = next;
    const staysBlank = next.scene === BLANK_SCENE && run.scene === BLANK_SCENE;
    const transition = opensCue && !staysBlank ? cue.transition : scene.transition;
    // The clip before it goes on moving until it is gone.
    const overlapMs = playedOut ? Math.min(transition.durationMs, (lengthMs ?? 0) / 2) : 0;
    return {
      atMs: atMs - overlapMs,
      cue,
      cueNumber: cueIndex(next.cursor) + 1,
      scene: next.scene,
      transition,
      follows: playedOut && transition.type === 'cut',
      opensCue,
      ...(opensCue ? { endedCue } : {}),
      forced,
    };
  };

  /** The longest change of picture within the cue. */
  const longestChangeMs = ({ scenes }: Cue): number =>
    Math.max(0, ...scenes.map(({ scene }) => sceneOf(show, scene).transition.durationMs));

  const chosenAnew = (atMs: number): CueRun => {
    const { plan } = run;
    const due = plan.when !== 'next-cue' && atMs >= run.sceneSinceMs + plan.afterMs;
    return due ? { ...run, sceneSinceMs: atMs, ...choose(cueAt(run.cursor)) } : run;
  };

  const first: Beat = { ...withoutEnd(beatOf(run, 0, true, true)) };

  return {
    first: () => first,
    begin(atMs, length) {
      lengthMs = length;
      run = settle({ ...run, startMs: atMs, sceneSinceMs: atMs });
      lastMs = atMs;
      return { ...first, atMs };
    },
    next() {
      const cue = cueAt(run.cursor);
      const cycleMs = lengthMs ?? sceneOf(show, run.scene).everyMs;
      const playsOut = (atMs: number): boolean => lengthMs !== undefined && atMs === endMs;
      const dueMs = run.startMs + cue.durationMs;
      const endMs = lastMs + cycleMs;
      // Where nothing is shown no picture has to be waited for.
      let boundaryMs = run.scene === BLANK_SCENE ? Math.max(dueMs, lastMs) : endMs;
      // A scene that is due by time does not wait for its picture's turn.
      if (run.plan.when === 'time')
        boundaryMs = Math.min(boundaryMs, Math.max(lastMs, run.sceneSinceMs + run.plan.afterMs));
      const following = advance(run.cursor);
      const joins = this.joining.length > 0;
      // A change of picture that is still under way when the sounds join would hold the next one up.
      const lastChangeMs = joins ? dueMs - longestChangeMs(cue) : Infinity;
      if (boundaryMs < dueMs && boundaryMs <= lastChangeMs)
        return beatOf(chosenAnew(boundaryMs), boundaryMs, false, false, playsOut(boundaryMs));
      // Nothing follows: the end of the show waits for nothing.
      if (following === undefined) return undefined;
      if (joins) {
        const joinMs = Math.max(dueMs, lastMs);
        return { ...beatOf(enterCue(following, joinMs), joinMs, true, false), joinsMs: joinMs };
      }
      const known = rhythm.smoothedMs === undefined ? startRhythm(Math.min(cycleMs, Number.MAX_SAFE_INTEGER)) : rhythm;
      const atMs = cueEndMs(dueMs, boundaryMs, known);
      return beatOf(enterCue(following, atMs), atMs, true, false, playsOut(atMs));
    },
    get joining() {
      const following = advance(run.cursor);
      return following === undefined ? [] : joiningSounds(cueAt(run.cursor), cueAt(following));
    },
    endIn(leftMs, nowMs) {
      run = { ...run, startMs: nowMs + leftMs - cueAt(run.cursor).durationMs };
    },
    moved(atMs, length) {
      // An item without a length of its own stays for the time that the show gives it, and no longer for a seek.
      if (length === undefined) return;
      lengthMs = length;
      lastMs = atMs;
    },
    aim(wish, before) {
      const cursor = cursorOf(wish, before?.cursor ?? underway ?? run.cursor);
      return { to: 'aim', cue: cueAt(cursor).name, cueNumber: cueIndex(cursor) + 1, cursor };
    },
    jump(wish, nowMs) {
      underway = wish.to === 'aim' ? wish.cursor : cursorOf(wish, run.cursor);
      return beatOf(enterCue(underway, nowMs), nowMs, true, true);
    },
    postpone: (beat, atMs) => ({ ...beat, atMs, forced: true, follows: false }),
    taken(beat, atMs, length) {
      lengthMs = length;
      underway = undefined;
      if (run.scene !== BLANK_SCENE) rhythm = hearInterval(rhythm, atMs - lastMs);
      // The run counts from when it really came on.
      run = settle({
        ...planned,
        ...(beat.opensCue ? { startMs: beat.joinsMs ?? atMs } : {}),
        sceneSinceMs: beat.opensCue || planned.sceneSinceMs === beat.atMs ? atMs : planned.sceneSinceMs,
      });
      lastMs = atMs;
    },
    lasts(length) {
      lengthMs = length;
    },
    get endMs() {
      return run.startMs + cueAt(run.cursor).durationMs;
    },
    get following() {
      const next = advance(run.cursor);
      return next === undefined ? undefined : cueAt(next);
    },
    get lastMs() {
      return lastMs;
    },
  };
}

function withoutEnd({ endedCue: _, ...beat }: Beat): Beat {
  return beat;
}
