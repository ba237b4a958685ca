/** One option's story: its value, every layer that set it, what tuning made of it, and what the row says. Pure. */
import { nearestName } from '../core/nearest';
import { visible } from '../core/visible';
import { formatValue } from './formats';
import { formatOrigin, type Step } from './layers';
import type { Entry, Table } from './table';
import type { Tuning } from './tune';

/** What is known about one option's value. */
export interface Explanation {
  readonly key: string;
  /** In the row's unit. */
  readonly value: unknown;
  readonly unit: string;
  /** `default`, `profile NAME`, `FILE:LINE`, `environment VAR`, `argument --x` or `tuned`. */
  readonly origin: string;
  /** Why tuning chose it. */
  readonly because?: string;
  readonly doc: string;
  readonly why: string;
  readonly applies: string;
  /** All values it had on the way, weakest first. */
  readonly story: readonly { readonly value: unknown; readonly origin: string }[];
}

/** Keys that a person means by `asked`: an option, or all of a section; all where nothing was asked. */
export function keysFor(table: Table, asked: string | undefined): readonly string[] {
  const keys = [...table.entries.keys()];
  return asked === undefined ? keys : keys.filter((key) => key === asked || key.startsWith(`${asked}.`));
}

/** The name a person may have meant where `keysFor` found none. */
export function nearestKey(table: Table, asked: string): string | undefined {
  return nearestName(asked, [...table.entries.keys(), ...table.sections]);
}

/** Explains one option. `steps` are its values through the layers. */
export function explainEntry(entry: Entry, steps: readonly Step[], tuning: Tuning): Explanation {
  const { key, row } = entry;
  const tuned = tuning.steps[key];
  const all: readonly Step[] = tuned === undefined ? steps : [...steps, tuned];
  const last = all.at(-1) ?? { value: row.default, origin: { kind: 'default' as const } };
  return {
    key,
    value: last.value,
    unit: row.unit,
    origin: formatOrigin(last.origin),
    ...(last.origin.kind === 'tuned' ? { because: last.origin.because } : {}),
    doc: row.doc,
    why: row.why,
    applies: row.applies,
    story: all.map(({ value, origin }) => ({ value, origin: formatOrigin(origin) })),
  };
}

/** All of them, a line each: key, value, origin. */
export function formatOverview(table: Table, explanations: readonly Explanation[]): string {
  const rows = explanations.map((one) => [one.key, valueOf(table, one.key, one.value), originOf(one)] as const);
  const keyWidth = Math.max(...rows.map(([key]) => key.length));
  const valueWidth = Math.min(40, Math.max(...rows.map(([, value]) => value.length)));
  return rows
    .map(([key, value, origin]) => `${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${origin}`)
    .join('\n');
}

/** One of them at length. */
export function formatStory(table: Table, one: Explanation): string {
  const row = table.entries.get(one.key)?.row;
  const steps = one.story.map(({ value, origin }, at) => {
    const holds = at === one.story.length - 1 ? '  <- holds' : '';
    return `  ${valueOf(table, one.key, value)}  (${visible(origin)})${holds}`;
  });
  return [
    `${one.key} = ${valueOf(table, one.key, one.value)}  (${originOf(one)})`,
    `  ${one.doc}`,
    `  default because: ${one.why}`,
    `  a change applies: ${one.applies}; set by ${row?.env}, --${row?.arg} or --set ${one.key}=…`,
    'values through the layers, weakest first:',
    ...steps,
  ].join('\n');
}

function originOf(one: Explanation): string {
  return visible(one.because === undefined ? one.origin : `${one.origin}: ${one.because}`);
}

function valueOf(table: Table, key: string, value: unknown): string {
  const row = table.entries.get(key)?.row;
  return visible(row === undefined ? String(value) : formatValue(row, value));
}
