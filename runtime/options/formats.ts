/** Formats: how the text a person wrote becomes an option's value, and which values are permitted; also as convict formats. */
import type convict from 'convict';
import { formatDurationMs } from '../core/duration';
import { parseOpeningHours } from '../core/opening-hours';
import type { PluginEntry, PluginWish, Row, RowFormat } from './row';
import { formatBytes, parseBytes, parseDuration, parseSize } from './units';

/** A value in the row's unit, or what is wrong with what was written. */
export type Reading = { readonly value: unknown } | { readonly wrong: string; readonly remedy: string };

const WISHES: readonly PluginWish[] = ['required', 'optional', 'off'];

/** A value with its unit, for people. */
export function formatValue(row: Row<unknown>, value: unknown): string {
  if (row.format === 'vitrine-plugins') {
    return (value as readonly PluginEntry[]).map(({ ref, wish }) => `${ref}: ${wish}`).join(', ');
  }
  if (value === null) return 'none';
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (row.unit === 'ms') return formatDurationMs(value);
  if (row.format === 'vitrine-level') return `${value}${row.unit}`;
  return row.unit === 'bytes' ? formatBytes(value) : String(value);
}

/** The permitted values in words. */
export function describeRange(row: Row<unknown>): string {
  if (row.range !== undefined) return row.range;
  if (row.format === 'vitrine-choice') return row.words.join(', ');
  const words = row.words.length === 0 ? '' : ` or ${row.words.join(', ')}`;
  switch (row.format) {
    case 'vitrine-flag':
      return 'true or false';
    case 'vitrine-text':
      return 'text';
    case 'vitrine-size':
      return `WxH${words}`;
    case 'vitrine-listen':
      return `HOST:PORT${words}`;
    case 'vitrine-hours':
      return `hours of days of the week${words}`;
    case 'vitrine-plugins':
      return `a map from plugin to ${WISHES.join(', ')}`;
    default:
      return `${formatValue(row, row.min ?? 0)} to ${formatValue(row, row.max ?? Infinity)}${words}`;
  }
}

/** Reads what a person wrote for `row`: text of the environment or command line, or a value of a YAML file. */
export function readValue(row: Row<unknown>, written: unknown): Reading {
  if (row.format === 'vitrine-plugins') return readPlugins(written);
  if (written === null && row.default === null) return { value: null };
  const word = row.words.find((candidate) => String(candidate) === String(written).trim());
  if (word !== undefined) return { value: word };
  const value = readers[row.format](written);
  if (value === undefined)
    return { wrong: `${show(written)} is not ${needed[row.format]}`, remedy: `write ${example(row)}` };
  const fault = faultOf(row, value);
  return fault === undefined
    ? { value }
    : { wrong: `${show(written)} ${fault}`, remedy: `permitted: ${describeRange(row)}` };
}

/** What is wrong with a value already in the row's unit; undefined when it is permitted. */
export function faultOf(row: Row<unknown>, value: unknown): string | undefined {
  if (row.words.some((word) => word === value) || (value === null && row.default === null)) return undefined;
  if (typeof value !== 'number' || row.format === 'vitrine-choice') {
    return row.format === 'vitrine-plugins' || readers[row.format](value) !== undefined
      ? undefined
      : 'is not permitted';
  }
  if (!Number.isFinite(value)) return 'is not a number';
  if (row.min !== undefined && value < row.min) return 'is too small';
  if (row.max !== undefined && value > row.max) return 'is too large';
  return undefined;
}

/**
 * Registers the formats with convict, which leaves values of a named format as they are: with a function for a format
 * it would turn the word auto of a number's option into NaN. The library is handed in so that it loads only where it is used.
 */
export function registerFormats(library: typeof convict): void {
  for (const name of [...Object.keys(readers), 'vitrine-plugins'] as RowFormat[]) {
    library.addFormat({
      name,
      validate(value: unknown, row: convict.SchemaObj) {
        const fault = faultOf(row as unknown as Row<unknown>, value);
        if (fault !== undefined) throw new Error(fault);
      },
    });
  }
}

const readers: Readonly<Record<Exclude<RowFormat, 'vitrine-plugins'>, (written: unknown) => unknown>> = {
  'vitrine-duration': (written) =>
    typeof written === 'string' || written === 0 ? parseDuration(String(written)) : undefined,
  'vitrine-bytes': (written) => {
    const bytes = parseBytes(String(written));
    return Number.isSafeInteger(bytes) ? bytes : undefined;
  },
  'vitrine-count': (written) => (/^\s*-?\d{1,15}\s*$/.test(String(written)) ? Number(written) : undefined),
  'vitrine-ratio': (written) => {
    const [, amount, percent] = /^\s*(-?\d+(?:\.\d+)?)\s*(%)?\s*$/.exec(String(written)) ?? [];
    return amount === undefined ? undefined : Number(amount) / (percent === undefined ? 1 : 100);
  },
  'vitrine-level': (written) => {
    const [, amount] = /^\s*(-?\d+(?:\.\d+)?)\s*(?:LUFS|dBTP)?\s*$/i.exec(String(written)) ?? [];
    return amount === undefined ? undefined : Number(amount);
  },
  'vitrine-choice': () => undefined,
  'vitrine-flag': (written) => {
    const word = String(written).trim().toLowerCase();
    if (['true', 'on', 'yes', '1'].includes(word)) return true;
    return ['false', 'off', 'no', '0'].includes(word) ? false : undefined;
  },
  'vitrine-text': (written) =>
    (typeof written === 'string' || typeof written === 'number') && String(written).trim() !== ''
      ? String(written)
      : undefined,
  'vitrine-size': (written) => {
    const size = parseSize(String(written));
    return size === undefined ? undefined : `${size.widthPx}x${size.heightPx}`;
  },
  'vitrine-hours': (written) => (parseOpeningHours(String(written)) === undefined ? undefined : String(written).trim()),
  'vitrine-listen': (written) => {
    const [, host, port] = /^(\[[\da-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/.exec(String(written).trim()) ?? [];
    return host !== undefined && Number(port) <= 65535 ? `${host}:${Number(port)}` : undefined;
  },
};

const needed: Readonly<Record<RowFormat, string>> = {
  'vitrine-duration': 'a duration',
  'vitrine-bytes': 'an amount of memory',
  'vitrine-count': 'a whole number',
  'vitrine-ratio': 'a ratio',
  'vitrine-level': 'a level',
  'vitrine-choice': 'one of the permitted values',
  'vitrine-flag': 'true or false',
  'vitrine-text': 'a text',
  'vitrine-size': 'a size',
  'vitrine-listen': 'an address to listen on',
  'vitrine-hours': 'opening hours',
  'vitrine-plugins': 'a map of plugins',
};

function example(row: Row<unknown>): string {
  switch (row.format) {
    case 'vitrine-duration':
      return '800ms, 6s, 5m or 1h';
    case 'vitrine-bytes':
      return '64MiB or 64MB';
    case 'vitrine-level':
      return `${String(row.default)}${row.unit}`;
    case 'vitrine-size':
      return '1920x1080';
    case 'vitrine-hours':
      return 'mon-fri 08:00-20:00, sat 10:00-18:00';
    case 'vitrine-listen':
      return '127.0.0.1:8640';
    default:
      return describeRange(row);
  }
}

function show(written: unknown): string {
  return typeof written === 'object' && written !== null ? 'this' : `'${String(written)}'`;
}

/** A YAML map, or on the command line `video=required,./my-clock=off`. */
function readPlugins(written: unknown): Reading {
  const pairs: readonly (readonly [string, unknown])[] | undefined =
    typeof written === 'string'
      ? written.split(',').map((pair) => [pair.slice(0, pair.lastIndexOf('=')), pair.slice(pair.lastIndexOf('=') + 1)])
      : typeof written === 'object' && written !== null && !Array.isArray(written)
        ? Object.entries(written)
        : undefined;
  if (pairs === undefined) {
    return { wrong: 'is not a map of plugins', remedy: 'write {theme-bank: required, ./my-clock: optional}' };
  }
  const entries: PluginEntry[] = [];
  for (const [ref, written] of pairs) {
    // YAML 1.2 reads `off` as text; a JSON writer may say false.
    const wish = WISHES.find((word) => word === (written === false ? 'off' : String(written).trim()));
    if (ref.trim() === '' || wish === undefined) {
      return { wrong: `${show(written)} of '${ref}' is not a wish`, remedy: `write ${WISHES.join(', ')}` };
    }
    entries.push({ ref: ref.trim(), wish });
  }
  return { value: entries };
}

/** Adds a layer's plugins to those of the layers below; a plugin named again takes the newer wish. */
export function mergePlugins(below: readonly PluginEntry[], above: readonly PluginEntry[]): readonly PluginEntry[] {
  const wishes = new Map(below.map(({ ref, wish }) => [ref, wish]));
  for (const { ref, wish } of above) wishes.set(ref, wish);
  return [...wishes].map(([ref, wish]) => ({ ref, wish }));
}
