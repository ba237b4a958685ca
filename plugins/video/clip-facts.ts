/** What is known of a clip before it is decoded, read from what ffprobe says. Pure. */
import {
  CHROMA_PLACES,
  turnedPlace,
  type ChromaPlace,
  type ColourMatrix,
  type VideoColour,
} from '../../runtime/stage/colour';
import { clockSeconds, filmTrack, type Track } from '../../runtime/media/tracks';
import type { Pipeline } from '../../runtime/options/clip-need';
import type { WebpAnimation } from './webp/animation';

export interface ClipFacts {
  readonly codec: string;
  /** ffmpeg's name of it; empty where the codec has none. */
  readonly profile: string;
  /** As coded, before rotation, in px. */
  readonly codedWidthPx: number;
  readonly codedHeightPx: number;
  /** As shown: turned upright, with square pixels. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Degrees clockwise that make it upright. */
  readonly rotation: 0 | 90 | 180 | 270;
  readonly interlaced: boolean;
  readonly pixelFormat: string;
  /** Of the frames as they are decoded, upright and in 4:2:0. */
  readonly colour: VideoColour;
  /** Stored as red, green and blue, and made into `colour` by the decoder. */
  readonly rgb: boolean;
  /** Frames a second; the average where the rate varies. */
  readonly rateHz: number;
  /** Of the picture, its last frame's own time included. Missing where the file does not say. */
  readonly lengthMs?: number;
  /**
   * Where the length is from: the file's word for the picture, its word for all its tracks, of which another may be longer, or a decoder,
   * which counts from the first frame.
   */
  readonly lengthFrom: 'picture' | 'file' | 'decoder';
  /** The picture's first time as ffmpeg counts it: from the file's first, in some containers from its own. */
  readonly startMs: number;
  /** ffmpeg's name of the container. */
  readonly container: string;
  readonly hasSound: boolean;
  /** Its pixels may be transparent: it is shown on black. */
  readonly alpha: boolean;
  /** ffmpeg's decoder that gives the transparency, where the usual one drops it. */
  readonly alphaDecoder?: string;
  /** An animated WebP that ffmpeg does not read. */
  readonly animatedWebp: boolean;
  /** How its frames go through ffmpeg. */
  readonly pipeline: Pipeline;
  /** The file's first time, from which ffmpeg counts, in ms. */
  readonly fileStartMs: number;
  /** `Gamma` of a display for high dynamic range, which is shown as if it were not. */
  readonly hdr: boolean;
}

/** Version of the library in ffmpeg 7.0, the first one with queues. */
const FIRST_QUEUED_AVCODEC = 61;

/** Codecs of clips that have one size and times that never go back, in a container with an index. */
const STEADY_CODECS = new Set(['h264', 'hevc', 'av1', 'prores', 'mjpeg', 'mpeg4']);
/** What a stream may say beside its frames that is of no matter for how they are shown. */
const HARMLESS = /^(CPB properties|Mastering display metadata|Content light level metadata)$/;

/** Larger is no video but a broken header (H.265, level 6.2). */
const MOST_PX = 16_384;
/** Beyond this a rate is a broken header, too. */
const MOST_HZ = 1000;
const USUAL_HZ = 25;

/** Containers with an index of all their frames and of how long each stays. */
export const INDEXED = /mov|mp4/;
/** Containers whose times may jump: ffmpeg counts them from the first of those tracks that it decodes. */
const FROM_PICTURE = new Set(['mpegts', 'mpeg', 'ogg']);

/** ffmpeg's names of formats of red, green and blue, palettes among them. */
const RGB = /^(x?rgb|x?bgr|gbr|0rgb|0bgr|argb|abgr|pal8)/;

/** Formats with transparency; palettes may have a transparent entry. */
const ALPHA = /^(rgba|bgra|argb|abgr|gbrap|yuva|ayuv|vuya|uyva|ya\d|yaf|pal8)/;

/** ffmpeg's names of formats whose chroma has half of a picture's columns, and of its rows. */
const HALVED_ACROSS = /^(yuv[ja]?42[02]|nv12|nv21|nv16|nv20|p[02]1[026]|y21[026]|yuyv|uyvy|yvyu)/;
const HALVED_DOWN = /^(yuv[ja]?4[24]0|nv12|nv21|p01[026])/;

/** ffmpeg's names of places of chroma. */
const PLACES: Readonly<Record<string, ChromaPlace>> = CHROMA_PLACES;
/** Where chroma goes that the file has for every pixel. */
const CENTRE = CHROMA_PLACES.center;

/** WebM keeps transparency beside the picture, which ffmpeg's own decoders do not look at; those of libvpx do. */
const ALPHA_DECODERS: Readonly<Record<string, string>> = { vp8: 'libvpx', vp9: 'libvpx-vp9' };

interface Stream extends Track {
  readonly profile?: string;
  readonly sample_aspect_ratio?: string;
  readonly pix_fmt?: string;
  readonly field_order?: string;
  readonly color_range?: string;
  readonly color_space?: string;
  readonly color_transfer?: string;
  readonly chroma_location?: string;
  readonly r_frame_rate?: string;
  readonly start_time?: string;
  readonly nb_read_packets?: string;
  readonly side_data_list?: readonly { readonly rotation?: number; readonly side_data_type?: string }[];
}

export interface Probed {
  readonly library_versions?: readonly { readonly name?: string; readonly major?: number }[];
  readonly streams?: readonly Stream[];
  readonly format?: { readonly duration?: string; readonly start_time?: string; readonly format_name?: string };
}

/** The facts, or why the file cannot be played. `index` is the stream's place among those of video. */
export function clipFacts({
  streams = [],
  format = {},
  library_versions: libraries = [],
}: Probed): { facts: ClipFacts; index: number } | { fault: string } {
  const film = filmTrack(streams);
  if (film === undefined) return { fault: 'has no video track' };
  const { track: stream, index } = film;
  const { width = 0, height = 0, codec_name: codec = 'unknown' } = stream;
  if (codec === 'unknown') return { fault: 'has video of a kind that no decoder here knows' };
  if (width < 1 || height < 1) return { fault: 'has video without a size' };
  if (width > MOST_PX || height > MOST_PX) return { fault: `has video of ${width}x${height} px, more than ${MOST_PX}` };
  const rotation = rotationOf(stream);
  const aspect = ratio(stream.sample_aspect_ratio) ?? 1;
  // The longer side of a pixel is filled, so that nothing of the picture is lost.
  const [wide, high] = aspect >= 1 ? [Math.round(width * aspect), height] : [width, Math.round(height / aspect)];
  if (wide > 4 * MOST_PX || high > 4 * MOST_PX) return { fault: `has pixels ${stream.sample_aspect_ratio ?? ''} long` };
  const turned = rotation === 90 || rotation === 270;
  const rateHz = rateOf(stream);
  const startMs = FROM_PICTURE.has(format.format_name ?? '')
    ? 0
    : Math.max(0, secondsOf(stream.start_time) - secondsOf(format.start_time)) * 1000;
  const length = lengthOf(stream, streams.length === 1, format, rateHz);
  const pixelFormat = stream.pix_fmt ?? 'unknown';
  const rgb = RGB.test(pixelFormat);
  const alphaDecoder = hasAlphaBeside(stream) ? ALPHA_DECODERS[codec] : undefined;
  const facts: ClipFacts = {
    codec,
    profile: stream.profile ?? '',
    codedWidthPx: width,
    codedHeightPx: height,
    widthPx: turned ? high : wide,
    heightPx: turned ? wide : high,
    rotation,
    interlaced: ['tt', 'bb', 'tb', 'bt'].includes(stream.field_order ?? ''),
    pixelFormat,
    colour: rgb
      ? { matrix: 'bt709', range: 'limited', chroma: CENTRE }
      : {
          matrix: matrixOf(stream, width, height),
          range: rangeOf(stream, pixelFormat),
          chroma: turnedPlace(chromaOf(stream, pixelFormat), rotation),
        },
    rgb,
    rateHz,
    lengthFrom: 'picture',
    startMs,
    container: format.format_name ?? 'unknown',
    ...length,
    hasSound: streams.some(({ codec_type: type }) => type === 'audio'),
    alpha: ALPHA.test(pixelFormat) || alphaDecoder !== undefined,
    ...(alphaDecoder === undefined ? {} : { alphaDecoder }),
    animatedWebp: false,
    pipeline: pipelineOf(stream, format, libraries),
    fileStartMs: secondsOf(format.start_time) * 1000,
    hdr: ['smpte2084', 'arib-std-b67'].includes(stream.color_transfer ?? ''),
  };
  return { facts, index };
}

/** The facts of an animation that ffmpeg does not read: shown upright, with square pixels, its colours as they are made by us. */
export function animationFacts({ widthPx, heightPx, frames, lengthMs }: WebpAnimation): ClipFacts {
  return {
    codec: 'webp',
    profile: '',
    codedWidthPx: widthPx,
    codedHeightPx: heightPx,
    widthPx,
    heightPx,
    rotation: 0,
    interlaced: false,
    pixelFormat: 'rgba',
    colour: { matrix: 'bt709', range: 'limited', chroma: CENTRE },
    rgb: true,
    rateHz: (1000 * frames.length) / lengthMs,
    lengthMs,
    lengthFrom: 'picture',
    startMs: 0,
    container: 'webp',
    hasSound: false,
    alpha: true,
    animatedWebp: true,
    pipeline: 'direct',
    fileStartMs: 0,
    hdr: false,
  };
}

function pipelineOf(
  { codec_name: codec = '', sample_aspect_ratio: aspect, side_data_list: sides = [] }: Stream,
  { format_name: container = '' }: NonNullable<Probed['format']>,
  libraries: NonNullable<Probed['library_versions']>,
): Pipeline {
  const isQueued = libraries.some(({ name, major = 0 }) => name === 'libavcodec' && major >= FIRST_QUEUED_AVCODEC);
  // What else ffmpeg does of itself, as turning a picture upright, a graph does not.
  const isPlain = sides.every(({ side_data_type: type = '' }) => HARMLESS.test(type)) && (ratio(aspect) ?? 1) === 1;
  const isOfOneSize = INDEXED.test(container) && STEADY_CODECS.has(codec) && isPlain;
  return isQueued ? (isOfOneSize ? 'graph' : 'queued') : isOfOneSize ? 'steady' : 'direct';
}

/** The name is written in small or large letters. */
const hasAlphaBeside = ({ tags = {} }: Stream): boolean =>
  Object.entries(tags).some(([name, value]) => name.toLowerCase() === 'alpha_mode' && value === '1');

/** `30000/1001` or `4:3`. */
function ratio(text: string | undefined): number | undefined {
  const [above, below = 1] = (text ?? '').split(/[/:]/).map(Number) as [number, number?];
  const value = above / below;
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function rateOf({ avg_frame_rate: average, r_frame_rate: base }: Stream): number {
  const rate = ratio(average) ?? ratio(base) ?? USUAL_HZ;
  return rate > MOST_HZ ? USUAL_HZ : rate;
}

type Length = Pick<ClipFacts, 'lengthFrom'> & { readonly lengthMs: number };

/** Of the picture, not of the file: sound may go on longer. */
function lengthOf(
  { nb_read_packets: packets, duration, start_time: start, tags = {} }: Stream,
  isAlone: boolean,
  { duration: ofFile, format_name: container = '' }: NonNullable<Probed['format']>,
  rateHz: number,
): Length | undefined {
  const counted = Number(packets);
  if (counted > 0 && duration === undefined) return { lengthMs: (counted / rateHz) * 1000, lengthFrom: 'decoder' };
  if (Number(duration) > 0) return { lengthMs: Number(duration) * 1000, lengthFrom: 'picture' };
  // Some programs add the language to the name. It counts from the file's first time.
  const tag = Object.entries(tags).find(([name]) => /^DURATION(-|$)/.test(name))?.[1];
  const tagged = (clockSeconds(tag) ?? 0) - secondsOf(start);
  if (tagged > 0) return { lengthMs: tagged * 1000, lengthFrom: 'picture' };
  // Matroska's counts from 0, too; others count from anywhere.
  if (isAlone && container.startsWith('matroska') && Number(ofFile) > secondsOf(start))
    return { lengthMs: (Number(ofFile) - secondsOf(start)) * 1000, lengthFrom: 'picture' };
  return Number(ofFile) > 0 ? { lengthMs: Number(ofFile) * 1000, lengthFrom: 'file' } : undefined;
}

/** 0 where nothing is said. */
function secondsOf(text: string | undefined): number {
  const seconds = Number(text);
  return Number.isFinite(seconds) ? seconds : 0;
}

/** Frames of a clip, as far as its file says. */
export function framesOf({ lengthMs, rateHz }: Pick<ClipFacts, 'lengthMs' | 'rateHz'>): number {
  return lengthMs === undefined ? Infinity : Math.ceil((lengthMs / 1000) * rateHz - 0.01);
}

function rotationOf({ side_data_list: sides = [], tags = {} }: Stream): ClipFacts['rotation'] {
  const counterclockwise = sides.find(({ rotation }) => rotation !== undefined)?.rotation;
  const clockwise = counterclockwise === undefined ? Number(tags['rotate'] ?? 0) : -counterclockwise;
  const quarter = ((Math.round(clockwise / 90) % 4) + 4) % 4;
  return (quarter * 90) as ClipFacts['rotation'];
}

function matrixOf({ color_space: space = '' }: Stream, width: number, height: number): ColourMatrix {
  if (space.startsWith('bt2020')) return 'bt2020';
  if (space === 'bt709') return 'bt709';
  if (['smpte170m', 'bt470bg', 'fcc'].includes(space)) return 'bt601';
  // Where nothing is said, what televisions assume: high definition is BT.709.
  return width >= 1280 || height > 576 ? 'bt709' : 'bt601';
}

function rangeOf({ color_range: range }: Stream, pixelFormat: string): VideoColour['range'] {
  return range === 'pc' || pixelFormat.startsWith('yuvj') ? 'full' : 'limited';
}

/** The stream's place in those directions in which it has fewer samples; where nothing is said, that of MPEG-2 and all later kinds. */
function chromaOf({ chroma_location: location = '' }: Stream, pixelFormat: string): ChromaPlace {
  const { xPx, yPx } = PLACES[location] ?? CHROMA_PLACES.left;
  const halved = halvedChroma(pixelFormat);
  return { xPx: halved.x ? xPx : CENTRE.xPx, yPx: halved.y ? yPx : CENTRE.yPx };
}

/** In which directions, before its rotation, a picture has one chroma sample for two pixels. */
export function halvedChroma(pixelFormat: string): { readonly x: boolean; readonly y: boolean } {
  return { x: HALVED_ACROSS.test(pixelFormat), y: HALVED_DOWN.test(pixelFormat) };
}
