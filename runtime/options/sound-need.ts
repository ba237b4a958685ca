/** The needs of a show's sounds: memory of those that are decoded whole, and of those that are streamed in chunks. Pure. */

/** A sound as the account sees it. */
export interface SoundFigure {
  /** As its file states it. */
  readonly lengthMs: number;
  /** As it is played. */
  readonly channels: 1 | 2;
  /** Those in which cues play it; `clips` for the sound of a clip. */
  readonly roles: readonly string[];
}

/** Sounds of a show, as far as they were looked at; the sounds of its clips among them where cues let them be heard. */
export interface ShowSounds {
  readonly known: readonly SoundFigure[];
  readonly unknown: number;
}

/** Lengths of sound files, as far as they are known. */
export interface SoundLengths {
  readonly known: readonly (Omit<SoundFigure, 'roles'> & { readonly path: string })[];
  readonly unknown: number;
}

export interface SoundNeed {
  /** Of all sounds that are decoded whole, together; Infinity where not all sounds are known. */
  readonly wholeBytes: number;
  /** Of all chunks of all sounds that are streamed; Infinity where not all are known. */
  readonly streamedBytes: number;
  /** Files that are streamed; Infinity where not all are known. */
  readonly streamedFiles: number;
}

/** As it is in the file, and mastered. */
const STATES = 2;
const SAMPLE_BYTES = 4;
/** Files may be decoded to more than they state: padding of an encoder, at most so much. */
const PADDING_MS = 600;

/** `longestWholeMs`: sounds of a role that are longer are streamed. */
export function soundNeed(
  sounds: ShowSounds | undefined,
  chunkMs: number,
  rateHz: number,
  longestWholeMs: (role: string) => number,
): SoundNeed {
  if (sounds === undefined || sounds.unknown > 0)
    return { wholeBytes: Infinity, streamedBytes: Infinity, streamedFiles: Infinity };
  const isWhole = ({ lengthMs }: SoundFigure, role: string): boolean => lengthMs <= longestWholeMs(role);
  const bytesOf = (ms: number, { channels }: SoundFigure): number =>
    Math.ceil((ms / 1000) * rateHz) * channels * STATES * SAMPLE_BYTES;
  const sum = (some: readonly SoundFigure[], msOf: (sound: SoundFigure) => number): number =>
    some.reduce((bytes, sound) => bytes + bytesOf(msOf(sound), sound), 0);
  const whole = sounds.known.filter((sound) => sound.roles.some((role) => isWhole(sound, role)));
  const streamed = sounds.known.filter((sound) => sound.roles.some((role) => !isWhole(sound, role)));
  return {
    wholeBytes: sum(whole, ({ lengthMs }) => lengthMs + PADDING_MS),
    streamedBytes: sum(streamed, ({ lengthMs }) => Math.ceil((lengthMs + PADDING_MS) / chunkMs) * chunkMs),
    streamedFiles: streamed.length,
  };
}

/** A short sound whose decode was slow is streamed as well, and so is the other one of its cue. */
const FEWEST_STREAMS = 2;

/** How many sounds are streamed at a time, of so many that play: each file may go out of one cue while it comes into the next. */
export const streamsAtOnce = (atOnce: number, { streamedFiles }: SoundNeed): number =>
  Math.min(atOnce, Math.max(FEWEST_STREAMS, 2 * streamedFiles));
