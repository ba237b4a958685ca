/** The command lines that read sound. A file's name is only ever one argument. Pure. */
import { FILES_ONLY } from '../../../runtime/media/ffprobe';
import { downMixFilter, type StoredChannels } from './down-mix';

/** What is decoded: one stream of a file, as it will be played. */
export interface PcmOrder extends StoredChannels {
  readonly path: string;
  /** Place of the stream among those of sound. */
  readonly index: number;
  /** Of what comes out; the decoder resamples. */
  readonly rateHz: number;
  /** Of what comes out; the decoder mixes more down. */
  readonly channels: 1 | 2;
  /** Where to begin, in frames of `rateHz`; a whole number of hundredths of a second, which every decoder finds exactly. */
  readonly fromFrame: number;
  /** The decoder counts from where the file begins; its first sample is this much later. */
  readonly lateS?: number;
  /** Frames of the whole file, where they are known better than by its decoder. */
  readonly frames?: number;
  /** The decoder gives all that it has, and `frames` alone decides where the end is. */
  readonly untrimmed?: boolean;
  /** Untrimmed, the decoder may give more before this, which is not heard; in s from where the file begins. */
  readonly heardFromS?: number;
}

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error'];

/** Times are told in millionths of a second. */
const PRECISION_S = 0.000_005;

/** ffmpeg 7 also gives what it makes of a block that only prepares the next one. */
const withoutPreRoll = (heardFromS: number): string => `aselect='gte(t,${(heardFromS - PRECISION_S).toFixed(6)})'`;

/** Interleaved 32-bit floats on standard output. */
export function pcmArguments(order: PcmOrder): string[] {
  const { path, index, rateHz, channels, fromFrame, lateS = 0, untrimmed, heardFromS } = order;
  const isWhole = untrimmed === true && fromFrame === 0 && heardFromS !== undefined;
  const filters = [isWhole ? withoutPreRoll(heardFromS) : undefined, downMixFilter(order)];
  const chain = filters.filter((filter) => filter !== undefined).join(',');
  return [
    ...[...QUIET, ...FILES_ONLY],
    // One thread is many times faster than sound is played, and leaves the others to pictures.
    ...['-threads', '1'],
    ...(untrimmed === true ? ['-flags2', '+skip_manual'] : []),
    ...(fromFrame > 0 ? ['-ss', (fromFrame / rateHz + lateS).toFixed(6)] : []),
    ...['-i', `file:${path}`, '-map', `0:a:${index}`, '-vn', '-sn', '-dn'],
    ...(chain === '' ? [] : ['-af', chain]),
    ...['-ac', String(channels), '-ar', String(rateHz), '-f', 'f32le', 'pipe:1'],
  ];
}

/** EBU R128 measures blocks of 400 ms: what is shorter is measured with silence behind it. */
const SHORTEST_MEASURED_S = 0.4;

/**
 * Loudness by EBU R128, reported at the end on standard error; of the first `mostS` seconds, where given. Measures the mix that is heard: one
 * channel is heard from two loudspeakers.
 */
export function loudnessArguments(
  path: string,
  { index, ...stored }: StoredChannels & Pick<PcmOrder, 'index'>,
  mostS?: number,
): string[] {
  const mix = downMixFilter(stored);
  // Each frame's own level only where somebody wants to read very much.
  const meter = `apad=whole_dur=${SHORTEST_MEASURED_S},ebur128=peak=true:dualmono=true:framelog=verbose`;
  return [
    ...['-hide_banner', '-nostdin', '-nostats', ...FILES_ONLY, '-threads', '1'],
    ...(mostS === undefined ? [] : ['-t', String(mostS)]),
    ...['-i', `file:${path}`, '-map', `0:a:${index}`, '-vn', '-sn', '-dn'],
    ...['-af', mix === undefined ? meter : `${mix},${meter}`, '-f', 'null', '-'],
  ];
}
