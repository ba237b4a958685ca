/** The events of a session, for logs, `watch` and the status. Times are stage ms. */

import type { ReportedError } from '../core/error-log';
import type { Sought } from '../stage/seek';
import type { BegunSound, SilentSound, SoundsReady } from '../stage/sound';

export interface SessionEvents {
  readonly 'session-start': { readonly session: string; readonly show: string };
  readonly 'session-end': { readonly session: string; readonly because: 'over' | 'stopped' | 'replaced' | 'failed' };
  readonly 'cue-start': { readonly cue: string; readonly number: number; readonly durationMs: number };
  readonly 'cue-end': { readonly cue: string; readonly number: number; readonly actualMs: number };
  readonly scene: { readonly scene: string; readonly cue: string };
  readonly picture: {
    readonly file: string;
    readonly theme: string;
    readonly scene: string;
    readonly transition: string;
  };
  /** A picture was due and not decoded yet. */
  readonly 'late-picture': { readonly file: string; readonly lateMs: number };
  /** A sound was put on the clock; within some tens of ms it is heard. */
  readonly sound: BegunSound;
  /** How many of the sounds of the cue that is on and of the next one are ready. */
  readonly 'sounds-ready': SoundsReady;
  /** A sound is due and silent, or was and is no more. */
  readonly 'sound-silent': SilentSound;
  /** Sound goes to another device from now on, or to none. */
  readonly 'sound-output': { readonly sink: string };
  /** Something went wrong, and the show goes on. */
  readonly error: ReportedError;
  /** A sound or clip goes on at another place. */
  readonly seek: { readonly cue: string; readonly moved: readonly Sought[]; readonly left: readonly Sought[] };
  readonly pause: Readonly<Record<string, never>>;
  readonly resume: Readonly<Record<string, never>>;
  readonly reload: { readonly session: string; readonly readyMs: number; readonly swapFrame: number };
  /** A reload found nothing changed. */
  readonly 'reload-unchanged': { readonly session: string };
  readonly 'reload-refused': { readonly because: string };
  readonly 'output-opened': {
    readonly output: string;
    readonly driver: string;
    readonly widthPx: number;
    readonly heightPx: number;
  };
  readonly 'output-lost': { readonly output: string };
  /** The display was switched on or off, by whom, how, and which steps failed. */
  readonly display: {
    readonly display: 'on' | 'off';
    readonly because: string;
    readonly by: readonly string[];
    readonly notes: readonly string[];
  };
}

/** All of them, for those who listen to everything. */
export const EVENT_NAMES: readonly (keyof SessionEvents)[] = [
  'session-start',
  'session-end',
  'cue-start',
  'cue-end',
  'scene',
  'picture',
  'late-picture',
  'sound',
  'sounds-ready',
  'sound-silent',
  'sound-output',
  'error',
  'seek',
  'pause',
  'resume',
  'reload',
  'reload-unchanged',
  'reload-refused',
  'output-opened',
  'output-lost',
  'display',
];
