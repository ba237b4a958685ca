/** Values of a show's fields as zod schemas: texts, choices, durations, weights, colours, lists, maps of fields and of names. */
import * as z from 'zod/mini';
import { DURATION_PATTERN, formatDurationMs, parseDurationMs } from '../core/duration';
import { nearestName } from '../core/nearest';
import { shown, WORDING } from './wording';

/** Text that is not empty. */
export function text(words: string): z.ZodMiniType<string, string> {
  return z
    .string()
    .check(z.regex(/\S/))
    .register(WORDING, {
      words,
      about: (value) => {
        if (value === '') return { message: 'is empty', remedy: `give ${words}, or leave the field out` };
        if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
        return { message: `${shown(value)} is not text`, remedy: `write it in quotes: "${value}"` };
      },
    });
}

/** One of a few words. */
export function choice<const W extends string>(...options: readonly [W, ...W[]]): z.ZodMiniType<W, W> {
  return z.enum(options).register(WORDING, {
    words: options.length === 1 ? options[0] : `one of ${options.join(', ')}`,
    about: (value) => {
      const nearest = typeof value === 'string' ? nearestName(value, options) : undefined;
      if (nearest === undefined) return undefined;
      return { message: `${shown(value)} is not known`, remedy: `did you mean ${nearest}?` };
    },
  });
}

/** The version of the format, of which there is one. */
export function version(): z.ZodMiniType<1, 1> {
  return z.literal(1).register(WORDING, {
    words: '1, the version of the format',
    about: (value) => {
      if (typeof value !== 'number') return undefined;
      return { message: `${value} is a version of the format that this program does not know`, remedy: 'write 1' };
    },
  });
}

/** Anything longer is a slip of the unit: a month between two pictures. */
const LONGEST_MS = 31 * 24 * 3_600_000;

/** A duration, written as text and read in ms. */
export function duration(
  words = 'a duration such as 800ms, 6s, 5m or 1h',
  zero: 'no zero' | 'or zero' = 'no zero',
): z.ZodMiniType<number, string> {
  // Of a text that is no duration, only that is reported.
  const within = (given: string): boolean => {
    const ms = parseDurationMs(given);
    return ms === undefined || ((ms > 0 || zero === 'or zero') && ms <= LONGEST_MS);
  };
  const written = z.string().check(z.regex(new RegExp(DURATION_PATTERN)), z.refine(within));
  return z
    .pipe(
      written,
      z.transform((given: string) => parseDurationMs(given) ?? NaN),
    )
    .register(WORDING, {
      words,
      about: (value) => {
        if (typeof value === 'number') {
          return { message: `${value} has no unit`, remedy: `write ${value}s for seconds; there are ms, s, m and h` };
        }
        const ms = typeof value === 'string' ? parseDurationMs(value) : undefined;
        if (ms === undefined) return undefined;
        if (ms === 0) return { message: 'is no time at all', remedy: 'give more than 0ms' };
        return { message: `${shown(value)} is too long`, remedy: `give at most ${formatDurationMs(LONGEST_MS)}` };
      },
    });
}

/** Far more than one entry can outweigh another; keeps sums exact. */
const LARGEST_WEIGHT = 1_000_000;

/** A share among others. */
export function weight(): z.ZodMiniType<number, number> {
  return z
    .number()
    .check(z.gt(0), z.lte(LARGEST_WEIGHT))
    .register(WORDING, { words: `a number above 0 and at most ${LARGEST_WEIGHT}` });
}

/** A number between two others, both included. */
export function between(least: number, most: number): z.ZodMiniType<number, number> {
  return z
    .number()
    .check(z.gte(least), z.lte(most))
    .register(WORDING, { words: `a number from ${least} to ${most}` });
}

/** True or false. */
export function flag(): z.ZodMiniType<boolean, boolean> {
  return z.boolean().register(WORDING, { words: 'true or false' });
}

/** A colour, written as `#rrggbb` and read as 0xRRGGBB. */
export function colour(): z.ZodMiniType<number, string> {
  const written = z.string().check(z.regex(/^#[0-9a-fA-F]{6}$/));
  return z
    .pipe(
      written,
      z.transform((given: string) => Number.parseInt(given.slice(1), 16)),
    )
    .register(WORDING, {
      words: 'a colour in quotes such as "#1a2b3c"',
      about: (value) => {
        if (value === null) {
          return { message: 'is empty: without quotes, # begins a comment', remedy: 'write it in quotes: "#000000"' };
        }
        if (typeof value !== 'string' || !/^[0-9a-f]{6}$/i.test(value)) return undefined;
        return { message: `${shown(value)} lacks its #`, remedy: `write "#${value}"` };
      },
    });
}

/** A map of known fields. Any other field is a mistake. */
export function record<const F extends z.core.$ZodShape>(words: string, fields: F): z.ZodMiniObject<F, z.core.$strict> {
  return z.strictObject(fields).register(WORDING, { words });
}

/** A list of at least `least` items. */
export function list<S extends z.core.$ZodType>(item: S, words: string, least = 0): z.ZodMiniArray<S> {
  const items = least === 0 ? z.array(item) : z.array(item).check(z.minLength(least));
  return items.register(WORDING, {
    words,
    about: (value) => {
      if (Array.isArray(value)) return { message: 'is an empty list', remedy: `give ${words}` };
      if (typeof value !== 'string') return undefined;
      return { message: `${shown(value)} is not ${words}`, remedy: 'put it in brackets: [ ]' };
    },
  });
}

/**
 * A map from names of the person's own to items of one schema; `words` describes its items where it may not be empty. Read as a Map:
 * zod's records drop the name `__proto__`, and with it the value that a person wrote there.
 */
export function named<S extends z.core.$ZodType>(
  item: S,
  words: string,
): z.ZodMiniType<ReadonlyMap<string, z.output<S>>, unknown> {
  const name = z.string().check(z.minLength(1));
  return z.pipe(z.transform(entriesOf), z.map(name, item)).register(WORDING, { words });
}

function entriesOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return new Map(Object.entries(value));
}

/** A field with its description in the published schema. */
export function described<S extends z.core.$ZodType>(doc: string, schema: S): S {
  z.globalRegistry.add(schema, { description: doc });
  return schema;
}
