/** The fades of a voice: its gains in both states, and the frame of the clock from which on nothing of it is heard. */
import { STATES, type Mixer, type Role } from '../output/mixer';
import type { Gain, Node } from '../output/web-audio';
import { POWER_FADE, type Fade } from './fade';

/** Main thread only. One gain for each kind of fade, so that none disturbs another one. */
export class VoiceFades {
  private readonly gains: readonly { readonly volume: Gain; readonly fadeIn: Gain; readonly fadeOut: Gain }[];
  /** Where it begins to fade out, and where that is over. */
  private fadeFrame = Infinity;
  private stopFrame = Infinity;
  /** Where it has given way. */
  private goneFrame = Infinity;

  constructor(
    private readonly mixer: Mixer,
    role: Role,
    private readonly volume: number,
  ) {
    const { context } = mixer;
    this.gains = STATES.map((state) => {
      const [level, fadeIn, fadeOut] = [context.createGain(), context.createGain(), context.createGain()];
      level.gain.value = volume;
      level.connect(fadeIn);
      fadeIn.connect(fadeOut);
      fadeOut.connect(mixer.input(role, state));
      return { volume: level, fadeIn, fadeOut };
    });
  }

  /** Where the sources of a state go, by its place in `STATES`. */
  input(lane: number): Node {
    return this.gains[lane]!.volume;
  }

  /** Nothing of the voice is heard from here on. */
  get quietFrame(): number {
    return Math.min(this.stopFrame, this.goneFrame);
  }

  private get rateHz(): number {
    return this.mixer.context.sampleRate;
  }

  /** Whether a fade out is heard already. */
  private get fadesOut(): boolean {
    return this.fadeFrame <= Math.round(this.mixer.context.currentTime * this.rateHz);
  }

  /** Fades in from a frame of the clock on; called again, the last one counts. */
  fadeIn(clockFrame: number, values: readonly number[], seconds: number): void {
    this.curve('fadeIn', values, clockFrame, seconds);
  }

  /** Fades out from a frame of the clock on. Called again, the new time counts; a fade that is heard already goes on as it was. */
  stop(clockFrame: number, fadeOutMs: number, shape: Fade): void {
    if (this.fadesOut) return;
    this.goOn();
    const seconds = fadeOutMs / 1000;
    this.fadeFrame = clockFrame;
    this.stopFrame = clockFrame + Math.ceil(seconds * this.rateHz);
    if (seconds > 0) this.curve('fadeOut', shape.out, clockFrame, seconds);
    else for (const { fadeOut } of this.gains) fadeOut.gain.setValueAtTime(0, clockFrame / this.rateHz);
  }

  /** Takes `stop` back. A fade that is heard already goes on. */
  goOn(): void {
    if (this.stopFrame === Infinity || this.fadesOut) return;
    this.fadeFrame = Infinity;
    this.stopFrame = Infinity;
    for (const { fadeOut } of this.gains) fadeOut.gain.cancelScheduledValues(0);
  }

  /** Silent from a frame of the clock on, after a short fade: whatever else it does. */
  hush(clockFrame: number, overMs: number): void {
    if (this.goneFrame === Infinity) this.giveWay(clockFrame, overMs, POWER_FADE);
    else this.stop(clockFrame, overMs, POWER_FADE);
  }

  /** Goes down to nothing from a frame of the clock on, whatever `stop` does meanwhile. Once. */
  giveWay(clockFrame: number, overMs: number, shape: Fade): void {
    const seconds = overMs / 1000;
    this.goneFrame = clockFrame + Math.ceil(seconds * this.rateHz);
    this.curve(
      'volume',
      shape.out.map((share) => share * this.volume),
      clockFrame,
      seconds,
    );
  }

  private curve(
    which: 'volume' | 'fadeIn' | 'fadeOut',
    values: readonly number[],
    clockFrame: number,
    seconds: number,
  ): void {
    if (seconds === 0) return;
    const fromS = clockFrame / this.rateHz;
    for (const gains of this.gains) {
      const { gain } = gains[which];
      gain.cancelScheduledValues(0);
      // Without this the library holds a value from within the curve until the curve begins.
      gain.setValueAtTime(values[0]!, fromS);
      gain.setValueCurveAtTime(values, fromS, seconds);
    }
  }

  /** Takes the gains out of the graph. */
  close(): void {
    for (const { volume, fadeIn, fadeOut } of this.gains)
      for (const gain of [volume, fadeIn, fadeOut]) gain.disconnect();
  }
}
