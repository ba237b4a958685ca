/**
 * Shapes: what a field may hold, as data that both reads a person's value and describes it as JSON Schema.
 *
 * A reader never throws and never stops at the first mistake: it reports what is wrong and hands on a harmless stand-in,
 * so that one pass finds every mistake. What was read is of use only when nothing was reported.
 */
import type { FieldPath } from '../core/document';
import { nearestName } from '../core/nearest';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One mistake. `at` says whether the key or the value is to be pointed at. */
export type Report = (path: FieldPath, message: string, remedy?: string, at?: 'key' | 'value') => void;

export interface Shape<out T> {
  /** With an article and an example where it helps: `a duration such as 6s`. */
  readonly words: string;
  readonly schema: JsonSchema;
  read(value: unknown, path: FieldPath, report: Report): T;
}

/** A field of a record. `preset` is what stands for it when it is left out, written as a person would write it. */
export interface Field<out T> {
  readonly shape: Shape<T>;
  readonly doc: string;
  readonly need: 'required' | 'optional' | 'preset';
  readonly preset?: unknown;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a record of these fields reads as. */
export type RecordOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** What a shape reads as. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

export function required<T>(shape: Shape<T>, doc: string): Field<T> {
  return { shape, doc, need: 'required' };
}

/** Undefined when it is left out. */
export function optional<T>(shape: Shape<T>, doc: string): Field<T | undefined> {
  return { shape, doc, need: 'optional' };
}

export function preset<T>(shape: Shape<T>, written: unknown, doc: string): Field<T> {
  return { shape, doc, need: 'preset', preset: written };
}

/** A map of known fields. Any other field is a mistake. */
export function record<F extends Fields>(words: string, fields: F): Shape<RecordOf<F>> {
  const names = Object.keys(fields);
  const properties = Object.fromEntries(
    names.map((name) => {
      const { shape, doc, preset } = fields[name]!;
      return [name, { description: doc, ...shape.schema, ...(preset === undefined ? {} : { default: preset }) }];
    }),
  );
  const needed = names.filter((name) => fields[name]!.need === 'required');
  return {
    words,
    schema: {
      type: 'object',
      properties,
      ...(needed.length === 0 ? {} : { required: needed }),
      additionalProperties: false,
    },
    read(value, path, report) {
      const given = isMap(value) ? value : {};
      // Of a map that is none, only that is said, not that each of its fields is missing.
      const inner = isMap(value) ? report : ignore;
      if (!isMap(value)) reportWrong(value, words, path, report);
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(fields, name)) reportUnknown(name, names, path, inner);
      }
      const read = names.map((name) => [name, readField(fields[name]!, name, given, path, inner)] as const);
      return Object.fromEntries(read) as RecordOf<F>;
    },
  };
}

function readField(field: Field<unknown>, name: string, given: object, path: FieldPath, report: Report): unknown {
  const here = [...path, name];
  if (Object.hasOwn(given, name)) return field.shape.read((given as Record<string, unknown>)[name], here, report);
  if (field.need === 'optional') return undefined;
  if (field.need === 'required') report(here, 'is missing', `add it: ${field.shape.words}`);
  return field.shape.read(field.preset, here, ignore);
}

function reportUnknown(name: string, known: readonly string[], path: FieldPath, report: Report): void {
  const nearest = nearestName(name, known);
  const remedy = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
  report([...path, name], 'is not a known field', remedy, 'key');
}

/** A list of at least `least` items. */
export function list<T>(item: Shape<T>, words: string, least = 0): Shape<readonly T[]> {
  return {
    words,
    schema: { type: 'array', items: item.schema, ...(least === 0 ? {} : { minItems: least }) },
    read(value, path, report) {
      if (!Array.isArray(value)) {
        if (typeof value === 'string') report(path, `${shown(value)} is not ${words}`, 'put it in brackets: [ ]');
        else reportWrong(value, words, path, report);
        return [];
      }
      if (value.length < least) report(path, 'is an empty list', `give ${words}`);
      return value.map((entry: unknown, index) => item.read(entry, [...path, index], report));
    },
  };
}

/** A map from names of the person's own to items of one shape; at least one. */
export function named<T>(item: Shape<T>, words: string): Shape<ReadonlyMap<string, T>> {
  return {
    words,
    schema: { type: 'object', additionalProperties: item.schema, minProperties: 1, propertyNames: { minLength: 1 } },
    read(value, path, report) {
      if (!isMap(value)) {
        reportWrong(value, words, path, report);
        return new Map();
      }
      const entries = Object.entries(value);
      if (entries.length === 0) report(path, 'is an empty map', `give ${words}`);
      return new Map(
        entries.map(([name, entry]) => {
          if (name === '') report([...path, name], 'has an empty name', 'write a name before the colon', 'key');
          return [name, item.read(entry, [...path, name], report)];
        }),
      );
    },
  };
}

/** Says that a value is not what it should be, in the way that helps most. */
export function reportWrong(value: unknown, words: string, path: FieldPath, report: Report): void {
  if (value === null) report(path, 'is empty', `give ${words}, or leave the field out`);
  else if (value !== undefined) report(path, `${shown(value)} is not ${words}`);
  else report(path, 'is missing', `add it: ${words}`);
}

/** A value as it is shown in a message: bounded, on one line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  // As much as anyone needs to find it again.
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

const ignore: Report = () => {};
