/** Seeking in the clip that is on: where it is now, where it goes, and an item that begins there. */
import type { ClipPlace, StageItem } from '../stage/media';
import type { ClipSound } from '../stage/sound';
import { targetOf, type Seek, type Sought } from '../stage/seek';
import type { StageClock } from './stage-clock';

/** A person waits no longer for a clip that goes on elsewhere. */
const SEEK_LIMIT_MS = 5000;
/** A clip that was sent to the stage is looked for so often, for two seconds. */
const BEGIN_LOOK_MS = 20;
const BEGIN_LOOKS = 100;

/** How far a seek came before anything changes on the stage. */
export interface ClipSeek {
  /** As it is reported: where the clip is once `item` is shown, or why it was not moved. */
  readonly sought: Sought;
  /** The clip from its new place, ready; undefined where it is not moved. The caller shows or releases it. */
  readonly item?: StageItem;
}

/** Readies the clip at the place that a seek leads to. Undefined where the clip never comes on. Rejects only with the signal's reason. */
export async function seekClip(
  clip: ClipPlace,
  seek: Seek,
  clock: StageClock,
  signal: AbortSignal,
  comes: (sound: ClipSound) => void,
): Promise<ClipSeek | undefined> {
  const positionMs = await positionOf(clip, clock, signal);
  if (positionMs === undefined) return undefined;
  const { file, lengthMs, loops } = clip;
  const found = { file, role: 'clip' as const, positionMs, ...(lengthMs === undefined ? {} : { lengthMs }) };
  const target = targetOf(seek, { positionMs, lengthMs, loops });
  if ('because' in target) return { sought: { ...found, because: target.because } };
  const item = await clipFrom(clip, target.toMs, signal, comes);
  if (item === undefined) return { sought: { ...found, because: 'could not be decoded from there' } };
  return { sought: { ...found, positionMs: target.toMs }, item };
}

/** Waits for a clip that is about to be shown. Undefined where it does not come. */
async function positionOf(clip: ClipPlace, clock: StageClock, signal: AbortSignal): Promise<number | undefined> {
  for (let looks = 0; looks < BEGIN_LOOKS; looks++) {
    const positionMs = clip.positionMs(clock.nowMs());
    if (!Number.isNaN(positionMs)) return positionMs;
    if (clock.paused) return undefined;
    await clock.sleepUntil(clock.nowMs() + BEGIN_LOOK_MS, signal);
  }
  return undefined;
}

/** The clip from another place; undefined where it is not there in time. Rejects only with the signal's reason. */
async function clipFrom(
  clip: ClipPlace,
  toMs: number,
  signal: AbortSignal,
  comes: (sound: ClipSound) => void,
): Promise<StageItem | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new DOMException('too slow', 'AbortError')), SEEK_LIMIT_MS);
  try {
    return await clip.from(toMs, AbortSignal.any([signal, limit.signal]), comes);
  } catch (cause) {
    signal.throwIfAborted();
    if (limit.signal.aborted) return undefined;
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}
