/** The show as the program sees it: validated, defaults filled in, durations in ms, globs still unresolved. */
import { token } from '../core/token';

export interface Theme {
  /** Share of the image budget and of draws. */
  readonly weight: number;
  /** Globs relative to the show's folder; absolute paths and `~`-less. */
  readonly images: readonly string[];
  readonly videos: readonly string[];
  readonly texts: readonly string[];
}

export type TransitionType = 'cut' | 'crossfade' | 'fade-through-black' | 'slide' | 'wipe';

export interface Transition {
  readonly type: TransitionType;
  readonly durationMs: number;
}

export interface SceneText {
  readonly position: 'top' | 'center' | 'bottom';
  readonly everyMs: number;
}

export interface Scene {
  readonly media: 'images' | 'videos' | 'both';
  readonly themes: readonly string[];
  /** The media cycle; of clips that play out, what is assumed before one is known. */
  readonly everyMs: number;
  /** Clips are shown to their end, not for `everyMs`. */
  readonly playsOut: boolean;
  readonly order: 'shuffle' | 'sequence';
  readonly fit: 'cover' | 'contain';
  readonly motion: 'none' | 'ken-burns';
  readonly transition: Transition;
  readonly text?: SceneText;
  /** 0xRRGGBB. */
  readonly background: number;
}

export interface PoolEntry {
  readonly scene: string;
  readonly weight: number;
  /** How long the scene stays at least and at most, where given. */
  readonly minMs?: number;
  readonly maxMs?: number;
}

/** The purpose of a sound. */
export type SoundRole = 'voice' | 'background' | 'effect';

export interface CueSound {
  /** Absolute. */
  readonly file: string;
  readonly role: SoundRole;
  /** 0 to 1. */
  readonly volume: number;
  readonly loop: boolean;
  readonly fadeInMs: number;
  readonly fadeOutMs: number;
}

export interface Cue {
  readonly name: string;
  readonly durationMs: number;
  /** Empty for a cue that is only heard: the screen is black. */
  readonly scenes: readonly PoolEntry[];
  readonly select: 'on-cue-start' | 'on-media-cycle' | 'on-interval';
  /** With `on-interval`. */
  readonly selectEveryMs?: number;
  /** Into this cue. */
  readonly transition: Transition;
  /** At most two; missing where there are none. */
  readonly sounds?: readonly CueSound[];
  /** How loud the clips' own sound is, 0 to 1; missing where it is not heard. */
  readonly clipVolume?: number;
}

export interface Show {
  readonly version: 1;
  readonly name: string;
  /** Absolute path of the file and of its folder; globs and files are relative to the folder. */
  readonly file: string;
  readonly folder: string;
  /** `sha256:` and the hash of the file's bytes. */
  readonly hash: string;
  readonly themes: Readonly<Record<string, Theme>>;
  readonly scenes: Readonly<Record<string, Scene>>;
  readonly cuelist: { readonly loop: 'once' | 'forever' | 'ping-pong'; readonly cues: readonly Cue[] };
}

/** The scene of a cue that is only heard. No other has an empty name. */
export const BLANK_SCENE = '';

/** How it looks: black, until its cue is over. */
const BLANK: Scene = {
  media: 'images',
  themes: [],
  everyMs: Infinity,
  playsOut: false,
  order: 'sequence',
  fit: 'cover',
  motion: 'none',
  transition: { type: 'cut', durationMs: 0 },
  background: 0x000000,
};

/** A scene of a show, by a name that it has. */
export function sceneOf({ scenes }: Pick<Show, 'scenes'>, name: string): Scene {
  return name === BLANK_SCENE ? BLANK : scenes[name]!;
}

/** Whether anything of it is to be heard. */
export function hasSound({ cuelist }: Show): boolean {
  return cuelist.cues.some(({ sounds = [], clipVolume }) => sounds.length > 0 || clipVolume !== undefined);
}

/**
 * Sounds that may play at a time, at most: of two cues that give way to each other, and of the clip that is on and the one that comes. 0 where
 * nothing is to be heard.
 */
export function soundsAtOnce({ cuelist }: Show): number {
  const most = Math.max(0, ...cuelist.cues.map(({ sounds = [] }) => sounds.length));
  return 2 * most + (cuelist.cues.some(({ clipVolume }) => clipVolume !== undefined) ? 2 : 0);
}

/** The show a session plays. */
export const SHOW = token<Show>('show', 'session');
