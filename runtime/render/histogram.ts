/** Histograms in shared memory: written by one thread on the frame path, read by any other for percentiles. */

const BUCKETS = 1024;
/** Extra words before the buckets: count, and the maximum in the last one's unit. */
const HEADER = 2;

/** Words of one histogram in its shared Float64Array. Counts fit: 2^53 frames last longer than any panel. */
export const HISTOGRAM_WORDS = HEADER + BUCKETS;

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Values of 0 to `BUCKETS * stepMs`; larger ones count in the last bucket, the maximum stays exact. */
export class Histogram {
  constructor(
    private readonly words: Float64Array,
    private readonly stepMs: number,
  ) {}

  record(valueMs: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(valueMs / this.stepMs)));
    this.words[HEADER + bucket]! += 1;
    this.words[0]! += 1;
    if (valueMs > this.words[1]!) this.words[1] = valueMs;
  }

  get count(): number {
    return this.words[0]!;
  }

  /** The middle of the bucket in which the share `q` of all values is reached; exact to half a step. */
  percentile(q: number): number {
    const wanted = Math.ceil(this.count * q);
    if (wanted === 0) return 0;
    let reached = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      reached += this.words[HEADER + bucket]!;
      if (reached >= wanted) return Math.min(this.words[1]!, (bucket + 0.5) * this.stepMs);
    }
    return this.words[1]!;
  }

  summary(): Percentiles {
    const round = (ms: number): number => Math.round(ms * 1000) / 1000;
    return {
      p50: round(this.percentile(0.5)),
      p95: round(this.percentile(0.95)),
      p99: round(this.percentile(0.99)),
      max: round(this.words[1]!),
    };
  }
}
