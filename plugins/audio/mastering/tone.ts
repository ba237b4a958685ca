/** Tone: a little more weight below and air above, as second-order shelves (the formulas of R. Bristow-Johnson's cookbook). Pure. */

/** Coefficients of one second-order section, normalised to a0 = 1. */
export interface Section {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Gentle: a listener takes it for the room, not for an equaliser. */
const WARMTH = { frequencyHz: 110, gainDb: 1 } as const;
const AIR = { frequencyHz: 8000, gainDb: 1 } as const;
/** Nothing that a loudspeaker of a screen can play lies below; what does only moves its cone and the limiter. */
const RUMBLE_HZ = 25;
const BUTTERWORTH_Q = Math.SQRT1_2;

/** The sections a signal of this rate passes one after the other. */
export function toneSections(rateHz: number): readonly Section[] {
  return [highPass(rateHz, RUMBLE_HZ), shelf(rateHz, WARMTH, 'low'), shelf(rateHz, AIR, 'high')];
}

function highPass(rateHz: number, frequencyHz: number): Section {
  const w = (2 * Math.PI * frequencyHz) / rateHz;
  const [cos, alpha] = [Math.cos(w), Math.sin(w) / (2 * BUTTERWORTH_Q)];
  const a0 = 1 + alpha;
  const b = (1 + cos) / 2 / a0;
  return { b0: b, b1: -2 * b, b2: b, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
}

function shelf(
  rateHz: number,
  { frequencyHz, gainDb }: { readonly frequencyHz: number; readonly gainDb: number },
  end: 'low' | 'high',
): Section {
  const w = (2 * Math.PI * Math.min(frequencyHz, rateHz * 0.45)) / rateHz;
  const [cos, alpha] = [Math.cos(w), Math.sin(w) / (2 * BUTTERWORTH_Q)];
  const a = 10 ** (gainDb / 40);
  const root = 2 * Math.sqrt(a) * alpha;
  const sign = end === 'low' ? 1 : -1;
  const a0 = a + 1 + sign * (a - 1) * cos + root;
  return {
    b0: (a * (a + 1 - sign * (a - 1) * cos + root)) / a0,
    b1: (sign * 2 * a * (a - 1 - sign * (a + 1) * cos)) / a0,
    b2: (a * (a + 1 - sign * (a - 1) * cos - root)) / a0,
    a1: (-sign * 2 * (a - 1 + sign * (a + 1) * cos)) / a0,
    a2: (a + 1 + sign * (a - 1) * cos - root) / a0,
  };
}

/** The sections over one channel; keeps its state from block to block. */
export class Tone {
  /** Two for each section (direct form II, transposed). */
  private readonly state: Float64Array;

  constructor(private readonly sections: readonly Section[]) {
    this.state = new Float64Array(2 * sections.length);
  }

  /** In place, the first `frames` of the block, each at `gain`. */
  process(block: Float64Array, frames: number, gain: number): void {
    const { sections, state } = this;
    for (let i = 0; i < frames; i++) block[i]! *= gain;
    for (let at = 0; at < sections.length; at++) {
      const { b0, b1, b2, a1, a2 } = sections[at]!;
      let s1 = state[2 * at]!;
      let s2 = state[2 * at + 1]!;
      for (let i = 0; i < frames; i++) {
        const x = block[i]!;
        const y = b0 * x + s1;
        s1 = b1 * x - a1 * y + s2;
        s2 = b2 * x - a2 * y;
        block[i] = y;
      }
      state[2 * at] = s1;
      state[2 * at + 1] = s2;
    }
  }
}
