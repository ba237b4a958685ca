/** Where layers come from: documents, the environment, arguments and `--set`; each says what is wrong in it. */
import { formatPath, type FieldPath, type SourceDocument } from '../core/document';
import type { Issue } from '../core/errors';
import { nearestName } from '../core/nearest';
import type { Layer, Origin, Setting } from './layers';
import type { Table } from './table';

/** Of a name that no option has. */
export const NO_SUCH_OPTION = 'no such option';

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
      issues.push({
        file: document.file,
        ...place,
        path: formatPath(path),
        message: 'is not a map of options',
        remedy: 'write `name: value` lines',
      });
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
        issues.push({
          ...place,
          path: formatPath(at),
          message: NO_SUCH_OPTION,
          remedy: hint(name, namesBelow(table, keys)),
        });
      }
    }
  };
  if (document.issues.length === 0) walk(base.reduce<unknown>(fieldOf, document.value), []);
  return { settings, issues };
}

const PREFIX = 'VITRINE_';
/** Variables of ours that are no options. */
const OTHERS: ReadonlySet<string> = new Set(['VITRINE_LOG_LEVEL']);

/** The options the environment sets. A variable of a section of ours that names no option is an issue, and one that is near an option's name. */
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
      issues.push({ ...place, message: NO_SUCH_OPTION, remedy: hint(variable, table.env.keys()) });
    } else if (variable.startsWith(PREFIX) && !OTHERS.has(variable)) {
      const meant = nearVariable(variable, [...table.env.keys()]);
      if (meant !== undefined) issues.push({ ...place, message: NO_SUCH_OPTION, remedy: `did you mean ${meant}?` });
    }
  }
  return { settings, issues };
}

/** The option that a variable outside of all sections means: with a slip in its section, or without it. Others may use our prefix. */
function nearVariable(variable: string, known: readonly string[]): string | undefined {
  const words = variable.slice(PREFIX.length);
  const withSection = known.find((name) => name.endsWith(`_${words}`));
  if (withSection !== undefined) return withSection;
  const nearest = nearestName(
    words,
    known.map((name) => name.slice(PREFIX.length)),
  );
  return nearest === undefined ? undefined : PREFIX + nearest;
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
      issues.push({ ...place, message: NO_SUCH_OPTION, remedy: hint(name, table.args.keys()) });
      continue;
    }
    // `--theme-sleep-ms 4ms`: the unit is there already.
    const hasUnit = /^%./.test(found.template) && /[a-z]$/i.test(text);
    const written = hasUnit ? text : found.template.replace('%', () => text);
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
    else if (entry === undefined)
      issues.push({ ...place, path: key, message: NO_SUCH_OPTION, remedy: hint(key, table.entries.keys()) });
    else {
      const origin: Origin = { kind: 'argument', argument: `--set ${key}` };
      settings.push({ entry, written: pair.slice(at + 1), origin, place });
    }
  }
  return { settings, issues };
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
  return nearest !== undefined
    ? `did you mean ${nearest}?`
    : known.length <= 20
      ? `there are ${known.sort().join(', ')}`
      : 'see config/OPTIONS.md';
}
