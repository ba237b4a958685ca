/** Layers of settings, weakest first (see `sources`), loaded into convict one at a time so that every value knows where it came from. */
import { dirname, resolve } from 'node:path';
import convict from 'convict';
import type { Issue } from '../core/errors';
import { mergePlugins, readValue, registerFormats, type Reading } from './formats';
import type { PluginEntry, Row } from './row';
import { nest, schemaOf, type Entry, type Table } from './table';

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

/** What the strongest of the layers says about one option, read; its default where none says anything usable. */
export function strongest(
  table: Table,
  layers: readonly Layer[],
  key: string,
  cwd: string,
): { value: unknown; setting?: Setting } {
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
  const schema = schemaOf(table);
  const config = convict<Record<string, unknown>>(schema, { env: {}, args: [] });
  const stories: Record<string, Step[]> = {};
  for (const { key, row } of table.entries.values())
    stories[key] = [{ value: row.default, origin: { kind: 'default' } }];
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
  const values = Object.fromEntries([...table.entries.keys()].map((key): [string, unknown] => [key, config.get(key)]));
  return { values, stories, issues };
}

/** Reads a setting and makes its paths absolute, from the folder of the file it stands in. */
function readSetting({ entry, written, origin }: Setting, cwd: string): Reading {
  const { paths } = entry.row;
  const reading = readValue(entry.row, written);
  if (paths === undefined || 'wrong' in reading) return reading;
  const folder = origin.kind === 'file' || origin.kind === 'profile' ? dirname(origin.file) : cwd;
  const absolute = (path: string): string =>
    paths === 'all' || /^\.\.?[/\\]/.test(path) ? resolve(folder, path) : path;
  if (typeof reading.value === 'string') return { value: absolute(reading.value) };
  if (!Array.isArray(reading.value)) return reading;
  return { value: (reading.value as PluginEntry[]).map(({ ref, wish }) => ({ ref: absolute(ref), wish })) };
}

function merged(row: Row<unknown>, below: unknown, above: unknown): unknown {
  if (row.format !== 'vitrine-plugins') return above;
  return mergePlugins(below as readonly PluginEntry[], above as readonly PluginEntry[]);
}
