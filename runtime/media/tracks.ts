/** Which track of a file is played, where there are several: one rule for pictures and one for sound. Pure. */

/** A track as ffprobe describes it. */
export interface Track {
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly channels?: number;
  readonly nb_frames?: string;
  readonly avg_frame_rate?: string;
  readonly duration?: string;
  readonly disposition?: {
    readonly default?: number;
    readonly attached_pic?: number;
    readonly timed_thumbnails?: number;
    readonly still_image?: number;
  };
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Picked<T> {
  readonly track: T;
  /** Its place among the tracks of its type. */
  readonly index: number;
}

/** Codecs of single pictures: covers and thumbnails have them, films seldom. */
const PICTURE_CODECS = new Set(['mjpeg', 'mjpegb', 'jpegls', 'jpeg2000', 'png', 'bmp', 'gif', 'webp', 'tiff', 'ppm', 'svg']);

/**
 * The film of a file: tracks of many pictures before single ones, the default track before others, then the one with the most pixels, then
 * the first. Undefined where there are only covers.
 */
export function filmTrack<T extends Track>(tracks: readonly T[]): Picked<T> | undefined {
  return best(tracks, 'video', (track) => {
    const { width = 0, height = 0, disposition = {}, codec_name: codec } = track;
    if (disposition.attached_pic === 1 || disposition.timed_thumbnails === 1) return undefined;
    return [Number(isKnown(codec) && width > 0 && height > 0), motion(track), disposition.default ?? 0, width * height];
  });
}

/** The sound of a file: the default track before others, then the one with the most channels, then the first. */
export function soundTrack<T extends Track>(tracks: readonly T[]): Picked<T> | undefined {
  return best(tracks, 'audio', ({ codec_name: codec, channels = 0, disposition = {} }) => [
    Number(isKnown(codec) && channels > 0),
    disposition.default ?? 0,
    channels,
  ]);
}

const isKnown = (codec: string | undefined): boolean => codec !== undefined && codec !== 'unknown' && codec !== 'none';

/** 2 where a track moves, 1 where it may, 0 where it is one picture. */
function motion(track: Track): 0 | 1 | 2 {
  if (track.disposition?.still_image === 1) return 0;
  const frames = frameCount(track);
  if (frames !== undefined) return frames > 1 ? 2 : 0;
  return PICTURE_CODECS.has(track.codec_name ?? '') ? 1 : 2;
}

/** Frames, where the container counts them or the track has a length of its own; undefined elsewhere. */
export function frameCount({ nb_frames: counted, avg_frame_rate: rate, duration, tags = {} }: Track): number | undefined {
  const count = Number(counted);
  if (count > 0) return count;
  const [above = NaN, below = 1] = (rate ?? '').split('/').map(Number);
  const hz = above / below;
  const seconds = Number(duration) > 0 ? Number(duration) : clockSeconds(tags['DURATION']);
  return hz > 0 && Number.isFinite(hz) && seconds !== undefined ? Math.round(hz * seconds) : undefined;
}

/** Seconds of `00:01:02.5`. */
export function clockSeconds(text: string | undefined): number | undefined {
  const [hours, minutes, seconds] = (text ?? '').split(':').map(Number);
  const sum = hours! * 3600 + minutes! * 60 + seconds!;
  return seconds !== undefined && Number.isFinite(sum) ? sum : undefined;
}

/** The track of a type with the greatest rank, compared part by part; of equal ones the first. Without a rank it is no choice. */
function best<T extends Track>(
  tracks: readonly T[],
  type: string,
  rankOf: (track: T) => readonly number[] | undefined,
): Picked<T> | undefined {
  let found: (Picked<T> & { readonly rank: readonly number[] }) | undefined;
  for (const [index, track] of tracks.filter(({ codec_type: kind }) => kind === type).entries()) {
    const rank = rankOf(track);
    if (rank !== undefined && (found === undefined || isGreater(rank, found.rank))) found = { track, index, rank };
  }
  return found;
}

function isGreater(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && a[at]! > b[at]!;
}
