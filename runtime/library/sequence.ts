/** Draws in sequence: natural file order, theme after theme, round and round. */
import type { DrawSource, PlannedFile } from './planner';
import { firstThemes } from './shuffle';

export function openSequence(): DrawSource {
  let list: readonly PlannedFile[] = [];
  /** Index of the next pick; may be the length of the list, which is the end of a round. */
  let next = 0;

  const replace = (now: readonly PlannedFile[], pending: readonly PlannedFile[]): PlannedFile[] => {
    const places = new Map(now.map(({ path }, at) => [path, at]));
    // Go on behind the last pick, or behind the nearest before it that is still there.
    let at = next - 1;
    while (at >= 0 && !places.has(list[at]!.path)) at -= 1;
    next = at < 0 ? 0 : places.get(list[at]!.path)! + 1;
    list = now;
    return pending.flatMap(({ path }) => now[places.get(path) ?? -1] ?? []);
  };

  return {
    get size() {
      return list.length;
    },
    pick() {
      if (next >= list.length) next = 0;
      const file = list[next];
      if (file !== undefined) next += 1;
      return file;
    },
    drawn() {},
    update: (themes, pending) =>
      replace(
        [...firstThemes(themes)].map(([path, theme]) => ({ path, theme })),
        pending,
      ),
    remove: (path, pending) =>
      replace(
        list.filter((file) => file.path !== path),
        pending,
      ),
  };
}
