/** Builders of option rows: the one place where a knob's kind, range, default and reason are written down. */
import type { Option } from '../core/plugin';

export type { Option, OptionTable, Values } from '../core/plugin';

/** How a value is written and checked; each is a convict format of the same name (see `formats`). */
export type RowFormat =
  | 'vitrine-duration'
  | 'vitrine-bytes'
  | 'vitrine-count'
  | 'vitrine-ratio'
  | 'vitrine-level'
  | 'vitrine-choice'
  | 'vitrine-flag'
  | 'vitrine-text'
  | 'vitrine-size'
  | 'vitrine-listen'
  | 'vitrine-hours'
  | 'vitrine-plugins';

/** An option as these builders make it. */
export interface Row<T> extends Option<T> {
  readonly format: RowFormat;
  /** Words that stand for a value, such as `auto`; of a choice, all of them. */
  readonly words: readonly (string | number)[];
  /** Smallest and largest value, in the row's unit. */
  readonly min?: number;
  readonly max?: number;
  /** More arguments that set this option: name without dashes -> its text, `%` being what the person wrote. */
  readonly flags: Readonly<Record<string, string>>;
  /** What is relative in the value is so to the file it stands in: all of it, or only what begins with `./` or `../`. */
  readonly paths?: 'all' | 'dotted';
}

/** What every row says. */
export interface RowText {
  readonly doc: string;
  readonly applies: Option<unknown>['applies'];
  readonly why: string;
  /** The knob's name in the seed documents. */
  readonly seed?: string;
  /** Environment variable; by default made of section and name (`VITRINE_THEME_LOOKAHEAD`). */
  readonly env?: string;
  /** Argument without dashes; by default made of section and name (`theme-lookahead`). */
  readonly arg?: string;
  /** The permitted values in words, where kind and limits do not say. */
  readonly range?: string;
  /** More arguments: `{'theme-sleep-ms': '%ms', 'theme-no-preload': 'false'}`; one without `%` takes no text. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Of a text: it is a path, relative to the file it stands in; with `dotted` only when it begins with `./` or `../`. */
  readonly paths?: 'all' | 'dotted';
}

interface NumberText extends RowText {
  /** In the unit of the builder's name; inclusive. */
  readonly min: number;
  readonly max: number;
}

/** A number, or one of `words` (usually `['auto']`). */
type NumberRow<W extends string> = NumberText & {
  readonly words?: readonly W[];
  readonly default: NoInfer<number | W>;
};

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** A stretch of time in ms; people write `800ms`, `6s`, `5m`, `1h`. */
export function durationMs<const W extends string = never>(row: NumberRow<W>): Row<number | W> {
  return build(row, 'vitrine-duration', 'ms');
}

/** An amount of memory in bytes; people write `64MiB`, `64MB` or a number of bytes. */
export function bytes<const W extends string = never>(row: NumberRow<W>): Row<number | W> {
  return build(row, 'vitrine-bytes', 'bytes');
}

/** A whole number; `unit` where it counts something particular. */
export function count<const W extends string = never>(
  row: NumberRow<W> & { readonly unit?: 'count' | 'frames' | 'px' | 'hz' },
): Row<number | W> {
  return build(row, 'vitrine-count', row.unit ?? 'count');
}

/** A share; people write `0.5` or `50%`. */
export function ratio<const W extends string = never>(row: NumberRow<W>): Row<number | W> {
  return build(row, 'vitrine-ratio', 'ratio');
}

/** A level of sound; people write `-16LUFS` or the number alone. */
export function level(row: NumberText & { readonly default: number; readonly unit: 'LUFS' | 'dBTP' }): Row<number> {
  return build<number>(row, 'vitrine-level', row.unit);
}

/** One of the words or numbers listed. */
export function choice<const W extends readonly (string | number)[]>(
  row: RowText & { readonly words: W; readonly default: NoInfer<W[number]> },
): Row<W[number]> {
  return build<W[number]>(row, 'vitrine-choice', 'none');
}

/** True or false; on the command line also on, off, yes, no, 1, 0. */
export function flag(row: RowText & { readonly default: boolean }): Row<boolean> {
  return build(row, 'vitrine-flag', 'none');
}

/** A text that is not empty, such as a path; null stands for "not given" where it is the default. */
export function text<D extends string | null>(row: RowText & { readonly default: D }): Row<string | D> {
  return build<string | D>(row, 'vitrine-text', 'none');
}

/** A picture size as `WxH` in px; read it with `parseSize` of `units`. */
export function size<const W extends string = never>(
  row: RowText & { readonly words?: readonly W[]; readonly default: string },
): Row<string> {
  return build<string>(row, 'vitrine-size', 'px');
}

/** An address to listen on, `HOST:PORT`, or one of `words` (usually `['off']`). */
export function listenAddress<const W extends string = never>(
  row: RowText & { readonly words?: readonly W[]; readonly default: string },
): Row<string> {
  return build<string>(row, 'vitrine-listen', 'none');
}

/** Opening hours, or one of `words` (usually `['always']`); read them with `parseOpeningHours`. */
export function openingHours<const W extends string = never>(
  row: RowText & { readonly words?: readonly W[]; readonly default: string },
): Row<string> {
  return build<string>(row, 'vitrine-hours', 'none');
}

/** A value that tuning has made a number of. Throws where it left a word behind: a defect of the program. */
export function tunedNumber(key: string, value: number | string): number {
  if (typeof value !== 'number')
    throw new TypeError(`${key} is still '${value}': it must be tuned before the plugin opens`);
  return value;
}

/** How much a plugin is wanted. */
export type PluginWish = 'required' | 'optional' | 'off';

/** A plugin by its id, path or package name. */
export interface PluginEntry {
  readonly ref: string;
  readonly wish: PluginWish;
}

/** Plugins; people write a map from id, path or package to `required`, `optional` or `off`; layers add up. */
export function plugins(row: RowText & { readonly default: readonly PluginEntry[] }): Row<readonly PluginEntry[]> {
  return build(row, 'vitrine-plugins', 'none');
}

type AnyRow<T> = RowText & {
  readonly default: T;
  readonly words?: readonly (string | number)[];
  readonly min?: number;
  readonly max?: number;
};

function build<T>(row: AnyRow<T>, format: RowFormat, unit: Option<T>['unit']): Row<T> {
  const { env = '', arg = '', flags = {}, words = [] } = row;
  return Object.freeze({ ...row, format, unit, env, arg, flags, words });
}
