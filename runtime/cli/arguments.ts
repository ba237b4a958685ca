/** Reads the texts of the command line's own arguments. A wrong one is a usage error that says what is expected. */
import { InvalidArgumentError, type Command } from 'commander';
import { parseDurationMs } from '../core/duration';
import { parseSize } from '../options/units';
import { parseSeek } from '../stage/seek';

/** `800ms`, `6s`, `5m`, `1h` in ms. */
export function durationArgument(text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs === undefined || durationMs <= 0)
    throw new InvalidArgumentError('Write a duration such as 800ms, 6s, 5m or 1h.');
  return durationMs;
}

/** `1m30s`, `+10s` or `-10s`; stays text. */
export function seekArgument(text: string): string {
  if (parseSeek(text) === undefined)
    throw new InvalidArgumentError('Write a position such as 1m30s, or a distance such as +10s or -10s.');
  return text;
}

/** A whole number from 0. */
export function countArgument(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) throw new InvalidArgumentError('Write a whole number.');
  return count;
}

/** `WIDTHxHEIGHT` in px, or auto; stays text. */
export function sizeArgument(text: string): string {
  if (text !== 'auto' && parseSize(text) === undefined)
    throw new InvalidArgumentError('Write a size such as 1920x1080.');
  return text;
}

/** Gathers an argument that may be given several times. */
export function gather(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Of the argument that is a show by itself. */
export const SHOW_TEXT = 'the show; the same as --show';

/** The show that was named, by itself or with `--show`. Twice is a usage error of `command`. */
export function oneShow(command: Command, bare?: string, named?: string): { readonly show?: string } {
  if (bare !== undefined && named !== undefined) command.error('error: the show is named twice; name it once');
  const show = bare ?? named;
  return show === undefined ? {} : { show };
}
