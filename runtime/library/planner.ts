/** The planner: in which order a scene's files come, known ahead of time. Pure but for the random numbers it is given. */
import { openSequence } from './sequence';
import { openShuffle } from './shuffle';

export interface PlannedFile {
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
  /** Different files there are. */
  readonly size: number;
  /** The next file; undefined when there is none. */
  draw(): PlannedFile | undefined;
  /** Exactly the next `count` draws, as long as no file is removed; empty when there is none. */
  peek(count: number): readonly PlannedFile[];
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
  pick(): PlannedFile | undefined;
  /** Changes the files; gives back the predictions that stay. */
  update(themes: readonly ThemeFiles[], pending: readonly PlannedFile[]): PlannedFile[];
  remove(path: string, pending: readonly PlannedFile[]): PlannedFile[];
  /** Tells that a prediction was drawn. */
  drawn(file: PlannedFile): void;
}

export interface PlannerOptions {
  readonly order: 'shuffle' | 'sequence';
  /** Draws before a file may come again, as far as there are enough files. */
  readonly repeatHorizon: number;
  /** From 0 to below 1; the same numbers make the same order. */
  readonly random: () => number;
}

export function openPlanner(options: PlannerOptions): Planner {
  const source = options.order === 'sequence' ? openSequence() : openShuffle(options.repeatHorizon, options.random);
  let pending: PlannedFile[] = [];
  return {
    get size() {
      return source.size;
    },
    draw() {
      const file = pending.shift() ?? source.pick();
      if (file !== undefined) source.drawn(file);
      return file;
    },
    peek(count) {
      while (pending.length < count) {
        const file = source.pick();
        if (file === undefined) break;
        pending.push(file);
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
