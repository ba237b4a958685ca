/** The command lines of ffmpeg. Fixed words and our own numbers; a file's name is only ever one argument. Pure. */
import { FILES_ONLY } from '../../runtime/media/ffprobe';
import type { Pipeline } from '../../runtime/options/clip-need';
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

/**
 * How a clip is decoded where its child failed with these words: in software where it was hardware; for pictures of any size where one had another
 * size than stated, or where a graph gave no frame at all. Undefined where another try may do.
 */
export function plainerOrder(order: DecodeOrder, complaint: string, frames: number): DecodeOrder | undefined {
  if (order.hardware.length > 0) return { ...order, hardware: [] };
  const { facts } = order;
  const pipeline = ANY_SIZE[facts.pipeline];
  if (pipeline === undefined) return undefined;
  const isBeyond =
    complaint.includes(isAsStated(facts)) || (facts.pipeline === 'graph' && frames === 0 && complaint !== '');
  return isBeyond ? { ...order, facts: { ...facts, pipeline } } : undefined;
}

/** The way of a clip whose pictures are not of one size after all. */
export const ANY_SIZE: Readonly<Partial<Record<Pipeline, Pipeline>>> = { steady: 'direct', graph: 'queued' };

export function decodeArguments(order: DecodeOrder): string[] {
  const { path, index, fromMs, reach, facts, hardware } = order;
  if (facts.pipeline === 'graph' && hardware.length === 0) return graphArguments(order);
  const isSteady = facts.pipeline === 'steady' && hardware.length === 0;
  const filters = isSteady ? [onlyAsStated(facts), ...filtersOf(order, true)] : filtersOf(order);
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', ...FILES_ONLY],
    ...decoderOf(order),
    ...(fromMs > 0 && reach !== 'decode' ? ['-ss', (fromMs / 1000).toFixed(6)] : []),
    ...['-i', `file:${path}`, '-map', `0:v:${index}`, '-an', '-sn', '-dn'],
    ...['-vf', filters.join(','), '-fps_mode', 'passthrough'],
    // The one queue of its own that can be made short; older ones have none, and no such option.
    ...(facts.pipeline === 'direct' || facts.pipeline === 'steady' ? [] : SHORT_QUEUE),
    // Plain frames behind short headers: unlike `rawvideo` it writes them without a copy, which is 0.5 ms of 1080p.
    ...['-f', 'yuv4mpegpipe', '-pix_fmt', pixelFormatOf(facts), `pipe:${FRAMES_FD}`],
  ];
}

const SHORT_QUEUE = ['-thread_queue_size', '1'];

/**
 * One filter graph that reads, decodes and filters, whose frames are written as they are. ffmpeg 7 keeps a frame or two then instead of
 * twenty; with the same decoder, the same filters and the same times.
 */
function graphArguments(order: DecodeOrder): string[] {
  const { path, facts, index, threads, fromMs, reach } = order;
  const sought = fromMs > 0 && reach !== 'decode';
  const zeroS = ((facts.fileStartMs + (sought ? fromMs : 0)) / 1000).toFixed(6);
  const options = {
    filename: escaped(`file:${path}`),
    // Nothing else is read, whatever the file looks like.
    format_name: 'mov',
    streams: escaped(`v:${index}`),
    ...(threads === undefined ? {} : { dec_threads: threads }),
    // The picture before it that stands by itself.
    ...(sought ? { seek_point: (fromMs / 1000).toFixed(6) } : {}),
  };
  const source = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const filters = [
    `movie=${source.join(':')}`,
    onlyAsStated(facts),
    `setpts=PTS-round(${zeroS}/TB)`,
    ...(sought ? ['trim=start=0'] : []),
    ...filtersOf(order, true),
  ];
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-xerror'],
    // ffmpeg keeps the frames by which it finds out what an input is. The filters say that of a graph.
    ...['-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0', '-f', 'lavfi', '-i', filters.join(',')],
    ...['-map', '0:v:0', '-c', 'copy', '-copyinkf', ...SHORT_QUEUE, '-f', 'yuv4mpegpipe', `pipe:${FRAMES_FD}`],
  ];
}

/**
 * A graph, and filters without bars, are made for pictures of one size and shape. Where a stream has another one after all, ffmpeg ends with an
 * error, and the clip goes on in the way that makes the filters anew for each size.
 */
const onlyAsStated = (facts: ClipFacts): string =>
  `scale=w='if(${isAsStated(facts)},${facts.codedWidthPx},NAN)':h=${facts.codedHeightPx}:eval=frame`;

const isAsStated = ({ codedWidthPx, codedHeightPx }: ClipFacts): string =>
  `eq(iw,${codedWidthPx})*eq(ih,${codedHeightPx})*lt(abs(sar-1),0.01)`;

/** A value of a filter's option in a graph: what has a meaning for options, and then for graphs, loses it. */
function escaped(value: string): string {
  const inOption = value.replace(/[\\':\s]/g, '\\$&');
  return inOption.replace(/[\\'[\],;\s]/g, '\\$&');
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

const filtersOf = (order: DecodeOrder, isConstant = false): string[] => [
  ...(order.fromMs > 0 && order.reach === 'decode' ? [`trim=start=${(order.fromMs / 1000).toFixed(6)}`] : []),
  ...pictureFilters(order.facts, order.target, isConstant),
  `settb=1/${TIMES_PER_SECOND}`,
  // A frame without a note is not printed.
  'metadata=mode=add:key=n:value=0',
  `metadata=mode=print:direct=1:file=pipe\\\\:${TIMES_FD}`,
];
