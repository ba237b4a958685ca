/**
 * The limiter: holds true peaks under a ceiling by turning the gain down before they come. What comes out is later than what went in by
 * `delayFrames`; otherwise, where nothing is too loud, it is the same. Pure but for its own state.
 */
import { PEAK_DELAY_FRAMES, TruePeak } from './true-peak';

/** The gain has come down when the peak arrives: short enough to be masked by it, long enough not to click. */
const ATTACK_MS = 1.5;
/** Back up to 1/e of the way. */
const RELEASE_MS = 120;

export class Limiter {
  readonly delayFrames: number;
  private readonly attackFrames: number;
  private readonly peaks: readonly TruePeak[];
  private readonly release: number;
  /** The samples that wait, one ring for each channel. */
  private readonly waiting: readonly Float64Array[];
  private readonly smallest: SlidingMinimum;
  private held = 1;
  /** Gains whose mean is the gain: a ramp of the attack's length. */
  private readonly ramp: Float64Array;
  private rampSum: number;
  private frame = 0;

  constructor(
    channels: number,
    rateHz: number,
    private readonly ceiling: number,
  ) {
    this.attackFrames = Math.max(1, Math.round((ATTACK_MS / 1000) * rateHz));
    this.delayFrames = this.attackFrames + PEAK_DELAY_FRAMES;
    this.peaks = Array.from({ length: channels }, () => new TruePeak(ceiling));
    this.waiting = Array.from({ length: channels }, () => new Float64Array(this.delayFrames));
    // The peak lies between two samples: both have to be down.
    this.smallest = new SlidingMinimum(this.attackFrames + 2);
    this.release = 1 - Math.exp(-1000 / (RELEASE_MS * rateHz));
    this.ramp = new Float64Array(this.attackFrames).fill(1);
    this.rampSum = this.attackFrames;
  }

  /** In place: frame n of the blocks becomes frame n - `delayFrames` of the signal. All channels at the same gain. */
  process(blocks: readonly Float64Array[], frames: number): void {
    const { peaks, waiting, ceiling, ramp, smallest } = this;
    for (let i = 0; i < frames; i++) {
      let peak = 0;
      for (let channel = 0; channel < blocks.length; channel++)
        peak = Math.max(peak, peaks[channel]!.next(blocks[channel]![i]!));
      const wanted = smallest.next(peak > ceiling ? ceiling / peak : 1);
      this.held = Math.min(wanted, this.held + (1 - this.held) * this.release);
      const slot = this.frame % this.attackFrames;
      this.rampSum += this.held - ramp[slot]!;
      ramp[slot] = this.held;
      // Sums drift: once around, it is taken anew.
      if (slot === this.attackFrames - 1) this.rampSum = ramp.reduce((sum, gain) => sum + gain, 0);
      const gain = this.rampSum / this.attackFrames;
      const place = this.frame % this.delayFrames;
      for (let channel = 0; channel < blocks.length; channel++) {
        const block = blocks[channel]!;
        const ring = waiting[channel]!;
        const sample = block[i]!;
        block[i] = ring[place]! * gain;
        ring[place] = sample;
      }
      this.frame += 1;
    }
  }
}

/** The smallest of the last values: a queue whose values rise. */
class SlidingMinimum {
  private readonly values: Float64Array;
  private readonly frames: Float64Array;
  private first = 0;
  private count = 0;
  private frame = 0;

  constructor(private readonly window: number) {
    this.values = new Float64Array(window + 1);
    this.frames = new Float64Array(window + 1);
  }

  next(value: number): number {
    const { values, frames, window } = this;
    const size = window + 1;
    while (this.count > 0 && values[(this.first + this.count - 1) % size]! >= value) this.count -= 1;
    const slot = (this.first + this.count) % size;
    values[slot] = value;
    frames[slot] = this.frame;
    this.count += 1;
    if (frames[this.first]! <= this.frame - window) {
      this.first = (this.first + 1) % size;
      this.count -= 1;
    }
    this.frame += 1;
    return values[this.first]!;
  }
}
