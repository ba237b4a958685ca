/** The counters of the chunk cache: what was there when it was needed. The worker's own looks never count. Pure. */

export interface TierCounts {
  readonly hits: number;
  readonly misses: number;
}

export interface TierReport extends TierCounts {
  readonly chunks: number;
  readonly bytes: number;
  /** 0 to 1; 1 while nothing was asked for. */
  readonly hitRate: number;
}

/** Where a chunk was when a track came to it. */
export type Found = 'tier1' | 'tier2' | 'nowhere';

/** How a track came to a chunk: on from the one before, or by a jump (a pause that ends is none: it stays in its chunk). */
export type Way = 'on' | 'jump';

/** Health is judged by so many of the last chunks that tracks went on to, once there are enough of them. */
const RECENT = 60;
const JUDGED = 20;
/** Below it tracks wait for their chunks: the disk or the processor is too slow. */
const HEALTHY_HIT_RATE = 0.9;

export class ChunkCounters {
  private readonly tier1 = { hits: 0, misses: 0 };
  private readonly tier2 = { hits: 0, misses: 0 };
  private readonly recent: boolean[] = [];

  /** Tier 1 is made for going on, tier 2 for jumps: a jump asks tier 2 only where tier 1 has nothing, and going on never does. */
  count(found: Found, way: Way): void {
    if (found === 'tier1') this.tier1.hits += 1;
    else if (way === 'on') this.tier1.misses += 1;
    if (way === 'jump' && found !== 'tier1') this.tier2[found === 'tier2' ? 'hits' : 'misses'] += 1;
    if (way === 'jump') return;
    this.recent.push(found === 'tier1');
    if (this.recent.length > RECENT) this.recent.shift();
  }

  /** Whether tracks lately found what they went on to. */
  get isHealthy(): boolean {
    const hits = this.recent.filter(Boolean).length;
    return this.recent.length < JUDGED || hits / this.recent.length >= HEALTHY_HIT_RATE;
  }

  report(tier: 'tier1' | 'tier2', chunks: number, bytes: number): TierReport {
    const { hits, misses } = this[tier];
    return { chunks, bytes, hits, misses, hitRate: hits + misses === 0 ? 1 : hits / (hits + misses) };
  }
}
