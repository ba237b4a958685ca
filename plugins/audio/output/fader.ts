/** A fader: a gain that glides from value to value without a step, however late its orders come to the thread that renders. */
import type { BaseContext, Gain } from './web-audio';

/** Main thread only; what it says is heard `leadS` s later. */
export class Fader {
  /** When the last glide is over. */
  private freeS = 0;

  /** `leadS`: what is ordered for an earlier time may come too late, and would be a step. */
  constructor(
    readonly gain: Gain,
    private readonly context: BaseContext,
    private readonly leadS: () => number,
    private value = 1,
  ) {
    gain.gain.value = value;
  }

  get target(): number {
    return this.value;
  }

  /** The second of the clock at which a glide can begin: after the one that is still on, where there is one. */
  get earliestS(): number {
    return Math.max(this.context.currentTime + this.leadS(), this.freeS);
  }

  /** Glides evenly to `value`, from a second of the clock on that is not before the earliest. */
  to(value: number, ms: number, fromS = this.earliestS): void {
    const { gain } = this.gain;
    gain.setValueAtTime(this.value, fromS);
    this.freeS = fromS + ms / 1000;
    gain.linearRampToValueAtTime(value, this.freeS);
    this.value = value;
  }
}
