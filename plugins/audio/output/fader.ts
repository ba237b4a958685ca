/**
 * A fader: gains that glide to a value without a step. The glide is made where sound is rendered, by a filter over a step, so it begins with
 * the first frames that are rendered after the order and no order comes too late; a new order in the middle of a glide bends it.
 */
import type { BaseContext, ConstantSource, Gain, Node } from './web-audio';

/** Of a glide of two equal poles: its time constant, as a share of the time it takes for 95 %. */
const POLE_SHARE = 1 / 4.74;

/** Main thread only. */
export class Fader {
  private readonly step: ConstantSource;
  /** The library takes away what nobody holds. */
  private readonly nodes: Node[];
  /** The exact gains while the step is 0, where a fader has never been moved. */
  private base = NaN;
  private value = NaN;

  /** `gains` move to the value, `opposite` ones to 1 less the value; 95 % of the way in `overMs`. */
  constructor(
    private readonly context: BaseContext,
    private readonly gains: readonly Gain[],
    value: number,
    overMs: number,
    private readonly opposite: readonly Gain[] = [],
  ) {
    this.step = context.createConstantSource();
    this.step.offset.value = 0;
    const pole = Math.exp(-1000 / (POLE_SHARE * overMs * context.sampleRate));
    // The library reads no more coefficients of one side than there are of the other.
    const glide = context.createIIRFilter([(1 - pole) ** 2, 0, 0], [1, -2 * pole, pole ** 2]);
    const back = context.createGain();
    back.gain.value = -1;
    this.nodes = [this.step, glide, back];
    this.step.connect(glide);
    glide.connect(back);
    for (const { gain } of gains) glide.connect(gain);
    for (const { gain } of opposite) back.connect(gain);
    this.begin(value);
    this.step.start();
  }

  get target(): number {
    return this.value;
  }

  /** Is at a value from the first frame on: before anything was rendered. */
  begin(value: number): void {
    this.base = value;
    this.value = value;
    this.step.offset.setValueAtTime(0, this.context.currentTime);
    for (const { gain } of this.gains) gain.value = value;
    for (const { gain } of this.opposite) gain.value = 1 - value;
  }

  to(value: number): void {
    this.value = value;
    this.step.offset.setValueAtTime(value - this.base, this.context.currentTime);
  }

  /** Whether the first frames of the last glide have been rendered. */
  get isUnderWay(): boolean {
    return Math.abs(this.step.offset.value - (this.value - this.base)) < 1e-6;
  }
}
