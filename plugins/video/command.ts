/** The command lines of ffmpeg. Fixed words and our own numbers; a file's name is only ever one argument. Pure. */
import { FILES_ONLY } from '../../runtime/media/ffprobe';
import type { ClipFacts } from './clip-facts';
import { pictureFilters, pixelFormatOf } from './pictures';
import type { ClipTarget } from './target';

/** Where the child writes frames, and the times of frames. */
export const FRAMES_FD = 1;
export const TIMES_FD = 3;

/** What stands before each frame; before the first, there is one line more. */
export const FRAME_HEADER = 'FRAME\n';

/** Times are written in parts of a second. */
export const TIMES_PER_SECOND = 1_000_000;

export interface DecodeOrder {
  readonly path: string;
  readonly facts: ClipFacts;
  /** Place of the stream among those of video. */
  readonly index: number;
  readonly target: ClipTarget;
  /** Where to begin, in ms; 0 at the start. */
  readonly fromMs: number;
  /** How the child comes there: by the index of the file, whose times then count from there, or by decoding all that lies before. */
  readonly reach?: 'seek' | 'decode';
  /** Round after round, without an end: each round is a child of its own. */
  readonly loop: boolean;
  /** Arguments that ask for a hardware decoder; none for software. */
  readonly hardware: readonly string[];
  /** Of a decoder in software; ffmpeg's choice where left out. */
  readonly threads?: number;
  /** Memory that the child may write to; as much as there is where left out. */
  readonly mostBytes?: number;
}

export function decodeArguments(order: DecodeOrder): string[] {
  const { path, index, fromMs, reach } = order;
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', ...FILES_ONLY],
    ...decoderOf(order),
    ...(fromMs > 0 && reach !== 'decode' ? ['-ss', (fromMs / 1000).toFixed(6)] : []),
    ...['-i', `file:${path}`, '-map', `0:v:${index}`, '-an', '-sn', '-dn'],
    ...['-vf', filtersOf(order).join(','), '-fps_mode', 'passthrough'],
    // The one queue of its own that can be made short; older ones have none, and no such option.
    ...(order.facts.isQueued ? ['-thread_queue_size', '1'] : []),
    // Plain frames behind short headers: unlike `rawvideo` it writes them without a copy, which is 0.5 ms of 1080p.
    ...['-f', 'yuv4mpegpipe', '-pix_fmt', pixelFormatOf(order.facts), `pipe:${FRAMES_FD}`],
  ];
}

/** The first frame, thrown away; on standard output is told whether there was one. */
export function firstFrameArguments(order: DecodeOrder): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-progress', 'pipe:1', ...FILES_ONLY],
    ...['-i', `file:${order.path}`, '-map', `0:v:${order.index}`, '-an', '-sn', '-dn'],
    ...['-frames:v', '1', '-f', 'null', '-'],
  ];
}

/** Some frames as a decoder writes them into a ring, one behind the other, without headers and times. */
export function picturesArguments(order: DecodeOrder, count: number): string[] {
  const { path, index, fromMs } = order;
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', ...FILES_ONLY],
    ...decoderOf(order),
    ...(fromMs > 0 ? ['-ss', (fromMs / 1000).toFixed(6)] : []),
    ...['-i', `file:${path}`, '-map', `0:v:${index}`, '-an', '-sn', '-dn', '-frames:v', String(count)],
    ...['-vf', pictureFilters(order.facts, order.target).join(','), '-fps_mode', 'passthrough'],
    ...['-f', 'rawvideo', '-pix_fmt', pixelFormatOf(order.facts), 'pipe:1'],
  ];
}

/** How much of a clip a trial decodes, in s. */
export const TRIAL_S = 1;

/** The same work without the frames: how many there were is told on standard output, how long it took on standard error. */
export function trialArguments(order: DecodeOrder): string[] {
  const { path, index, fromMs } = order;
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-benchmark', '-progress', 'pipe:1', ...FILES_ONLY],
    ...decoderOf(order),
    // From the next picture that stands by itself: what lies before it would be decoded for nothing.
    ...(fromMs > 0 ? ['-noaccurate_seek', '-ss', (fromMs / 1000).toFixed(3)] : []),
    ...['-i', `file:${path}`, '-map', `0:v:${index}`, '-an', '-sn', '-dn', '-t', String(TRIAL_S)],
    ...['-vf', pictureFilters(order.facts, order.target).join(','), '-fps_mode', 'passthrough', '-f', 'null', '-'],
  ];
}

/** The hardware's, else the one that knows of the clip's transparency, else ffmpeg's choice. */
function decoderOf({ hardware, facts, threads }: DecodeOrder): readonly string[] {
  if (hardware.length > 0) return hardware;
  return [
    ...(threads === undefined ? [] : ['-threads', String(threads)]),
    ...(facts.alphaDecoder === undefined ? [] : ['-c:v', facts.alphaDecoder]),
  ];
}

const filtersOf = (order: DecodeOrder): string[] => [
  ...(order.fromMs > 0 && order.reach === 'decode' ? [`trim=start=${(order.fromMs / 1000).toFixed(6)}`] : []),
  ...pictureFilters(order.facts, order.target),
  `settb=1/${TIMES_PER_SECOND}`,
  // A frame without a note is not printed.
  'metadata=mode=add:key=n:value=0',
  `metadata=mode=print:direct=1:file=pipe\\\\:${TIMES_FD}`,
];
