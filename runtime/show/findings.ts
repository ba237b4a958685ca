/** Findings: where a show is wrong so far, so that a rule is held only against what was understood. */
import type { FieldPath } from '../core/document';
import type { Mistake } from './wording';

export interface Findings {
  /** The value at `path`; undefined where it is absent, or it or an object around it is wrong. Values within it may be wrong. */
  intact<T>(value: T, path: FieldPath): T | undefined;
  /** Whether nothing is wrong at `path`, with what holds it and within. */
  whole(path: FieldPath): boolean;
  /** Notes a broken rule; what broke one is not intact any more. */
  report(path: FieldPath, message: string, remedy: string, at?: 'key' | 'value'): void;
  /** All that was reported. */
  readonly mistakes: readonly Mistake[];
}

/** Findings that begin with the paths that are wrong in themselves. A look-up takes the same time however many they are. */
export function startFindings(wrong: readonly FieldPath[]): Findings {
  const mistakes: Mistake[] = [];
  const places = new Set<string>();
  const holders = new Set<string>();
  const note = (path: FieldPath): void => {
    places.add(JSON.stringify(path));
    for (const start of startsOf(path)) holders.add(start);
  };
  const isWrong = (path: FieldPath): boolean => places.size > 0 && startsOf(path).some((start) => places.has(start));
  wrong.forEach(note);
  return {
    mistakes,
    intact: (value, path) => (isWrong(path) ? undefined : value),
    whole: (path) => !isWrong(path) && !holders.has(JSON.stringify(path)),
    report: (path, message, remedy, at = 'value') => {
      note(path);
      mistakes.push({ path, message, remedy, at });
    },
  };
}

/** `path` and all that hold it, as keys of a set. */
function startsOf(path: FieldPath): string[] {
  return [...path.keys(), path.length].map((depth) => JSON.stringify(path.slice(0, depth)));
}
