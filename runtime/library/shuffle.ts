/** Shuffled draws: weighted by theme, and no file again before its horizon. A draw takes no time that grows with the files. */
import type { DrawSource, PlannedFile, ThemeFiles } from './planner';

interface Entry {
  readonly file: PlannedFile;
  readonly pool: Pool;
  /** Index in the pool's entries. */
  at: number;
}

/** A theme's files: those that may be drawn stand before `available`, those drawn of late from there on. */
interface Pool {
  weight: number;
  readonly entries: Entry[];
  available: number;
}

export function openShuffle(repeatHorizon: number, random: () => number): DrawSource {
  const pools = new Map<string, Pool>();
  const entries = new Map<string, Entry>();
  /** The last picks, oldest first: drawn or still pending. None of them may be picked. */
  const recent = new Set<Entry>();
  /** Paths of the last draws that left the planner, oldest first; also of files that are gone: they may come back. */
  const delivered = new Set<string>();

  const horizon = (): number => Math.max(0, Math.min(repeatHorizon, entries.size - 1));

  const take = (entry: Entry): void => {
    swap(entry.pool, entry.at, entry.pool.available - 1);
    entry.pool.available -= 1;
    recent.add(entry);
  };
  const giveBack = (entry: Entry): void => {
    recent.delete(entry);
    swap(entry.pool, entry.at, entry.pool.available);
    entry.pool.available += 1;
  };

  const add = (path: string, theme: string, pool: Pool): void => {
    const entry: Entry = { file: { path, theme }, pool, at: pool.entries.length };
    pool.entries.push(entry);
    entries.set(path, entry);
    swap(pool, entry.at, pool.available);
    pool.available += 1;
  };
  const drop = (entry: Entry): void => {
    if (recent.has(entry)) giveBack(entry);
    swap(entry.pool, entry.at, entry.pool.available - 1);
    entry.pool.available -= 1;
    swap(entry.pool, entry.at, entry.pool.entries.length - 1);
    entry.pool.entries.pop();
    entries.delete(entry.file.path);
  };
  /** Predictions that may stay once files are gone. */
  const settle = (pending: readonly PlannedFile[]): PlannedFile[] => {
    let at = delivered.size;
    const lastAt = new Map([...delivered].map((path, index) => [path, index]));
    return pending.filter((file) => {
      const before = lastAt.get(file.path);
      const gone = entries.get(file.path)?.file !== file;
      if (gone || (before !== undefined && at - before <= horizon())) return false;
      lastAt.set(file.path, at);
      at += 1;
      return true;
    });
  };

  /** Makes recent what was drawn or predicted within the horizon. */
  const recall = (pending: readonly PlannedFile[]): void => {
    for (const entry of [...recent]) giveBack(entry);
    const order = [...delivered, ...pending.map(({ path }) => path)];
    const last = new Set<string>();
    for (const path of order.slice(order.length - Math.min(order.length, horizon()))) {
      last.delete(path);
      last.add(path);
    }
    for (const path of last) {
      const entry = entries.get(path);
      if (entry !== undefined) take(entry);
    }
  };

  return {
    get size() {
      return entries.size;
    },
    pick() {
      for (const entry of recent) {
        if (recent.size <= horizon()) break;
        giveBack(entry);
      }
      const pool = pickPool(pools.values(), random());
      const entry = pool?.entries[Math.floor(random() * pool.available)];
      if (entry === undefined) return undefined;
      take(entry);
      return entry.file;
    },
    drawn(file) {
      delivered.delete(file.path);
      delivered.add(file.path);
      for (const oldest of delivered) {
        if (delivered.size <= repeatHorizon) break;
        delivered.delete(oldest);
      }
    },
    update(themes, pending) {
      const wanted = firstThemes(themes);
      const gone = [...entries.values()].filter(({ file }) => wanted.get(file.path) !== file.theme);
      gone.forEach(drop);
      // Files that only join force nothing: what was predicted without them stays.
      const kept = gone.length > 0 ? settle(pending) : [...pending];
      const names = new Set(themes.map(({ name }) => name));
      for (const name of pools.keys()) if (!names.has(name)) pools.delete(name);
      for (const { name, weight } of themes) {
        const pool = pools.get(name);
        if (pool === undefined) pools.set(name, { weight, entries: [], available: 0 });
        else pool.weight = weight;
      }
      for (const [path, theme] of wanted) {
        if (!entries.has(path)) add(path, theme, pools.get(theme)!);
      }
      recall(kept);
      return kept;
    },
    remove(path, pending) {
      const entry = entries.get(path);
      if (entry === undefined) return [...pending];
      drop(entry);
      const kept = settle(pending);
      recall(kept);
      return kept;
    },
  };
}

function swap(pool: Pool, a: number, b: number): void {
  if (a === b) return;
  const first = pool.entries[a]!;
  const second = pool.entries[b]!;
  pool.entries[a] = second;
  pool.entries[b] = first;
  second.at = a;
  first.at = b;
}

/** A pool by the weight of what may be drawn of it: a file weighs its theme's weight over the theme's files. */
function pickPool(pools: Iterable<Pool>, at: number): Pool | undefined {
  const candidates = [...pools].filter((pool) => pool.available > 0);
  const weighOf = (pool: Pool): number => (pool.weight * pool.available) / pool.entries.length;
  let left = at * candidates.reduce((sum, pool) => sum + weighOf(pool), 0);
  for (const pool of candidates) {
    left -= weighOf(pool);
    if (left < 0) return pool;
  }
  return candidates.at(-1);
}

/** Every path with the first theme that lists it, in listed order. */
export function firstThemes(themes: readonly ThemeFiles[]): Map<string, string> {
  const first = new Map<string, string>();
  for (const { name, files } of themes) {
    for (const path of files) if (!first.has(path)) first.set(path, name);
  }
  return first;
}
