/**
 * The mastering chain: gain to the loudness wanted, tone, limiter. Fed block by block it gives what it would give for the whole signal at
 * once, `delayFrames` late.
 */
import { Limiter } from './limiter';
import { Tone, toneSections } from './tone';

/** What a chain is made for. Two chains of the same settings give the same for the same signal. */
export interface ChainSettings {
  readonly rateHz: number;
  readonly channels: number;
  /** Applied first. */
  readonly gainDb: number;
  /** Highest true peak, in dBTP. */
  readonly ceilingDb: number;
}

/** Quieter files are not raised by more: their noise would be. */
const MOST_GAIN_DB = 12;
/** The filters' share: a little room below the ceiling for what the interpolation misses. */
const MARGIN_DB = 0.1;

/** From what a file is to what it should be, in dB; a file without any loudness (silence) is left alone. */
export function gainToTarget(loudnessLufs: number, targetLufs: number): number {
  if (!Number.isFinite(loudnessLufs)) return 0;
  return Math.min(MOST_GAIN_DB, targetLufs - loudnessLufs);
}

export const linearOf = (db: number): number => 10 ** (db / 20);

export class MasteringChain {
  readonly delayFrames: number;
  private readonly gain: number;
  private readonly tones: readonly Tone[];
  private readonly limiter: Limiter;

  constructor({ rateHz, channels, gainDb, ceilingDb }: ChainSettings) {
    this.gain = linearOf(gainDb);
    const sections = toneSections(rateHz);
    this.tones = Array.from({ length: channels }, () => new Tone(sections));
    this.limiter = new Limiter(channels, rateHz, linearOf(ceilingDb - MARGIN_DB));
    this.delayFrames = this.limiter.delayFrames;
  }

  /** In place, the first `frames` of each channel's block; what comes out is `delayFrames` older than what goes in. */
  process(blocks: readonly Float64Array[], frames: number): void {
    for (let channel = 0; channel < blocks.length; channel++)
      this.tones[channel]!.process(blocks[channel]!, frames, this.gain);
    this.limiter.process(blocks, frames);
  }
}
