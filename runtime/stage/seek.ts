/** Seeking: where in what plays a person wants to be. Pure. */
import { parseDurationMs } from '../core/duration';

/** A position from the beginning, or a distance from the present one (negative: back). */
export interface Seek {
  readonly ms: number;
  readonly relative: boolean;
}

/** Something that plays and can be moved. */
export interface Playing {
  readonly positionMs: number;
  /** Undefined where it is not known. */
  readonly lengthMs?: number | undefined;
  readonly loops: boolean;
}

/** Where it goes, or why it stays where it is. */
export type Target = { readonly toMs: number } | { readonly because: string };

/** A sound or clip after a seek. */
export interface Sought {
  /** Absolute. */
  readonly file: string;
  /** `clip`: a picture that moves. */
  readonly role: 'voice' | 'background' | 'effect' | 'clip';
  /** Where it is now. */
  readonly positionMs: number;
  readonly lengthMs?: number;
  /** Why it was not moved, where that is so. */
  readonly because?: string;
}

/** Why a sound was not moved whose samples are not there yet although it is due. */
export const NOT_BEGUN = 'has not begun yet';

/** `1m30s` is a position, `+10s` and `-10s` are distances. Undefined where it is none of them. */
export function parseSeek(text: string): Seek | undefined {
  const sign = /^[+-]/.exec(text)?.[0];
  const ms = parseDurationMs(sign === undefined ? text : text.slice(1));
  if (ms === undefined) return undefined;
  return { ms: sign === '-' ? -ms : ms, relative: sign !== undefined };
}

/** What loops is never beyond its end; what does not is not moved there. Back beyond the beginning is the beginning. */
export function targetOf({ ms, relative }: Seek, { positionMs, lengthMs, loops }: Playing): Target {
  const toMs = relative ? positionMs + ms : ms;
  const isLengthKnown = lengthMs !== undefined && lengthMs > 0;
  if (loops && isLengthKnown) return { toMs: ((toMs % lengthMs) + lengthMs) % lengthMs };
  if (isLengthKnown && toMs >= lengthMs) return { because: `ends after ${(lengthMs / 1000).toFixed(1)} s` };
  return { toMs: Math.max(0, toMs) };
}
