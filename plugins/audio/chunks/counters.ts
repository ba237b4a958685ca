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

export class ChunkCounters {
  private readonly tier1 = { hits: 0, misses: 0 };
  private readonly tier2 = { hits: 0, misses: 0 };

  /** A track came to a chunk. What tier 1 had is not looked for in tier 2. */
  count(found: Found): void {
    if (found === 'tier1') this.tier1.hits += 1;
    else {
      this.tier1.misses += 1;
      if (found === 'tier2') this.tier2.hits += 1;
      else this.tier2.misses += 1;
    }
  }

  report(tier: 'tier1' | 'tier2', chunks: number, bytes: number): TierReport {
    const { hits, misses } = this[tier];
    return { chunks, bytes, hits, misses, hitRate: hits + misses === 0 ? 1 : hits / (hits + misses) };
  }
}
