/**
 * The limiter of the sum: holds the true peak of a mix of any number of sounds under a ceiling, by turning both channels down before the
 * peak comes. It is built of nodes of the audio library, so the thread that renders needs nobody else. A mix that stays under the ceiling
 * comes out as it went in, to the bit, `LIMITER_DELAY_FRAMES` later.
 */
import { linearOf } from '../mastering/chain';
import { Fader } from './fader';
import { HALF_TAPS, middleTaps, MOST_OVERREAD, QUARTER_HALF_TAPS, quarterTaps } from './peak-points';
import type { Analyser, BaseContext, Gain, Node } from './web-audio';

/** The library's filters take 20 coefficients: one delays by 19 frames at most. */
const MOST_DELAY_FRAMES = 19;
/** From here on the library's delay line costs less than its filter; it interpolates, so what is heard does not pass it. */
const DELAY_LINE_FROM_FRAMES = 8;
/**
 * The gain comes down as three boxes of these lengths, one smoothed by the next, do: an S of 57 frames. Their lengths are frames, not ms, because
 * their limits are: 20 coefficients a filter, and a quantum for which a peak is held. The rest of the look-ahead is half an interpolation
 * filter, which is frames by nature. So the ceiling holds at each rate (measured at 8 to 192 kHz), and only the time of the fall differs: a
 * fall by 12 dB takes 0.86 ms at 44.1 kHz, 0.79 at 48, 0.39 at 96.
 */
const ATTACK_BOXES = [20, 20, 19] as const;
const ATTACK_FRAMES = ATTACK_BOXES.reduce((sum, box) => sum + box - 1, 0);
/** Frames that are rendered at once, and so the shortest way back to an earlier node. A power of two, longer than the attack. */
const QUANTUM_FRAMES = 128;
/** Back up to 1/e of the way: bass is not followed wave by wave. */
const RELEASE_MS = 120;
/**
 * How far under the ceiling peaks are brought: those that are hardly over it, and those that are `FAR_OVER_DB` over it or more, mostly noise.
 * A peak between two of the four points is read too low, and only a point over the ceiling starts the limiter: by 0.69 dB at most at half
 * the rate (ITU-R BS.1770-4, annex 2, attachment 1). Of 2400 mixes, half of them noise alone, 8 passed the ceiling, by 0.14 dB at most.
 */
const LEAST_MARGIN_DB = 0.1;
const MOST_MARGIN_DB = 1.1;
const FAR_OVER_DB = 2;
/** A change of the ceiling: the largest step between two frames from 0 to -12 dBTP is -63 dBFS at 48 kHz. */
const CEILING_MS = 100;
/** Peaks up to so many times the ceiling are brought under it: 48 dB. */
const RANGE = 256;
const CURVE_STEPS = 32_768;

/** How much later the mix comes out. */
export const LIMITER_DELAY_FRAMES = HALF_TAPS + ATTACK_FRAMES;

/** By what share a level is turned down: 0 up to the ceiling. Levels from -`RANGE` to `RANGE` ceilings, as the library wants its curves. */
export function reductionCurve(): Float32Array {
  return Float32Array.from({ length: CURVE_STEPS + 1 }, (_, step) => {
    const level = Math.abs(((2 * step) / CURVE_STEPS - 1) * RANGE);
    if (level <= 1) return 0;
    const far = Math.min(1, (20 * Math.log10(level)) / FAR_OVER_DB);
    return 1 - linearOf(-(LEAST_MARGIN_DB + far * (MOST_MARGIN_DB - LEAST_MARGIN_DB))) / level;
  });
}

/** The same for each limiter; the library copies it. */
let sharedCurve: Float32Array | undefined;

/** From a level to its place on the curve. */
const scaleOf = (ceilingDb: number): number => 1 / (RANGE * linearOf(ceilingDb) * MOST_OVERREAD);

/** The positive half of a wave. */
const POSITIVE = Float32Array.of(0, 0, 1);

/** Main thread only; rendering is the library's. */
export class SumLimiter {
  readonly input: Gain;
  readonly output: Gain;
  /** The share by which the mix is turned down, frame by frame; 0 where it is as it was. */
  readonly reduction: Analyser;
  private readonly scales: Gain[] = [];
  /** Made with the first change of the ceiling: until then it would cost time and do nothing. */
  private glide: Fader | undefined;
  /** The library takes away what nobody holds. */
  private readonly nodes: Node[] = [];

  constructor(
    private readonly context: BaseContext,
    private readonly firstCeilingDb: number,
  ) {
    this.input = this.gain(1);
    this.input.channelCount = 2;
    this.input.channelCountMode = 'explicit';
    const sample = this.delay(this.input, HALF_TAPS);
    this.output = this.gain(1);
    this.delay(sample, ATTACK_FRAMES).connect(this.output);
    let smooth = this.released(this.held(this.wanted(sample)));
    for (const box of ATTACK_BOXES) smooth = this.filter(smooth, new Array<number>(box).fill(1 / box));
    const down = this.gain(-1, smooth);
    down.connect(this.output.gain);
    this.reduction = this.keep(context.createAnalyser(), smooth);
  }

  /** Highest true peak that comes out, in dBTP: glides there, 95 % of the way in `CEILING_MS`. */
  setCeiling(ceilingDb: number): void {
    this.glide ??= new Fader(this.context, this.scales, scaleOf(this.firstCeilingDb), CEILING_MS);
    this.glide.to(scaleOf(ceilingDb));
  }

  /** The share that the louder channel asks for: at `sample`, which is `HALF_TAPS` old, and at the points between it and the next one. */
  private wanted(sample: Node): Node {
    const taps = middleTaps();
    const middle = this.gain(1, this.filter(this.input, taps.slice(HALF_TAPS).reverse()));
    this.filter(sample, taps.slice(0, HALF_TAPS).reverse()).connect(middle);
    const around = this.delay(this.input, HALF_TAPS - QUARTER_HALF_TAPS);
    const quarters = ([0.25, 0.75] as const).map((share) => this.filter(around, quarterTaps(share).reverse()));
    const curve = (sharedCurve ??= reductionCurve());
    const shares = [sample, middle, ...quarters].map((level) => {
      const scale = this.gain(scaleOf(this.firstCeilingDb), level);
      this.scales.push(scale);
      return this.shaper(curve, scale);
    });
    const both = shares.reduce((a, b) => this.larger(a, b));
    const splitter = this.keep(this.context.createChannelSplitter(2), both);
    const [left, right] = [this.gain(1), this.gain(1)];
    splitter.connect(left, 0);
    splitter.connect(right, 1);
    return this.larger(left, right);
  }

  /** The largest of the last quantum. */
  private held(from: Node): Node {
    let most = from;
    for (let frames = 1; frames < QUANTUM_FRAMES; frames *= 2) {
      const before = frames < DELAY_LINE_FROM_FRAMES ? this.delay(most, frames) : this.delayLine(most, frames);
      most = this.larger(most, before);
    }
    return most;
  }

  /** Goes up at once and down slowly: the larger of now and of a quantum ago, that a little less. */
  private released(held: Node): Node {
    const before = this.gain(Math.exp((-1000 * QUANTUM_FRAMES) / (RELEASE_MS * this.context.sampleRate)));
    const larger = this.larger(held, before);
    this.delayLine(larger, QUANTUM_FRAMES).connect(before);
    return larger;
  }

  /** `b`, and what `a` has more. */
  private larger(a: Node, b: Node): Node {
    const more = this.shaper(POSITIVE, a);
    this.gain(-1, b).connect(more);
    const larger = this.gain(1, b);
    more.connect(larger);
    return larger;
  }

  /** Later by whole frames, to the bit. */
  private delay(from: Node, frames: number): Node {
    const step = Math.min(frames, MOST_DELAY_FRAMES);
    if (step === 0) return from;
    return this.delay(this.filter(from, [...new Array<number>(step).fill(0), 1]), frames - step);
  }

  private delayLine(from: Node, frames: number): Node {
    const line = this.keep(this.context.createDelay(1), from);
    line.delayTime.value = frames / this.context.sampleRate;
    return line;
  }

  /** Taps: that of the newest sample first. */
  private filter(from: Node, taps: readonly number[]): Node {
    // The library reads no more taps than there are coefficients of the way back.
    const back = [1, ...new Array<number>(taps.length - 1).fill(0)];
    return this.keep(this.context.createIIRFilter([...taps], back), from);
  }

  private shaper(curve: Float32Array, from: Node): Node {
    const shaper = this.keep(this.context.createWaveShaper(), from);
    shaper.curve = curve;
    return shaper;
  }

  private gain(value: number, from?: Node): Gain {
    const gain = this.keep(this.context.createGain(), from);
    gain.gain.value = value;
    return gain;
  }

  private keep<N extends Node>(node: N, from?: Node): N {
    this.nodes.push(node);
    from?.connect(node);
    return node;
  }
}
