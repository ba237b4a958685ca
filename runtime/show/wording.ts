/** Words for what zod finds wrong: what is the matter with a person's value, and what to do about it. */
import * as z from 'zod/mini';
import type { FieldPath } from '../core/document';
import { nearestName } from '../core/nearest';

/** A fault of a value, and its remedy. */
export interface Said {
  readonly message: string;
  readonly remedy?: string;
}

/** One mistake. `at`: whether to point at the key or at the value. */
export interface Mistake extends Said {
  readonly path: FieldPath;
  readonly at?: 'key' | 'value';
}

/** How a schema is spoken of. */
export interface Wording {
  /** The value that belongs there, with an article and an example where it helps: `a duration such as 6s`. */
  readonly words: string;
  /** More than that it is not `words`, about a value that was refused; undefined where there is no more to say. */
  readonly about?: (value: unknown) => Said | undefined;
}

/** The wordings of the schemas that a person's values are held against. */
export const WORDING: z.core.$ZodRegistry<Wording> = z.registry<Wording>();

/** The mistakes of one issue that `schema` found in `value`; several where several fields are unknown. */
export function mistakesOf(issue: z.core.$ZodIssue, schema: z.core.$ZodType, value: unknown): readonly Mistake[] {
  const path = issue.path as FieldPath;
  if (issue.code === 'custom' && issue.params !== undefined) {
    return [{ path, message: issue.message, ...(issue.params as Partial<Mistake>) }];
  }
  const wrong = path.reduce(fieldOf, { schema, value });
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsOf(wrong.schema);
    return issue.keys.map((name) => ({ path: [...path, name], ...unknownField(name, known), at: 'key' }));
  }
  // Of all keys, only names of the person's own are held against a schema.
  if (path.at(-1) === '' && issue.code === 'too_small' && issue.origin === 'string') {
    return [{ path, message: 'has an empty name', remedy: 'write a name before the colon', at: 'key' }];
  }
  return [{ path, ...refusal(wrong.value, wordingOf(wrong.schema)) }];
}

/** The mistake of a value that is not what it should be, in the words that help most. */
function refusal(value: unknown, { words, about }: Wording): Said {
  if (value === undefined) return { message: 'is missing', remedy: `add it: ${words}` };
  const special = about?.(value);
  if (special !== undefined) return special;
  if (value === null) return { message: 'is empty', remedy: `give ${words}, or leave the field out` };
  return { message: `${shown(value)} is not ${words}` };
}

function unknownField(name: string, known: readonly string[]): Said {
  const nearest = nearestName(name, known);
  const remedy = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { message: 'is not a known field', remedy };
}

/** A value as it is shown in a message: bounded, on one line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  // As much as anyone needs to find it again.
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

interface Place {
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
}

function fieldOf({ schema, value }: Place, step: string | number): Place {
  const def = bare(schema)._zod.def;
  const inner = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
  return {
    schema: innerSchema(def, step),
    value: inner ? (value as Record<string | number, unknown>)[step] : undefined,
  };
}

type Def = z.core.$ZodTypes['_zod']['def'];

function innerSchema(def: Def, step: string | number): z.core.$ZodType {
  if (def.type === 'object') return def.shape[step] ?? NOTHING;
  if (def.type === 'array') return def.element;
  return def.type === 'map' ? def.valueType : NOTHING;
}

function fieldsOf(schema: z.core.$ZodType): readonly string[] {
  const { def } = bare(schema)._zod;
  return def.type === 'object' ? Object.keys(def.shape) : [];
}

const NOTHING = z.unknown();

function wordingOf(schema: z.core.$ZodType): Wording {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const own = WORDING.get(schema);
  if (own !== undefined) return own;
  return def.type === 'optional' || def.type === 'prefault' ? wordingOf(def.innerType) : { words: 'what belongs here' };
}

/** The schema within its wrappers. */
function bare(schema: z.core.$ZodType): z.core.$ZodTypes {
  const known = schema as z.core.$ZodTypes;
  const { def } = known._zod;
  if (def.type === 'optional' || def.type === 'prefault') return bare(def.innerType);
  return def.type === 'pipe' ? bare(def.out) : known;
}
