/** The shuffle: rounds in which every file comes once, never the same round twice. A pick takes no time that grows with the files. */
import type { Random } from '../show/random';
import type { OrderedFile } from './planner';

interface Entry {
  readonly file: OrderedFile;
  /** Index in `open`; below 0 while it is not there. */
  at: number;
}

export interface Shuffle {
  readonly size: number;
  /** The next file; undefined when there is none. */
  pick(): OrderedFile | undefined;
  /** The file of this path as picks give it. */
  get(path: string): OrderedFile | undefined;
  /** Goes on with other files. New ones join the round that is on. */
  update(files: readonly OrderedFile[]): void;
}

/**
 * How many picks a file rests at least: one where there are two, and at most half of the files, so that the other half can change
 * places.
 */
export function restOf(files: number, horizon: number): number {
  return Math.min(Math.max(1, horizon), Math.floor(files / 2));
}

/** `horizonOf` is the upper bound of the rest, asked before each pick. */
export function openShuffle(horizonOf: () => number, random: Random): Shuffle {
  const entries = new Map<string, Entry>();
  /** May be picked. */
  let open: Entry[] = [];
  /** Picked last in the round before, oldest first: they join `open` one by one. */
  let resting: Entry[] = [];
  /** Picked in this round, oldest first. */
  let done: Entry[] = [];

  const admit = (entry: Entry): void => {
    entry.at = open.length;
    open.push(entry);
  };
  const beginRound = (): void => {
    const rest = restOf(entries.size, horizonOf());
    resting = done.splice(done.length - Math.min(rest, done.length));
    open = [];
    done.forEach(admit);
    done = [];
  };

  return {
    get size() {
      return entries.size;
    },
    get: (path) => entries.get(path)?.file,
    pick() {
      if (open.length + resting.length === 0) beginRound();
      const rest = restOf(entries.size, horizonOf());
      while (resting.length > 0 && (open.length === 0 || resting.length + done.length > rest)) admit(resting.shift()!);
      const entry = open[Math.floor(random() * open.length)];
      if (entry === undefined) return undefined;
      const last = open.pop()!;
      if (last !== entry) {
        open[entry.at] = last;
        last.at = entry.at;
      }
      entry.at = -1;
      done.push(entry);
      return entry.file;
    },
    update(files) {
      const wanted = new Set(files.map(({ path }) => path));
      const stays = ({ file }: Entry): boolean => wanted.has(file.path);
      for (const path of entries.keys()) if (!wanted.has(path)) entries.delete(path);
      resting = resting.filter(stays);
      done = done.filter(stays);
      const kept = open.filter(stays);
      open = [];
      kept.forEach(admit);
      for (const file of files) {
        if (entries.has(file.path)) continue;
        const entry: Entry = { file, at: -1 };
        entries.set(file.path, entry);
        admit(entry);
      }
    },
  };
}
