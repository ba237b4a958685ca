/** Profiles: named option values in YAML files that inherit from each other; each file becomes a layer, the root first. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readDocument, type SourceDocument } from '../core/document';
import type { Issue } from '../core/errors';
import { nearestName } from '../core/nearest';
import type { Layer } from './layers';
import { documentLayer } from './sources';
import type { Table } from './table';

/** A profile with its ancestors. Where a layer has issues the profile is not to be used. */
export interface LoadedProfile {
  /** From the profile to its root. */
  readonly chain: readonly string[];
  /** Weakest first: the root's options, then its heir's, … */
  readonly layers: readonly Layer[];
}

const FIELDS = ['about', 'inherits', 'options'];

/** Whether a profile is named by its file. */
export function isProfileFile(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name);
}

/**
 * Loads the profile `name` of `folder`, or the file of that name, and all it inherits from.
 * `asked` is where somebody named it; a profile that does not exist is reported there.
 */
export function loadProfile(
  table: Table,
  folder: string,
  name: string,
  asked: Pick<Issue, 'file' | 'line' | 'column'>,
): LoadedProfile {
  const chain: string[] = [];
  const layers: Layer[] = [];
  const seen = new Set<string>();
  let next: string | undefined = name;
  let from = folder;
  let place = asked;
  while (next !== undefined) {
    const current: string = next;
    const file = isProfileFile(current) ? resolve(from, current) : join(folder, `${current}.yaml`);
    const fault = seen.has(file)
      ? {
          message: `profiles inherit in a circle: ${[...chain, current].join(' -> ')}`,
          remedy: 'take one `inherits` out',
        }
      : existsSync(file)
        ? undefined
        : { message: `there is no profile '${current}' (${file})`, remedy: 'see config/profiles for those there are' };
    if (fault !== undefined) {
      layers.unshift({ settings: [], issues: [{ ...place, ...fault }] });
      break;
    }
    seen.add(file);
    chain.push(current);
    const document = readDocument(file);
    layers.unshift(profileLayer(table, document, current));
    const parent = inheritedBy(document);
    next = parent;
    from = dirname(file);
    if (parent !== undefined) place = { file, ...document.place(['inherits']) };
  }
  return { chain, layers };
}

function inheritedBy(document: SourceDocument): string | undefined {
  const value = document.value as { inherits?: unknown } | null | undefined;
  return typeof value?.inherits === 'string' ? value.inherits : undefined;
}

function profileLayer(table: Table, document: SourceDocument, name: string): Layer {
  const { file, value } = document;
  const layer = documentLayer(table, document, (line) => ({ kind: 'profile', name, file, line }), ['options']);
  if (document.issues.length > 0) return layer;
  const issues = [...layer.issues];
  const fail = (field: string, what: 'key' | 'value', message: string, remedy: string): void => {
    issues.push({ file, ...document.place([field], what), path: field, message, remedy });
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.push({
      file,
      line: 1,
      column: 1,
      message: 'is not a profile',
      remedy: 'write `about`, `inherits` and `options`',
    });
    return { settings: [], issues };
  }
  for (const [field, content] of Object.entries(value)) {
    if (!FIELDS.includes(field)) {
      const nearest = nearestName(field, FIELDS);
      fail(
        field,
        'key',
        'a profile has no such field',
        nearest === undefined ? `there are ${FIELDS.join(', ')}` : `did you mean ${nearest}?`,
      );
    } else if (field !== 'options' && typeof content !== 'string')
      fail(field, 'value', 'is not a text', 'write a name');
  }
  for (const { entry, place } of layer.settings) {
    if (entry.key === 'profile') {
      issues.push({
        ...place,
        path: 'options.profile',
        message: 'a profile cannot choose the profile',
        remedy: 'write `inherits`',
      });
    }
  }
  return { settings: layer.settings, issues };
}
