/** How `check` looks at fonts: by fontconfig's list, which is where the drawing of texts finds them, too. */
import { outputOf } from '../media/child';
import { programOnPath } from '../core/program-on-path';
import type { FontInspector } from '../show/text-finding';

/** The first call after fonts were installed makes fontconfig's cache. */
const LIMIT_MS = 30_000;
const MOST_BYTES = 2 ** 26;

/** Runs `fc-list` (package fontconfig). */
export function fontInspector(env: NodeJS.ProcessEnv): FontInspector {
  return async () => {
    const program = programOnPath('fc-list', env);
    if (program === undefined) return undefined;
    try {
      return coverage(await outputOf(program, ['--format', '%{charset}\n'], LIMIT_MS, MOST_BYTES));
    } catch {
      return undefined;
    }
  };
}

/** From lines of hexadecimal ranges such as `20-7e a0`, one for each font. Pure. */
export function coverage(list: string): (codePoint: number) => boolean {
  const ranges = [...new Set(list.split(/\s+/))]
    .filter((range) => range !== '')
    .map((range) => range.split('-').map((end) => Number.parseInt(end, 16)))
    .map(([from = NaN, to = from]) => ({ from, to }));
  return (codePoint) => ranges.some(({ from, to }) => codePoint >= from && codePoint <= to);
}
