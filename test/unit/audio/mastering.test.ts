/** The mastering chain: level, tone, true peaks; the same in pieces as in one. */
import { gainToTarget, linearOf, MasteringChain } from '../../../plugins/audio/mastering/chain';
import { Limiter } from '../../../plugins/audio/mastering/limiter';
import { Tone, toneSections } from '../../../plugins/audio/mastering/tone';
import { TruePeak } from '../../../plugins/audio/mastering/true-peak';
import { createRandom } from '../../../runtime/show/random';
import { highestPoint } from '../../support/fine-peak';

const RATE_HZ = 48_000;

const sine = (hz: number, frames: number, level = 1, phase = 0): Float64Array =>
  Float64Array.from({ length: frames }, (_, i) => level * Math.sin((2 * Math.PI * hz * i) / RATE_HZ + phase));

/** Bursts of noise and a tone, some far over full scale. */
function rough(frames: number, seed: string): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from(
    { length: frames },
    (_, i) => (random() * 2 - 1) * (Math.floor(i / 3000) % 4 === 0 ? 1.8 : 0.2) + 0.1 * Math.sin(i / 7),
  );
}

const rms = (block: Float64Array): number => Math.sqrt(block.reduce((sum, x) => sum + x * x, 0) / block.length);
const db = (ratio: number): number => 20 * Math.log10(ratio);

/** Loud bursts of many tones up to 15 kHz, as music has them: what lies above is no music, and no meter finds its peaks. */
function loudMusic(frames: number, seed: string): Float64Array {
  const random = createRandom(seed);
  const tones = Array.from({ length: 24 }, () => ({ hz: 80 + random() * 14_900, phase: random() * 7 }));
  return Float64Array.from({ length: frames }, (_, i) => {
    const level = Math.floor(i / 2500) % 3 === 0 ? 0.5 : 0.05;
    return level * tones.reduce((sum, { hz, phase }) => sum + Math.sin((2 * Math.PI * hz * i) / RATE_HZ + phase), 0);
  });
}

describe('tone', () => {
  const gainAt = (hz: number): number => {
    const tone = new Tone(toneSections(RATE_HZ));
    const block = sine(hz, RATE_HZ);
    tone.process(block, block.length, 1);
    return db(rms(block.subarray(RATE_HZ / 2)) / Math.SQRT1_2);
  };

  it('lifts bass and air by a decibel, leaves the middle, and takes what lies below hearing away', () => {
    expect(gainAt(1000)).toBeCloseTo(0, 1);
    expect(gainAt(60)).toBeGreaterThan(0.5);
    expect(gainAt(60)).toBeLessThan(1.1);
    expect(gainAt(14_000)).toBeGreaterThan(0.7);
    expect(gainAt(14_000)).toBeLessThan(1.1);
    expect(gainAt(8)).toBeLessThan(-15);
  });

  it('works at every rate', () => {
    for (const rateHz of [8000, 44_100, 192_000]) {
      const tone = new Tone(toneSections(rateHz));
      const block = new Float64Array(4096);
      block[0] = 1;
      tone.process(block, block.length, 1);
      expect(block.every((x) => Number.isFinite(x) && Math.abs(x) < 2)).toBe(true);
    }
  });
});

describe('true peaks', () => {
  it('are found between samples', () => {
    // A quarter of the rate, between its samples by an eighth of a turn: samples see 0.707 of it.
    const meter = new TruePeak(0.1);
    let peak = 0;
    for (const sample of sine(RATE_HZ / 4, 400, 1, Math.PI / 4).subarray(0, 400))
      peak = Math.max(peak, meter.next(sample));
    expect(db(peak)).toBeGreaterThan(-0.3);
    // The tone begins suddenly, which overshoots by itself.
    expect(db(peak)).toBeLessThan(1.5);
  });
});

describe('the limiter', () => {
  it('gives what is not too loud as it was, later', () => {
    const limiter = new Limiter(1, RATE_HZ, 1);
    const input = sine(440, 5000, 0.5);
    const block = Float64Array.from(input);
    limiter.process([block], block.length);
    const late = limiter.delayFrames;
    for (let i = late; i < block.length; i++) expect(Math.abs(block[i]! - input[i - late]!)).toBeLessThan(1e-12);
  });

  it('holds every true peak under the ceiling', () => {
    const ceiling = linearOf(-1);
    const limiter = new Limiter(1, RATE_HZ, ceiling);
    const block = loudMusic(16_000, 'peaks');
    limiter.process([block], block.length);
    expect(db(highestPoint(block))).toBeLessThan(-1 + 0.2);
    expect(Math.max(...block.map(Math.abs))).toBeLessThan(ceiling + 1e-9);
    // It is no gate: what is quiet stays.
    expect(rms(block)).toBeGreaterThan(0.1);
  });

  it('turns all channels down together', () => {
    const limiter = new Limiter(2, RATE_HZ, 0.5);
    const left = rough(9000, 'left');
    const right = sine(200, 9000, 0.3);
    const [a, b] = [Float64Array.from(left), Float64Array.from(right)];
    limiter.process([a, b], a.length);
    const late = limiter.delayFrames;
    for (let i = late + 1; i < a.length; i += 37) {
      if (Math.abs(left[i - late]!) < 0.05 || Math.abs(right[i - late]!) < 0.05) continue;
      expect(a[i]! / left[i - late]!).toBeCloseTo(b[i]! / right[i - late]!, 9);
    }
  });
});

describe('the chain', () => {
  const settings = { rateHz: RATE_HZ, channels: 1, gainDb: 6, ceilingDb: -1 };

  it('gives the same in pieces of any size as in one', () => {
    const input = rough(30_000, 'pieces');
    const whole = Float64Array.from(input);
    new MasteringChain(settings).process([whole], whole.length);
    const pieces = Float64Array.from(input);
    const chain = new MasteringChain(settings);
    const random = createRandom('sizes');
    for (let at = 0; at < pieces.length;) {
      const frames = Math.min(pieces.length - at, 1 + Math.floor(random() * 2000));
      chain.process([pieces.subarray(at, at + frames)], frames);
      at += frames;
    }
    expect(Buffer.from(pieces.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
  });

  it('brings a file to its target, and leaves silence alone', () => {
    expect(gainToTarget(-23, -16)).toBe(7);
    expect(gainToTarget(-9, -16)).toBe(-7);
    expect(gainToTarget(-60, -16)).toBe(12);
    expect(gainToTarget(-Infinity, -16)).toBe(0);
  });
});
