/** Media: what plugins provide so that a session can put their pictures on the stage. */
import { token } from '../core/token';
import type { SourceRef } from './layer';
import type { ClipSound } from './sound';

/** Something ready to be shown: its pixels are resident until `release`. */
export interface StageItem {
  readonly picture: SourceRef;
  /** How long it lasts by itself; without it, as long as it is shown. */
  readonly lengthMs?: number;
  /**
   * Of what moves: resolves when its end is known for certain, with its ms from its first frame to the end of the last one's time. Frames of
   * it may still be to come. Undefined where it was released before.
   */
  readonly ends?: Promise<number | undefined>;
  /** A better word for `lengthMs`, where there is one; undefined where not. */
  readonly better?: Promise<number | undefined>;
  /** Of a clip. */
  readonly clip?: ClipPlace;
  /** Of a clip that has sound. */
  readonly sound?: ClipSound;
  /** For status, events and logs: the file, relative to the show where possible. */
  readonly label: string;
  readonly theme: string;
  /** Says that it never came on: its turn is the next one again. It stays resident. */
  takeBack?(): void;
  /** After `takeBack`: takes the turn where it is still the next one of its scene. Whether it was. */
  retake?(): boolean;
  /** Whoever took the item gives it back once its layer is off the stage. Twice is harmless. */
  release(): void;
}

/** Where in a clip its picture is, and how it gets to another place. */
export interface ClipPlace {
  /** Absolute. */
  readonly file: string;
  /** For a time that the show gives it: a place beyond its end is one in a later round. */
  readonly loops: boolean;
  /** Whether the decoder goes on with the next round by itself: a loop, or the only clip of its scene. */
  readonly isEndless: boolean;
  /** Of the whole clip, or of a round; undefined where it is not known. */
  readonly lengthMs: number | undefined;
  /** From the beginning of the clip, or of its round, at a stage ms; NaN before it is shown. */
  positionMs(atMs: number): number;
  /**
   * The same clip, ready on the frame that is on at `toMs` of it. Undefined where it cannot be decoded from there. Waits for a decoder;
   * rejects only with the signal's reason. `comes` as of `Reel.next`.
   */
  from(toMs: number, signal: AbortSignal, comes?: (sound: ClipSound) => void): Promise<StageItem | undefined>;
}

/** One scene's order of media. */
export interface Reel {
  /**
   * The next item, resident. Bad files are passed over. `undefined` when nothing can be shown now (the theme became empty):
   * ask again later. `urgent` tells that a picture change is waiting for it: a decode then counts as late.
   * `comes` is called with the sound of a clip as soon as its decoder has begun: a promise of nothing yet, and the very object that the
   * item brings. `current` is on and may stay: where it is the only item of the scene and goes on by itself, it is given back, and nothing
   * is made ready. Rejects only with the signal's reason.
   */
  next(
    signal: AbortSignal,
    urgent: boolean,
    comes?: (sound: ClipSound) => void,
    current?: StageItem,
  ): Promise<StageItem | undefined>;
  /** Different items there are. */
  readonly size: number;
  /** Where the scene has other reels, too, and one order over all of them: whether the next item is one of this reel's. */
  readonly due?: boolean | undefined;
  close(): void;
}

/** A plugin's media for one session. */
export interface MediaProvider {
  readonly media: 'images' | 'videos';
  /** The reel of a scene of this session's show; the same scene gets the same reel and goes on where it was. */
  reel(sceneName: string): Reel;
  /** Theme texts of a scene drawn for the panel, in order, wrapping; undefined where the scene has none. */
  texts?(sceneName: string): TextReel | undefined;
}

export interface TextReel {
  /** The next text as an overlay picture with its place in stage px. `undefined` when it cannot be drawn. */
  next(signal: AbortSignal): Promise<(StageItem & { readonly leftPx: number; readonly topPx: number }) | undefined>;
  /** Texts in one round. */
  readonly count: number;
  close(): void;
}

/** Told of what changes in a show's media while it plays. Main thread; nothing here throws. */
export interface MediaNews {
  /** Files joined or left: the show may need more memory than it was given, or less. */
  filesChanged(): void;
}

/** Where the media of a session tell their news. */
export const MEDIA_NEWS = token<MediaNews>('media-news', 'session');

/** Provided by media plugins for each session; a session may have several. */
export const MEDIA_PROVIDER = token<MediaProvider>('media-provider', 'session');
