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
  /** Sounds of one cue wait for each other so long; what is slower begins by itself. */
  readonly startTogetherMs: number;
  readonly maxBufferMs: Readonly<Record<Role, number>>;
  readonly chunkMs: number;
  readonly tier1Bytes: number;
  readonly tier2Bytes: number;
  readonly tier2Tracks: number;
  readonly mastered: boolean;
  readonly targetLufs: number;
  readonly ceilingDb: number;
}

/** Two decoders that start one after the other on a busy board. */
const START_TOGETHER_MS = 1500;

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
    startTogetherMs: START_TOGETHER_MS,
    maxBufferMs: {
      voice: values['maxBuffer.voice'],
      background: values['maxBuffer.background'],
      effect: values['maxBuffer.effect'],
      // Clips of any length are streamed.
      clips: 0,
    },
    chunkMs: values.chunk,
    tier1Bytes: tunedNumber('audio.tier1Bytes', values.tier1Bytes),
    tier2Bytes: tunedNumber('audio.tier2Bytes', values.tier2Bytes),
    tier2Tracks: values.tier2Tracks,
    mastered: values['mastering.enabled'],
    targetLufs: values['mastering.target'],
    ceilingDb: values['mastering.ceiling'],
  };
}
