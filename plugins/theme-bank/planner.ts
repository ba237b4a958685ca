/** The planner: in which order a scene's pictures come, known ahead of time. Pure but for the random numbers it is given. */
import { openSequence } from './sequence';
import { openShuffle } from './shuffle';

export interface PlannedPicture {
  /** Absolute. */
  readonly path: string;
  readonly theme: string;
}

export interface ThemeFiles {
  readonly name: string;
  /** Share of draws of the whole theme, above 0. */
  readonly weight: number;
  /** Absolute paths in natural order. A file of several themes counts for the first. */
  readonly files: readonly string[];
}

export interface Planner {
  /** Different pictures there are. */
  readonly size: number;
  /** The next picture; undefined when there is none. */
  draw(): PlannedPicture | undefined;
  /** Exactly the next `count` draws, as long as no file is removed; empty when there is none. */
  peek(count: number): readonly PlannedPicture[];
  /**
   * Goes on with other files. Predictions stay, except those of files that are gone and those that would now repeat too
   * early; new files join in the draws after them.
   */
  update(themes: readonly ThemeFiles[]): void;
  /** Takes one file out, as `update` does. */
  remove(path: string): void;
}

/** Where predictions come from. */
export interface DrawSource {
  readonly size: number;
  pick(): PlannedPicture | undefined;
  /** Changes the files; gives back the predictions that stay. */
  update(themes: readonly ThemeFiles[], pending: readonly PlannedPicture[]): PlannedPicture[];
  remove(path: string, pending: readonly PlannedPicture[]): PlannedPicture[];
  /** Tells that a prediction was drawn. */
  drawn(picture: PlannedPicture): void;
}

export interface PlannerOptions {
  readonly order: 'shuffle' | 'sequence';
  /** Draws before a picture may come again, as far as there are enough pictures. */
  readonly repeatHorizon: number;
  /** From 0 to below 1; the same numbers make the same order. */
  readonly random: () => number;
}

export function openPlanner(options: PlannerOptions): Planner {
  const source = options.order === 'sequence' ? openSequence() : openShuffle(options.repeatHorizon, options.random);
  let pending: PlannedPicture[] = [];
  return {
    get size() {
      return source.size;
    },
    draw() {
      const picture = pending.shift() ?? source.pick();
      if (picture !== undefined) source.drawn(picture);
      return picture;
    },
    peek(count) {
      while (pending.length < count) {
        const picture = source.pick();
        if (picture === undefined) break;
        pending.push(picture);
      }
      return pending.slice(0, count);
    },
    update(themes) {
      pending = source.update(themes, pending);
    },
    remove(path) {
      pending = source.remove(path, pending);
    },
  };
}
