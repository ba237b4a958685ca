/** True peaks: what a signal reaches between its samples, by four-fold interpolation (as ITU-R BS.1770-4, annex 2, asks for). Pure. */

/** Points between two samples, and samples on either side that each is made of. */
const PHASES = [0.25, 0.5, 0.75] as const;
const HALF_TAPS = 6;

/** How many samples later a sample's peak is known. */
export const PEAK_DELAY_FRAMES = HALF_TAPS;

/** Windowed sinc: 12 taps for each point. */
const FILTERS: readonly Float64Array[] = PHASES.map((phase) => {
  const taps = Float64Array.from({ length: 2 * HALF_TAPS }, (_, i) => {
    const x = i - (HALF_TAPS - 1) - phase;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / HALF_TAPS);
    return (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
});

/** No point can lie higher than this many times the largest sample around it. */
const MOST_OVERSHOOT = Math.max(...FILTERS.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));

/** One channel's peaks, sample by sample. */
export class TruePeak {
  /** The last samples, twice in a row, so that any stretch of them lies in one piece. */
  private readonly past = new Float64Array(4 * HALF_TAPS);
  private at = 0;
  /** Samples until nothing in `past` can reach the threshold between samples. */
  private loudFor = 0;

  /** Peaks below it need not be known. */
  constructor(private readonly threshold: number) {}

  /**
   * Takes a sample; gives the peak between the samples `PEAK_DELAY_FRAMES` - 1 before it and the one after that, both included, or something below
   * the threshold where it stays below.
   */
  next(sample: number): number {
    const { past, threshold } = this;
    const length = 2 * HALF_TAPS;
    past[this.at] = sample;
    past[this.at + length] = sample;
    this.at = (this.at + 1) % length;
    if (Math.abs(sample) * MOST_OVERSHOOT > threshold) this.loudFor = length;
    if (this.loudFor === 0) return 0;
    this.loudFor -= 1;
    // Oldest first.
    const { at } = this;
    let peak = Math.max(Math.abs(past[at + HALF_TAPS - 1]!), Math.abs(past[at + HALF_TAPS]!));
    for (const taps of FILTERS) {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += taps[i]! * past[at + i]!;
      peak = Math.max(peak, Math.abs(sum));
    }
    return peak;
  }
}
