/** The settings of audio: its option values as numbers, once tuning has replaced every `auto`. */
import { tunedNumber } from '../../runtime/options/row';
import type { AudioValues } from './options';
import type { Role } from './output/mixer';

export interface Settings {
  readonly sink: string;
  readonly latency: AudioValues['latency'];
  readonly rateHz: number;
  readonly clips: { readonly entries: number; readonly bytes: number };
  /** Infinity where size does not decide. */
  readonly streamThresholdBytes: number;
  /** Infinity where no decode is too slow. */
  readonly slowDecodeMs: number;
  readonly prefetchLeadMs: number;
  readonly prefetchBlockMs: number;
  readonly maxBufferMs: Readonly<Record<Role, number>>;
  readonly chunkMs: number;
  readonly tier2Bytes: number;
  readonly tier2Tracks: number;
  readonly mastered: boolean;
  readonly targetLufs: number;
  readonly ceilingDb: number;
}

/** Throws where tuning left an `auto` behind: a defect of the program. */
export function settingsOf(values: AudioValues): Settings {
  const orNever = (value: number): number => (value === 0 ? Infinity : value);
  return {
    sink: values.sink,
    latency: values.latency,
    rateHz: values.rate,
    clips: { entries: values.cacheClips, bytes: values.cacheBytes },
    streamThresholdBytes: orNever(values.streamThreshold),
    slowDecodeMs: orNever(values.slowDecode),
    prefetchLeadMs: values.prefetchLead,
    prefetchBlockMs: values.prefetchBlock,
    maxBufferMs: {
      voice: values['maxBuffer.voice'],
      background: values['maxBuffer.background'],
      effect: values['maxBuffer.effect'],
      // Clips of any length are streamed.
      clips: 0,
    },
    chunkMs: values.chunk,
    tier2Bytes: tunedNumber('audio.tier2Bytes', values.tier2Bytes),
    tier2Tracks: values.tier2Tracks,
    mastered: values['mastering.enabled'],
    targetLufs: values['mastering.target'],
    ceilingDb: values['mastering.ceiling'],
  };
}

/** What tier 1 may take in all. */
export const TIER1_BYTES = 15_000_000;
/** Stereo floats in both states, of two chunks. */
const BYTES_PER_FRAME = 2 * 4 * 2 * 2;
/** Chunks begin at whole hundredths of a second, which every decoder finds exactly. */
const GRID_HZ = 100;

/** Frames of a chunk, where so many files may be heard at a time. */
export function chunkFrames({ chunkMs, rateHz }: Pick<Settings, 'chunkMs' | 'rateHz'>, atOnce: number): number {
  const most = Math.min((chunkMs / 1000) * rateHz, TIER1_BYTES / (BYTES_PER_FRAME * atOnce));
  const grid = Math.max(1, Math.floor(rateHz / GRID_HZ));
  return Math.max(grid, Math.floor(most / grid) * grid);
}
