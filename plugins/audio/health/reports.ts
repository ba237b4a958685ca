/** The reports of the engine, made of its parts: the status, the caches, the gauges, the section of the run report. */
import { isReady, type SoundState, type SoundStatus } from '../../../runtime/stage/sound';
import type { ChunkCache } from '../chunks/chunk-cache';
import type { ClipStore } from '../clips/clip-store';
import type { LimiterMeter } from '../output/limiter-meter';
import { ROLES, type Mixer } from '../output/mixer';
import type { Output } from '../output/output';
import type { SwitchWatch } from '../output/switch-watch';
import type { Voices } from '../play/voices';
import type { DueSounds } from './due-sounds';

/** Looks at the distance between the sound of a clip and its picture, the corrections after them, and the greatest distance seen, in ms. */
export interface ClipSteps {
  readonly looks: number;
  readonly putRight: number;
  readonly worstOffMs: number;
}

export interface ReportedParts {
  readonly output: Output;
  readonly mixer: Mixer;
  readonly limited: LimiterMeter;
  readonly switches: SwitchWatch;
  readonly cache: ChunkCache;
  readonly clips: ClipStore;
  readonly due: DueSounds;
  /** For how long sound has been heard, over all clocks there were. */
  readonly heardMs: number;
}

export const volumesOf = (mixer: Mixer): Readonly<Record<string, number>> =>
  Object.fromEntries([...ROLES, 'master' as const].map((name) => [name, mixer.volume(name)]));

/** The sounds that play and the sounds that come next, and the sink. */
export function statusOf({ output, mixer, limited }: ReportedParts, sounds: readonly SoundState[]): SoundStatus {
  const ofCues = sounds.filter(({ role }) => role !== 'clips');
  return {
    sink: output.name,
    ...(output.name === 'none' && output.because !== undefined ? { because: output.because } : {}),
    mastered: mixer.isMastered,
    volumes: volumesOf(mixer),
    limited: limited.report(),
    ready: ofCues.filter(isReady).length,
    of: ofCues.length,
    sounds,
  };
}

/** Both tiers, the clips, and whether all is well. `budgetBytes`: of all of them. */
export function cacheReportOf(
  { cache, clips, due, heardMs }: ReportedParts,
  budgetBytes: number,
): Readonly<Record<string, unknown>> {
  const report = cache.report();
  const { hits, misses, size, bytesHeld } = clips;
  return {
    ...report,
    chunkFrames: cache.chunkFrames,
    clips: { clips: size, bytes: bytesHeld, hits, misses },
    bytes: report.tier1.bytes + report.tier2.bytes + bytesHeld,
    budgetBytes,
    silent: due.silentFiles,
    healthy: !due.wasSilent(heardMs) && cache.isHealthy,
  };
}

export function gaugesOf(
  { cache, clips }: ReportedParts,
  voicesCount: number,
  bufferBytes: number,
): Readonly<Record<string, number>> {
  const { tier1, tier2 } = cache.report();
  return {
    soundVoicesCount: voicesCount,
    soundClipBytes: clips.bytesHeld,
    soundTier1Bytes: tier1.bytes,
    soundTier2Bytes: tier2.bytes,
    soundBufferBytes: bufferBytes,
  };
}

/** The section `audio` of the run report. */
export function runReportOf(
  { output, mixer, limited, switches, cache, clips, due, heardMs }: ReportedParts,
  { underruns, clips: clipsPlayed, streams }: Voices['counts'],
  step: ClipSteps,
): Readonly<Record<string, unknown>> {
  const { tier1, tier2 } = cache.report();
  return {
    sink: output.name,
    rateHz: mixer.context.sampleRate,
    underruns,
    ...due.report(heardMs),
    clips: clipsPlayed,
    streams,
    cacheHits: clips.hits,
    cacheMisses: clips.misses,
    mastered: mixer.isMastered,
    tier1,
    tier2,
    clipStep: { ...step, worstOffMs: Math.round(step.worstOffMs * 10) / 10 },
    limited: limited.report(),
    ...switches.report(),
  };
}
