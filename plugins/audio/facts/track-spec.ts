/** The specification of a track: everything that decides what a file's samples are. Pure. */
import type { TrackSpec } from '../decode/producer';
import type { KnownSound } from './sound-probe';

/** `mastering`: the gain of this play and the ceiling. Two tracks of one key have the same samples. */
export function trackSpec(
  path: string,
  { facts, signature }: KnownSound,
  rateHz: number,
  mastering: TrackSpec['mastering'],
): TrackSpec {
  const state = `${signature.sizeBytes} ${signature.mtimeMs}`;
  return {
    key: `${mastering.gainDb.toFixed(2)} ${mastering.ceilingDb} ${rateHz} ${state} ${path}`,
    path,
    index: facts.index,
    rateHz,
    channels: facts.channels,
    storedChannels: facts.storedChannels,
    ...(facts.layout === undefined ? {} : { layout: facts.layout }),
    lateS: facts.lateMs / 1000,
    ...(facts.exactS === undefined
      ? {}
      : { frames: Math.round(facts.exactS * rateHz), untrimmed: facts.codec === 'vorbis' }),
    ...(facts.heardFromS === undefined ? {} : { heardFromS: facts.heardFromS }),
    mastering,
  };
}
