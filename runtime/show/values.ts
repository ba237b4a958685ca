/** Shapes of single values in a show: texts, names, choices, durations, weights and colours. */
import { DURATION_PATTERN, formatDurationMs, parseDurationMs } from '../core/duration';
import { nearestName } from '../core/nearest';
import { reportWrong, shown, type Shape } from './shape';

/** Text that is not empty. The stand-in is the empty text. */
export function text(words: string): Shape<string> {
  return {
    words,
    schema: { type: 'string', minLength: 1, pattern: '\\S' },
    read(value, path, report) {
      if (typeof value === 'string' && value.trim() !== '') return value;
      const bare = typeof value === 'number' || typeof value === 'boolean';
      if (bare) report(path, `${shown(value)} is not text`, `write it in quotes: "${value}"`);
      else reportWrong(value === '' ? null : value, words, path, report);
      return '';
    },
  };
}

/** One of a few words. The stand-in is the nearest of them. */
export function choice<const W extends string>(...options: readonly [W, ...W[]]): Shape<W> {
  const words = options.length === 1 ? options[0] : `one of ${options.join(', ')}`;
  return {
    words,
    schema: { type: 'string', enum: options },
    read(value, path, report) {
      const known = options.find((option) => option === value);
      if (known !== undefined) return known;
      const nearest = typeof value === 'string' ? nearestName(value, options) : undefined;
      if (nearest !== undefined) report(path, `${shown(value)} is not known`, `did you mean ${nearest}?`);
      else reportWrong(value, words, path, report);
      return (nearest as W | undefined) ?? options[0];
    },
  };
}

/** The one number that the format's version may be. */
export function version<const V extends number>(only: V): Shape<V> {
  return {
    words: `${only}`,
    schema: { type: 'integer', const: only },
    read(value, path, report) {
      if (typeof value === 'number' && value !== only) {
        report(path, `${value} is a version of the format that this program does not know`, `write ${only}`);
      } else if (value !== only) reportWrong(value, `${only}, the version of the format`, path, report);
      return only;
    },
  };
}

/** Anything longer is a slip of the unit: a month between two pictures. */
const LONGEST_MS = 31 * 24 * 3_600_000;

/** A duration in ms. The stand-in is NaN, which is neither shorter nor longer than anything. */
export function duration(words = 'a duration such as 800ms, 6s, 5m or 1h'): Shape<number> {
  return {
    words,
    schema: { type: 'string', pattern: DURATION_PATTERN },
    read(value, path, report) {
      const ms = typeof value === 'string' ? parseDurationMs(value) : undefined;
      if (ms === undefined && typeof value === 'number') {
        report(path, `${value} has no unit`, `write ${value}s for seconds; there are ms, s, m and h`);
      } else if (ms === undefined) reportWrong(value, words, path, report);
      else if (ms === 0) report(path, 'is no time at all', 'give more than 0ms');
      else if (ms > LONGEST_MS)
        report(path, `${shown(value)} is too long`, `give at most ${formatDurationMs(LONGEST_MS)}`);
      else return ms;
      return NaN;
    },
  };
}

/** Far more than one entry can outweigh another; keeps sums exact. */
const LARGEST_WEIGHT = 1_000_000;

/** A share among others. The stand-in is 1. */
export function weight(): Shape<number> {
  const words = `a number above 0 and at most ${LARGEST_WEIGHT}`;
  return {
    words,
    schema: { type: 'number', exclusiveMinimum: 0, maximum: LARGEST_WEIGHT },
    read(value, path, report) {
      if (typeof value === 'number' && value > 0 && value <= LARGEST_WEIGHT) return value;
      reportWrong(value, words, path, report);
      return 1;
    },
  };
}

/** A colour as 0xRRGGBB. The stand-in is black. */
export function colour(): Shape<number> {
  const words = 'a colour in quotes such as "#1a2b3c"';
  return {
    words,
    schema: { type: 'string', pattern: '^#[0-9a-fA-F]{6}$' },
    read(value, path, report) {
      if (typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)) return Number.parseInt(value.slice(1), 16);
      if (value === null) report(path, 'is empty: without quotes, # begins a comment', 'write it in quotes: "#000000"');
      else if (typeof value === 'string' && /^[0-9a-f]{6}$/i.test(value)) {
        report(path, `${shown(value)} lacks its #`, `write "#${value}"`);
      } else reportWrong(value, words, path, report);
      return 0;
    },
  };
}
