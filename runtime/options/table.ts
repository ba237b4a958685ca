/** The table of all options: sections of rows put together, each option with its key, environment variable and argument. */
import type convict from 'convict';
import type { OptionTable } from '../core/plugin';
import type { Row } from './row';

/** The rows of one owner under their section of the configuration; '' is the top level. */
export interface Section {
  readonly section: string;
  /** Who owns the rows, for OPTIONS.md: `runtime` or a plugin's id. */
  readonly owner: string;
  readonly rows: OptionTable;
}

/** One option of the table. */
export interface Entry {
  /** Dotted: `theme.imageCacheEntries`. */
  readonly key: string;
  readonly owner: string;
  readonly row: Row<unknown>;
}

export interface Table {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Names of the sections, without the top level. */
  readonly sections: ReadonlySet<string>;
  /** Argument name -> the option and its text; `%` is what the person wrote, and without one the argument takes no text. */
  readonly args: ReadonlyMap<string, { readonly entry: Entry; readonly template: string }>;
  /** Environment variable -> the option. */
  readonly env: ReadonlyMap<string, Entry>;
}

/** convict takes any object with this key for an option, so no option and no section may bear the name. */
const RESERVED = new Set(['default', 'prototype', 'constructor', '__proto__', '_cvtProperties']);

/** Puts sections together. Throws an `Error` on a defect of the rows: a name used twice, a reserved one, a foreign format. */
export function assembleTable(sections: readonly Section[]): Table {
  const table = {
    entries: new Map<string, Entry>(),
    sections: new Set<string>(),
    args: new Map<string, { entry: Entry; template: string }>(),
    env: new Map<string, Entry>(),
  };
  for (const { section, owner, rows } of sections) {
    for (const [name, option] of Object.entries(rows)) {
      const key = section === '' ? name : `${section}.${name}`;
      const entry: Entry = { key, owner, row: withNames(key, option as Row<unknown>) };
      const steps = key.split('.');
      if (steps.some((step) => RESERVED.has(step))) throw new Error(`option ${key}: the name is reserved`);
      if (!String(entry.row.format).startsWith('vitrine-'))
        throw new Error(`option ${key}: use the builders of options/row`);
      claim(table.entries, key, entry, 'option');
      claim(table.env, entry.row.env, entry, 'environment variable');
      // A flag of the argument's own name says what the bare argument means.
      for (const [flag, template] of Object.entries({ [entry.row.arg]: '%', ...entry.row.flags })) {
        claim(table.args, flag, { entry, template }, 'argument');
      }
      for (let depth = 1; depth < steps.length; depth += 1) table.sections.add(steps.slice(0, depth).join('.'));
    }
  }
  for (const section of table.sections) {
    if (table.entries.has(section)) throw new Error(`${section} is both an option and a section`);
  }
  return table;
}

/** The table as a convict schema: rows as they are, nested by their sections. */
export function schemaOf(table: Table): convict.Schema<Record<string, unknown>> {
  return nest([...table.entries.values()].map(({ key, row }) => [key, row])) as convict.Schema<Record<string, unknown>>;
}

/** Dotted keys and their values as nested objects. */
export function nest(values: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const steps = key.split('.');
    const last = steps.pop() ?? key;
    let level = root;
    for (const step of steps) level = (level[step] ??= {}) as Record<string, unknown>;
    level[last] = value;
  }
  return root;
}

/** `imageCacheEntries` -> [`image`, `cache`, `entries`]. */
function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-.]/);
}

function withNames(key: string, row: Row<unknown>): Row<unknown> {
  const words = wordsOf(key);
  return Object.freeze({
    ...row,
    env: row.env === '' ? `VITRINE_${words.join('_').toUpperCase()}` : row.env,
    arg: row.arg === '' ? words.join('-') : row.arg,
    words: row.words ?? [],
    flags: row.flags ?? {},
  });
}

function claim<V>(map: Map<string, V>, name: string, value: V, what: string): void {
  if (map.has(name)) throw new Error(`${what} ${name} is used twice`);
  map.set(name, value);
}
