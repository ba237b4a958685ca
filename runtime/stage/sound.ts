/** Sound: what a plugin provides so that a session can play the sounds of its cues. Times are stage ms. */
import { token } from '../core/token';
import type { Seek, Sought } from './seek';

/** The sound of a clip, and where its picture is. */
export interface ClipSound {
  /** The clip's file. Absolute. */
  readonly file: string;
  /** Where in the clip its picture comes on; the beginning without it. */
  readonly fromMs?: number;
  /** Stage ms of the clip's beginning, NaN before it is shown. It moves when pictures had to be waited for. */
  readonly beganMs: number;
  /** How long a round is, of a clip that loops; undefined while that is not known. The first round may correct it. */
  readonly roundMs?: number | undefined;
}

/** A clip's sound, as it is to be heard. */
export interface CardSound {
  readonly sound: ClipSound;
  /** 0 to 1. */
  readonly volume: number;
}

/** A show's sounds, from its first cue to its end. Main thread; nothing here throws, and only `atHand` waits. */
export interface SoundDesk {
  /** A sound that begins at least this much later than the order for it, in ms, loses no sample. */
  readonly leadMs: number;
  /** A clip that comes on soon, or may: it takes the place of the one that was said last and has not come. */
  ready(clip: CardSound): void;
  /** Resolves once the first samples of the clip that was made ready are there or never will be, after `limitMs` at the latest. */
  atHand(clip: CardSound, limitMs: number): Promise<void>;
  /**
   * Another picture comes on at `fromMs`, now or soon, over `overMs`: the sound of the clip before it goes, and `clip` comes in step with
   * its picture. Said before `enter` where a cue begins with it.
   */
  card(fromMs: number, overMs: number, clip?: CardSound): void;
  /** A cue comes on at `fromMs`, now or soon: its sounds begin, those of the cue before give way. */
  enter(cue: string, fromMs: number): void;
  /**
   * As `enter`, of a cue whose sounds follow those of the cue before without a gap, said before `card` and whether or not its picture is
   * ready. Returns the stage ms of the join: where the sound before truly ends, which is near `dueMs`, or `dueMs`.
   */
  join(cue: string, dueMs: number): number;
  /** Undefined where each sound of the cue that is on has begun or never will; else resolves once that is so, after `limitMs` at the latest. */
  beginning(limitMs: number): Promise<unknown> | undefined;
  /** Moves the sounds of the cue that is on to another place. Returns where each is now, or why it was not moved. */
  seek(seek: Seek): readonly Sought[];
  /**
   * The cue that comes after the one that is on, and when that is expected; undefined where none does. Called again when that changes, and
   * before `warm` with the cue that the show begins with.
   */
  expect(cue: string | undefined, atMs: number): void;
  /** What was said last of a picture, and of a cue with it, does not come. */
  recall(): void;
  pause(): void;
  resume(): void;
  /** The show ends, or another takes its place: everything fades out. */
  leave(): void;
}

export interface BegunSound {
  /** Absolute. */
  readonly file: string;
  /** `clips`: the sound of a clip. */
  readonly role: 'voice' | 'background' | 'effect' | 'clips';
  /** Decoded whole, or a chunk at a time. */
  readonly from: 'memory' | 'chunks';
  /** How much later than it was meant to. */
  readonly lateMs: number;
}

/** How far a sound is that the cue that is on needs, or the next one; or the sound of the clip that is on. */
export interface SoundState {
  /** Absolute. */
  readonly file: string;
  readonly role: BegunSound['role'];
  readonly cue: string;
  /**
   * `ready`: can begin at once. `late`: is due, and silent. `waiting`: nothing is done for it yet. `preparing`, `deferred`: it is on its
   * way, or waits for room. `over`, `failed`: nothing more comes of it.
   */
  readonly state: 'plays' | 'ready' | 'late' | 'preparing' | 'deferred' | 'waiting' | 'over' | 'failed';
  readonly from?: BegunSound['from'];
  readonly because?: string;
  readonly positionMs?: number;
  readonly lengthMs?: number;
}

/** Whether a sound is as far as it has to be. */
export const isReady = ({ state }: SoundState): boolean => state === 'plays' || state === 'ready' || state === 'over';

/** What is heard, where, and what will be. */
export interface SoundStatus {
  /** As in `SoundNews`, and why it is `none` where it is. */
  readonly sink: string;
  readonly because?: string;
  readonly mastered: boolean;
  readonly volumes: Readonly<Record<string, number>>;
  /** For how long, and by how much at most, the sum was turned down to stay under its ceiling. */
  readonly limited: { readonly ms: number; readonly worstDb: number };
  /** Sounds of the cue that is on and of the next one: so many are ready, of so many. */
  readonly ready: number;
  readonly of: number;
  readonly sounds: readonly SoundState[];
}

/** How many of the sounds of two cues are ready has changed. */
export interface SoundsReady {
  readonly ready: number;
  readonly of: number;
  /** Those that are not. */
  readonly sounds: readonly SoundState[];
}

/** A sound that should be heard and is not. */
export interface SilentSound {
  /** Absolute. */
  readonly file: string;
  /** How long nothing was heard of it; missing while that lasts. */
  readonly silentMs?: number;
}

/** Told of what a desk does. Main thread; nothing here throws. */
export interface SoundNews {
  begun(sound: BegunSound): void;
  silent(sound: SilentSound): void;
  /** `sink`: the name of a device, `default`, or `none`. */
  output(sink: string): void;
  ready(state: SoundsReady): void;
}

/** Where the desk of a session tells its news. */
export const SOUND_NEWS = token<SoundNews>('sound-news', 'session');

/** Provided by the plugin that plays sound; a session has one or none. */
export const SOUND_DESK = token<SoundDesk>('sound-desk', 'session');

/** Stage time as plugins see it. */
export interface StageTime {
  /** Stage ms now; stands still while the show is paused. */
  nowMs(): number;
  /** Whether it goes as the clock on the wall goes; a show that is composed as fast as possible has no sound. */
  readonly isTimed: boolean;
}

/** The clock of the session's stage. */
export const STAGE_TIME = token<StageTime>('stage-time', 'session');

/** What a person can do to the sound while it plays. */
export interface SoundControl {
  /** Switches between sound as it is and mastered sound. Returns what is heard now. */
  master(on: boolean): { readonly mastered: boolean };
  /** Sets a volume, 0 to 1, of a role or of all; returns all of them. Undefined where there is no such role. */
  volume(role: string, volume: number): Readonly<Record<string, number>> | undefined;
  /** Undefined before the first show with sound. */
  status(): SoundStatus | undefined;
  /** What the caches hold and how they did. */
  cache(): unknown;
  /** Empties what is only good to have. */
  clearCache(): void;
}

/** Offered by the plugin that plays sound. */
export const SOUND_CONTROL = token<SoundControl>('sound-control');
