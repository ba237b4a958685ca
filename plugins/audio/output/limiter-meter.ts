/** The meter of the limiter: for how long, and by how much at most, what is heard was turned down because its sounds together were too loud. */
import type { Mixer } from './mixer';

/** Frames that the library keeps for a look: two thirds of a second at 48 kHz; looks lie closer together unless a thread hangs. */
const KEPT_FRAMES = 32_768;
/** Less than a thousandth of a dB is nothing. */
const LEAST_SHARE = 1e-4;

/** Main thread only. */
export class LimiterMeter {
  private readonly shares = new Float32Array(KEPT_FRAMES);
  private mixer: Mixer | undefined;
  private lookedFrame = 0;
  private ms = 0;
  private mostShare = 0;

  /** Looks at what was rendered since the last look. */
  look(mixer: Mixer): void {
    const { context, limiter } = mixer;
    const nowFrame = Math.round(context.currentTime * context.sampleRate);
    if (mixer !== this.mixer) {
      this.mixer = mixer;
      this.lookedFrame = 0;
      for (const { reduction } of mixer.limiters) reduction.fftSize = KEPT_FRAMES;
    }
    const frames = Math.min(KEPT_FRAMES, nowFrame - this.lookedFrame);
    if (frames <= 0) return;
    this.lookedFrame = nowFrame;
    limiter.reduction.getFloatTimeDomainData(this.shares);
    let limited = 0;
    for (let at = KEPT_FRAMES - frames; at < KEPT_FRAMES; at++) {
      const share = this.shares[at]!;
      if (share > LEAST_SHARE) limited += 1;
      this.mostShare = Math.max(this.mostShare, share);
    }
    this.ms += (limited / context.sampleRate) * 1000;
  }

  /** `worstDb`: the greatest reduction. */
  report(): { readonly ms: number; readonly worstDb: number } {
    return {
      ms: Math.round(this.ms),
      worstDb: this.mostShare > LEAST_SHARE ? Math.round(-200 * Math.log10(1 - this.mostShare)) / 10 : 0,
    };
  }
}
