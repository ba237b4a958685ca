/** The command lines that read sound. A file's name is only ever one argument. Pure. */
import { FILES_ONLY } from '../../../runtime/media/ffprobe';

/** What is decoded: one stream of a file, as it will be played. */
export interface PcmOrder {
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
}

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error'];

/** Interleaved 32-bit floats on standard output. */
export function pcmArguments({ path, index, rateHz, channels, fromFrame, lateS = 0, untrimmed }: PcmOrder): string[] {
  return [
    ...[...QUIET, ...FILES_ONLY],
    // One thread is many times faster than sound is played, and leaves the others to pictures.
    ...['-threads', '1'],
    ...(untrimmed === true ? ['-flags2', '+skip_manual'] : []),
    ...(fromFrame > 0 ? ['-ss', (fromFrame / rateHz + lateS).toFixed(6)] : []),
    ...['-i', `file:${path}`, '-map', `0:a:${index}`, '-vn', '-sn', '-dn'],
    ...['-ac', String(channels), '-ar', String(rateHz), '-f', 'f32le', 'pipe:1'],
  ];
}

/** Loudness by EBU R128, told at the end on standard error; of the first `mostS` seconds, where given. */
export function loudnessArguments(path: string, index: number, mostS?: number): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', ...FILES_ONLY, '-threads', '1'],
    ...(mostS === undefined ? [] : ['-t', String(mostS)]),
    ...['-i', `file:${path}`, '-map', `0:a:${index}`, '-vn', '-sn', '-dn'],
    // Each frame's own level only where somebody wants to read very much.
    ...['-af', 'ebur128=peak=true:framelog=verbose', '-f', 'null', '-'],
  ];
}
