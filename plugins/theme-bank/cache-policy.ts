/** Decisions of the picture cache: who gets how much of it, how far ahead each reel decodes, which picture goes first, what fits. Pure. */

export interface Claim {
  readonly weight: number;
  readonly files: number;
}

/**
 * Shares `total` slots over claims by weight, never more than a claim has files; what one cannot use goes to the others.
 * Whole numbers that sum up to `min(total, all files)`.
 */
export function shares(total: number, claims: readonly Claim[]): number[] {
  const granted = claims.map(() => 0);
  let left = Math.floor(total);
  for (;;) {
    const open = claims.flatMap((claim, at) => (granted[at]! < claim.files && claim.weight > 0 ? [at] : []));
    if (left <= 0 || open.length === 0) return granted;
    const weight = open.reduce((sum, at) => sum + claims[at]!.weight, 0);
    const round = left;
    for (const at of open) {
      const wanted = Math.floor((round * claims[at]!.weight) / weight);
      const given = Math.min(wanted, claims[at]!.files - granted[at]!, left);
      granted[at]! += given;
      left -= given;
    }
    if (left === round) {
      // Fewer slots than claims: one each, heaviest first.
      open.sort((a, b) => claims[b]!.weight - claims[a]!.weight || a - b);
      for (const at of open.slice(0, left)) granted[at]! += 1;
      left -= Math.min(left, open.length);
    }
  }
}

export interface ReelDemand {
  /** Somebody plays it; otherwise it only stands by for its first picture. */
  readonly open: boolean;
  /** Different pictures it can show: looking ahead further finds nothing new. */
  readonly files: number;
  /** How far it would like to look. */
  readonly wanted: number;
}

/** Standing by takes at most this part of the cache: what is playing comes first. */
const STANDBY_RATIO = 0.25;

/**
 * How many predictions of each reel are pinned, given `slots` that no shown picture takes. Open reels share alike; a reel
 * that stands by gets one, so that a change of scene finds its first picture ready.
 */
export function windows(slots: number, demands: readonly ReelDemand[]): number[] {
  const open = demands.filter((demand) => demand.open).length;
  let standby = Math.floor(open === 0 ? slots : slots * STANDBY_RATIO);
  const depths = demands.map((demand): number => {
    if (demand.open || demand.files === 0 || standby < 1) return 0;
    standby -= 1;
    return 1;
  });
  const left = slots - depths.reduce((sum, depth) => sum + depth, 0);
  const reach = demands.map((demand) => (demand.open ? Math.min(demand.wanted, demand.files) : 0));
  const granted = shares(
    left,
    reach.map((files) => ({ weight: 1, files })),
  );
  return depths.map((depth, at) => depth + granted[at]!);
}

export interface Resident {
  readonly theme: string;
  /** Shown, or in a look-ahead window. */
  readonly pinned: boolean;
  /** Rises with every use. */
  readonly usedAt: number;
}

/**
 * The entry to evict: the longest unused of those not pinned, among themes that hold more than their share where there
 * are any. Undefined when all are pinned. A theme without a share may hold nothing.
 */
export function victim<R extends Resident>(residents: Iterable<R>, shareOf: (theme: string) => number): R | undefined {
  const held = new Map<string, number>();
  const all = [...residents];
  for (const { theme } of all) held.set(theme, (held.get(theme) ?? 0) + 1);
  let oldest: R | undefined;
  let oldestOver: R | undefined;
  for (const entry of all) {
    if (entry.pinned) continue;
    if (oldest === undefined || entry.usedAt < oldest.usedAt) oldest = entry;
    const over = held.get(entry.theme)! > shareOf(entry.theme);
    if (over && (oldestOver === undefined || entry.usedAt < oldestOver.usedAt)) oldestOver = entry;
  }
  return oldestOver ?? oldest;
}

/** Pictures and the bytes of their pixels. */
export interface Amount {
  readonly entries: number;
  readonly bytes: number;
}

export const NOTHING: Amount = { entries: 0, bytes: 0 };

/**
 * The picture shown and the one that takes its place: with fewer a show would stand still, so a picture that is asked for may go that
 * far beyond the limits. The store has the last word.
 */
const FEWEST = 2;

/** Whether `need` fits into the limits beside all that is taken. */
export function fits(need: Amount, taken: readonly Amount[], limits: Amount, asked: boolean): boolean {
  const entries = taken.reduce((sum, each) => sum + each.entries, need.entries);
  const bytes = taken.reduce((sum, each) => sum + each.bytes, need.bytes);
  const fewest = asked ? FEWEST : 0;
  return entries <= Math.max(limits.entries, fewest) && bytes <= Math.max(limits.bytes, fewest * need.bytes);
}
