/** The needs of a clip's decoder: threads that keep up with it, and memory. Pure. */
import { FEWEST_RING_FRAMES, READ_BEYOND_BYTES } from '../core/agreed';
import { videoFrameBytes, type PanelSize } from './footprint';
import { MIB } from './row';
import { formatBytes } from './units';

/**
 * How the frames of a clip go through ffmpeg. Before version 7.0 each frame goes through all parts before the next one does (`direct`). From then
 * on there are queues between the parts (`queued`), but where one filter graph reads, decodes and filters (`graph`). A graph is made for pictures
 * of one size, and so are the filters of `steady`, which else is as `direct`: they do not copy each picture to see whether it needs bars.
 */
export type Pipeline = 'direct' | 'steady' | 'queued' | 'graph';

/** A clip as the account sees it. */
export interface ClipFigure {
  /** ffmpeg's name. */
  readonly codec: string;
  /** Before it is turned. */
  readonly codedWidthPx: number;
  readonly codedHeightPx: number;
  /** Upright, with square pixels. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Frames a second. */
  readonly rateHz: number;
  /** ffmpeg's name: `yuv420p10le`. */
  readonly pixelFormat: string;
  /** Of the whole file, its sound included; missing where its length is not known. */
  readonly bytesPerS?: number;
  /** In all; missing where its length is not known. */
  readonly frames?: number;
  /** `direct` where left out. */
  readonly pipeline?: Pipeline;
}

/** The pace of one thread, with room to spare. */
export interface ThreadPace {
  /** Of H.264. */
  readonly pixelsPerS: number;
  /** Of the file. */
  readonly bytesPerS: number;
}

/** How a kind of stream is decoded: frames that one thread holds, frames that each further one adds, work of a pixel against H.264. */
interface CodecNeed {
  readonly frames: number;
  readonly framesPerThread: number;
  readonly work: number;
}

/** Measured with ffmpeg 5.1 on 1080p clips of their usual encoders, with 1, 2 and 4 threads: private memory of the child. */
const NEEDS: Readonly<Record<string, CodecNeed>> = {
  h264: { frames: 8.6, framesPerThread: 3.2, work: 1 },
  hevc: { frames: 11.2, framesPerThread: 2.6, work: 1.5 },
  av1: { frames: 11, framesPerThread: 6, work: 1.5 },
  vp9: { frames: 5.6, framesPerThread: 1.8, work: 1.5 },
  vp8: { frames: 3, framesPerThread: 1.3, work: 1 },
  mpeg2video: { frames: 3.5, framesPerThread: 0.5, work: 0.5 },
  mpeg4: { frames: 3.2, framesPerThread: 2.6, work: 0.5 },
  prores: { frames: 2.2, framesPerThread: 1.2, work: 1.5 },
  mjpeg: { frames: 3.5, framesPerThread: 0, work: 1 },
  theora: { frames: 5.6, framesPerThread: 4, work: 1 },
};
/** As the one that takes most. */
const UNKNOWN: CodecNeed = { frames: 11.2, framesPerThread: 6, work: 1.5 };

/**
 * Frames that a program with queues of its own keeps beside: as they are decoded (before its filters), and as they go into the ring (before its
 * encoder and its output, whose queue is short). Measured with ffmpeg 7.1 on the same clips, its output not read: 46 to 61 MiB more than 5.1.
 */
const QUEUED_SOURCE_FRAMES = 9;
const QUEUED_RING_FRAMES = 10;

/** The same of a graph, where frames of another kind than those of the ring are converted in it; else it takes as much as 5.1. */
const GRAPH_SOURCE_FRAMES = 1;
const GRAPH_RING_FRAMES = 3;

/** Buffers of a decoder beside its frames, and the pages of its libraries that it changes (measured: 8 MiB of them). */
const OWN_BYTES = 12.5 * MIB;

/** ffmpeg's libraries as far as they are used, which all decoders share (Debian's ffmpeg 5.1; measured: 43 MiB). */
export const LIBRARY_BYTES = 43 * MIB;

/** A quarter of 1080p at 30 frames a second and 5 Mbit/s for a Cortex-A72, the whole of it and 20 Mbit/s for a desktop core of 2015. */
export const threadPace = (architecture: string): ThreadPace =>
  /^(arm|aarch)/.test(architecture)
    ? { pixelsPerS: 15_600_000, bytesPerS: 625_000 }
    : { pixelsPerS: 62_300_000, bytesPerS: 2_500_000 };

const needOf = ({ codec }: ClipFigure): CodecNeed => NEEDS[codec] ?? UNKNOWN;

/** Threads that keep up with a clip; at least 1, `most` at most. */
export function threadsFor(clip: ClipFigure, pace: ThreadPace, most: number): number {
  const pixels = clip.codedWidthPx * clip.codedHeightPx * clip.rateHz * needOf(clip).work;
  const needed = Math.max(pixels / pace.pixelsPerS, (clip.bytesPerS ?? 0) / pace.bytesPerS);
  return Math.max(1, Math.min(most, Math.ceil(needed)));
}

/** Threads that keep up with a clip as far as its decoder takes no more than `mostBytes` with them; at least 1. */
export function threadsWithin(
  clip: ClipFigure,
  pace: ThreadPace,
  most: number,
  mostBytes: number,
  panel: PanelSize,
): number {
  let threads = threadsFor(clip, pace, most);
  while (threads > 1 && decoderBytes(clip, threads, panel) > mostBytes) threads -= 1;
  return threads;
}

/** Bytes that a child takes for itself while it decodes the clip in software with so many threads, for frames no larger than the panel. */
export function decoderBytes(clip: ClipFigure, threads: number, panel: PanelSize): number {
  const { frames, framesPerThread } = needOf(clip);
  const own = OWN_BYTES + Math.ceil((frames + framesPerThread * (threads - 1)) * sourceBytes(clip));
  const isConverted = !/^yuvj?420p$/.test(clip.pixelFormat);
  const [sources, rings] =
    clip.pipeline === 'queued'
      ? [QUEUED_SOURCE_FRAMES, QUEUED_RING_FRAMES]
      : clip.pipeline === 'graph' && isConverted
        ? [GRAPH_SOURCE_FRAMES, GRAPH_RING_FRAMES]
        : [0, 0];
  return own + Math.ceil(sources * sourceBytes(clip) + rings * ringFrameBytes(clip, panel));
}

/** The default limit of one decoder, in bytes: a clip that needs more is passed over, and the rest of the show plays. */
export const mostDecoderBytes = (budgetBytes: number): number =>
  Math.min(MOST_DECODER_BYTES, Math.max(LEAST_DECODER_BYTES, Math.floor(budgetBytes * DECODER_SHARE)));

const DECODER_SHARE = 0.25;
const LEAST_DECODER_BYTES = 8 * MIB;
const MOST_DECODER_BYTES = 1024 * MIB;

/** Why a clip needs more memory than that also with a single thread; undefined where it does not. */
export function whyTooLarge(clip: ClipFigure, mostBytes: number, panel: PanelSize): string | undefined {
  const needBytes = decoderBytes(clip, 1, panel);
  if (needBytes <= mostBytes) return undefined;
  const before = decoderBytes({ ...clip, pipeline: 'direct' }, 1, panel);
  const other =
    before <= mostBytes ? `, or name an ffmpeg older than 7 with video.ffmpeg (${formatBytes(before)})` : '';
  return (
    `${clip.codedWidthPx}x${clip.codedHeightPx} ${clip.codec} needs ${formatBytes(needBytes)} to decode, ` +
    `more than ${formatBytes(mostBytes)}; make it smaller, or raise memory.budget or video.decoderBytes${other}`
  );
}

/** Bytes of a frame in the ring: no larger than the panel. */
export function ringFrameBytes({ widthPx, heightPx }: ClipFigure, panel: PanelSize): number {
  const pixels = Math.min(widthPx * heightPx, panel.widthPx * panel.heightPx);
  return Math.min(videoFrameBytes(panel), Math.ceil(pixels * RING_BYTES_PER_PIXEL));
}

/** Pixels of the largest frame of which a ring of so many bytes holds the fewest: `videoFrameBytes` the other way round. */
export const mostPixels = (ringBytes: number): number =>
  Math.max(0, Math.floor((ringBytes / FEWEST_RING_FRAMES - READ_BEYOND_BYTES) / SAMPLES_PER_PIXEL));

/** Of 4:2:0, one byte each. */
const SAMPLES_PER_PIXEL = 1.5;

/** Bytes of a ring of so many frames, which holds a short clip whole where that takes no more than a ring of the panel's frames. */
export function ringBytesFor(clip: ClipFigure, panel: PanelSize, ringFrames: number): number {
  const frameBytes = ringFrameBytes(clip, panel);
  const whole = clip.frames === undefined ? 0 : (clip.frames + SPARE_FRAMES) * frameBytes;
  const usual = ringFrames * frameBytes;
  return whole <= ringFrames * videoFrameBytes(panel) ? Math.max(usual, whole) : usual;
}

/** Rates are rounded: so many frames more than the file states still stay whole. */
export const SPARE_FRAMES = 2;

/** 4:2:0 of 8 bits, and padding. */
export const RING_BYTES_PER_PIXEL = 1.51;

/** Of a frame as it is decoded. */
function sourceBytes({ codedWidthPx, codedHeightPx, pixelFormat }: ClipFigure): number {
  const chroma = /444|rgb|bgr|gbr/.test(pixelFormat) ? 3 : /422|yuyv|uyvy/.test(pixelFormat) ? 2 : 1.5;
  const alpha = /a(?!r)/.test(pixelFormat.replace('gray', '').replace('pal', '')) ? 1 : 0;
  const sample = /(9|1[0-6])(le|be)?$|p01\d/.test(pixelFormat) ? 2 : 1;
  return codedWidthPx * codedHeightPx * (chroma + alpha) * sample;
}

/** A clip of which nothing is known: as large as the panel, as most clips are made. */
export const usualClip = ({ widthPx, heightPx }: PanelSize): ClipFigure => ({
  codec: 'h264',
  codedWidthPx: widthPx,
  codedHeightPx: heightPx,
  widthPx,
  heightPx,
  rateHz: 60,
  pixelFormat: 'yuv420p',
});
