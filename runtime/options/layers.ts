/** Layers of settings, weakest first, loaded into convict one at a time so that every value knows where it came from. */
import { dirname, resolve } from 'node:path';
import convict from 'convict';
import { formatPath, type FieldPath, type SourceDocument } from '../core/document';
import type { Issue } from '../core/errors';
import { mergePlugins, readValue, registerFormats, type Reading } from './formats';
import type { PluginEntry, Row } from './row';
import { nearestName, nest, schemaOf, type Entry, type Table } from './table';

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'profile'; readonly name: string; readonly file: string; readonly line: number }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'argument'; readonly argument: string }
  | { readonly kind: 'tuned'; readonly because: string };

/** One option set by one layer, as it was written. */
export interface Setting {
  readonly entry: Entry;
  readonly written: unknown;
  readonly origin: Origin;
  /** Where to point when the value is wrong. */
  readonly place: Pick<Issue, 'file' | 'line' | 'column'>;
}

/** What one source sets, and what is wrong in it. */
export interface Layer {
  readonly settings: readonly Setting[];
  readonly issues: readonly Issue[];
}

/** A value on its way through the layers. */
export interface Step {
  readonly value: unknown;
  readonly origin: Origin;
}

/** What the layers come to. Where there are issues the values are not to be used. */
export interface Settled {
  /** By dotted key, in the rows' units. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Every value the option had, weakest first; the last one holds. */
  readonly stories: Readonly<Record<string, readonly Step[]>>;
  readonly issues: readonly Issue[];
}

/** `default`, `profile NAME`, `FILE:LINE`, `environment VAR`, `argument --x` or `tuned`. */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
    case 'tuned':
      return origin.kind;
    case 'profile':
      return `profile ${origin.name}`;
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'environment':
      return `environment ${origin.variable}`;
    case 'argument':
      return `argument ${origin.argument}`;
  }
}

/** The options a document sets, below the field `base`. Unknown fields are issues with the nearest known name. */
export function documentLayer(
  table: Table,
  document: SourceDocument,
  originOf: (line: number) => Origin,
  base: FieldPath = [],
): Layer {
  const settings: Setting[] = [];
  const issues: Issue[] = [...document.issues];
  const walk = (value: unknown, keys: readonly string[]): void => {
    const path = [...base, ...keys];
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) {
      const place = document.place(path);
      issues.push({ file: document.file, ...place, path: formatPath(path), message: 'is not a map of options', remedy: 'write `name: value` lines' });
      return;
    }
    for (const [name, inner] of Object.entries(value)) {
      const key = [...keys, name].join('.');
      const entry = table.entries.get(key);
      const at = [...path, name];
      if (entry !== undefined) {
        const place = { file: document.file, ...document.place(at) };
        settings.push({ entry, written: inner, origin: originOf(document.place(at, 'key').line), place });
      } else if (table.sections.has(key)) walk(inner, [...keys, name]);
      else {
        const place = { file: document.file, ...document.place(at, 'key') };
        issues.push({ ...place, path: formatPath(at), message: 'no such option', remedy: hint(name, namesBelow(table, keys)) });
      }
    }
  };
  if (document.issues.length === 0) walk(base.reduce<unknown>(fieldOf, document.value), []);
  return { settings, issues };
}

/** The options the environment sets. A variable of a section of ours that names no option is an issue. */
export function environmentLayer(table: Table, env: NodeJS.ProcessEnv): Layer {
  const settings: Setting[] = [];
  const issues: Issue[] = [];
  const prefixes = [...table.sections].map((section) => `VITRINE_${section.toUpperCase().replace(/\W/g, '_')}_`);
  for (const [variable, written] of Object.entries(env)) {
    // `VITRINE_X= command` is how a shell takes a variable away.
    if (written === undefined || written === '') continue;
    const entry = table.env.get(variable);
    const place = { file: `environment ${variable}` };
    if (entry !== undefined) settings.push({ entry, written, origin: { kind: 'environment', variable }, place });
    else if (prefixes.some((prefix) => variable.startsWith(prefix))) {
      issues.push({ ...place, message: 'no such option', remedy: hint(variable, table.env.keys()) });
    }
  }
  return { settings, issues };
}

/** The options arguments set; names come without their dashes. */
export function argumentLayer(table: Table, args: Readonly<Record<string, string>>): Layer {
  const settings: Setting[] = [];
  const issues: Issue[] = [];
  for (const [name, text] of Object.entries(args)) {
    const argument = `--${name}`;
    const found = table.args.get(name);
    const place = { file: `argument ${argument}` };
    if (found === undefined) {
      issues.push({ ...place, message: 'no such option', remedy: hint(name, table.args.keys()) });
      continue;
    }
    const written = found.template.replace('%', () => text);
    settings.push({ entry: found.entry, written, origin: { kind: 'argument', argument }, place });
  }
  return { settings, issues };
}

/** The options that `--set key=value` sets. */
export function setLayer(table: Table, pairs: readonly string[]): Layer {
  const settings: Setting[] = [];
  const issues: Issue[] = [];
  for (const pair of pairs) {
    const place = { file: `argument --set ${pair}` };
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, at)).trim();
    const entry = table.entries.get(key);
    if (at < 1) issues.push({ ...place, message: 'has no `=`', remedy: 'write --set theme.batch=8' });
    else if (entry === undefined) issues.push({ ...place, path: key, message: 'no such option', remedy: hint(key, table.entries.keys()) });
    else {
      const origin: Origin = { kind: 'argument', argument: `--set ${key}` };
      settings.push({ entry, written: pair.slice(at + 1), origin, place });
    }
  }
  return { settings, issues };
}

/** What the strongest of the layers says about one option, read; its default where none says anything usable. */
export function strongest(table: Table, layers: readonly Layer[], key: string, cwd: string): { value: unknown; setting?: Setting } {
  for (const setting of layers.flatMap((layer) => layer.settings).reverse()) {
    if (setting.entry.key !== key) continue;
    const reading = readSetting(setting, cwd);
    if ('value' in reading) return { value: reading.value, setting };
  }
  return { value: table.entries.get(key)?.row.default };
}

/** Loads the layers, weakest first. All issues are found at once. Paths of the environment and of arguments start at `cwd`. */
export function settle(table: Table, layers: readonly Layer[], cwd: string): Settled {
  registerFormats(convict);
  // No environment and no arguments: convict would let them beat every file, and could not say so.
  const config = convict<Record<string, unknown>>(schemaOf(table) as convict.Schema<Record<string, unknown>>, { env: {}, args: [] });
  const stories: Record<string, Step[]> = {};
  for (const { key, row } of table.entries.values()) stories[key] = [{ value: row.default, origin: { kind: 'default' } }];
  const issues: Issue[] = [];
  for (const layer of layers) {
    issues.push(...layer.issues);
    const read = new Map<string, unknown>();
    for (const setting of layer.settings) {
      const { origin, place } = setting;
      const { key, row } = setting.entry;
      const reading = readSetting(setting, cwd);
      if ('wrong' in reading) {
        issues.push({ ...place, path: key, message: reading.wrong, remedy: reading.remedy });
        continue;
      }
      const value = merged(row, read.get(key) ?? config.get(key), reading.value);
      read.set(key, value);
      stories[key]?.push({ value, origin });
    }
    config.load(nest(read));
  }
  config.validate({ allowed: 'strict' });
  const values = Object.fromEntries([...table.entries.keys()].map((key) => [key, config.get(key) as unknown]));
  return { values, stories, issues };
}

/** Reads a setting and makes its paths absolute, from the folder of the file it stands in. */
function readSetting({ entry, written, origin }: Setting, cwd: string): Reading {
  const { paths } = entry.row;
  const reading = readValue(entry.row, written);
  if (paths === undefined || 'wrong' in reading) return reading;
  const folder = origin.kind === 'file' || origin.kind === 'profile' ? dirname(origin.file) : cwd;
  const absolute = (path: string): string => (paths === 'all' || /^\.\.?[/\\]/.test(path) ? resolve(folder, path) : path);
  if (typeof reading.value === 'string') return { value: absolute(reading.value) };
  if (!Array.isArray(reading.value)) return reading;
  return { value: (reading.value as PluginEntry[]).map(({ ref, wish }) => ({ ref: absolute(ref), wish })) };
}

function merged(row: Row<unknown>, below: unknown, above: unknown): unknown {
  if (row.format !== 'vitrine-plugins') return above;
  return mergePlugins(below as readonly PluginEntry[], above as readonly PluginEntry[]);
}

function fieldOf(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[String(key)] : undefined;
}

/** Names that may stand in a section: its options and the sections in it. */
function namesBelow(table: Table, keys: readonly string[]): string[] {
  const prefix = keys.length === 0 ? '' : `${keys.join('.')}.`;
  const all = [...table.entries.keys(), ...table.sections].filter((key) => key.startsWith(prefix));
  return [...new Set(all.map((key) => key.slice(prefix.length).split('.')[0] ?? ''))];
}

function hint(written: string, names: Iterable<string>): string {
  const known = [...names];
  const nearest = nearestName(written, known);
  return nearest !== undefined ? `did you mean ${nearest}?` : known.length <= 20 ? `there are ${known.sort().join(', ')}` : 'see config/OPTIONS.md';
}
