/** Finds plugins: the built-in ones by id, third-party ones by path or package name. */
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { messageOf, VitrineError } from '../core/errors';
import { pluginFault, type Candidate } from '../core/host';
import type { PluginMode, PluginSpec } from '../core/plugin';
import { rowsOf } from '../options/foreign-rows';
import type { PluginEntry } from '../options/row';
import { RUNTIME_SECTIONS } from '../options/runtime-rows';
import { assembleTable, type Section } from '../options/table';
import { BUILT_IN_SECTIONS } from './built-in-sections';

/** Required when they are asked for: a plugin that is off costs nothing. */
const BUILT_IN: Readonly<Record<string, () => PluginSpec>> = {
  'theme-bank': () =>
    (require('../../plugins/theme-bank/plugin') as typeof import('../../plugins/theme-bank/plugin')).themeBank as never,
  video: () => (require('../../plugins/video/plugin') as typeof import('../../plugins/video/plugin')).video as never,
  audio: () => (require('../../plugins/audio/plugin') as typeof import('../../plugins/audio/plugin')).audio as never,
  telemetry: () =>
    (require('../../plugins/telemetry/plugin') as typeof import('../../plugins/telemetry/plugin')).telemetry as never,
};

/** A plugin that was asked for, as it was found. */
export type Found =
  | (Candidate & {
      readonly ref: string;
      /** Of one that does not come with the program. */
      readonly file?: string;
      readonly fault?: undefined;
    })
  | { readonly ref: string; readonly mode: PluginMode; readonly fault: string };

/** Loads what the configuration names. Throws VITRINE_E_PLUGIN where a required one cannot be loaded. */
export function findPlugins(entries: readonly PluginEntry[], cwd: string): Found[] {
  const found = lookUp(entries, cwd);
  const missing = found.find(({ mode, fault }) => mode === 'required' && fault !== undefined);
  if (missing === undefined) return found;
  throw new VitrineError('VITRINE_E_PLUGIN', `the required plugin ${missing.ref} cannot be loaded: ${missing.fault!}`, {
    plugin: missing.ref,
  });
}

export interface ForeignSections {
  readonly sections: readonly Section[];
  /** Whether one of these plugins could not be loaded, so that nobody knows its options. */
  readonly isPartial: boolean;
}

/** The options of those plugins that do not come with the program. Throws nothing: `findPlugins` says what is wrong. */
export function foreignSections(entries: readonly PluginEntry[], cwd: string): ForeignSections {
  const found = lookUp(entries, cwd).filter(({ ref, mode }) => !(ref in BUILT_IN) && mode !== 'off');
  return {
    sections: found.flatMap((one) => (one.fault === undefined ? [sectionOf(one.spec)] : [])),
    isPartial: found.some(({ fault }) => fault !== undefined),
  };
}

/** The section of the configuration that holds the options of a plugin. */
export const sectionNameOf = ({ id, section = id }: Pick<PluginSpec, 'id' | 'section'>): string => section;

const sectionOf = (spec: PluginSpec): Section => ({
  section: sectionNameOf(spec),
  owner: spec.id,
  rows: rowsOf(spec.options),
});

/** Each plugin that was asked for, in order; options that clash with those of another one are a fault of the later. */
function lookUp(entries: readonly PluginEntry[], cwd: string): Found[] {
  const sections: Section[] = [...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS];
  return entries.map(({ ref, wish }): Found => {
    if (wish === 'off') return { ref, mode: wish, fault: 'off' };
    const builtIn = BUILT_IN[ref];
    if (builtIn !== undefined) return { ref, spec: builtIn(), mode: wish };
    const loaded = load(ref, cwd);
    if (typeof loaded === 'string') return { ref, mode: wish, fault: loaded };
    const { spec, file } = loaded;
    try {
      const section = sectionOf(spec);
      assembleTable([...sections, section]);
      sections.push(section);
      return { ref, spec, file, mode: wish };
    } catch (cause) {
      return { ref, mode: wish, fault: messageOf(cause) };
    }
  });
}

function load(ref: string, cwd: string): { readonly spec: PluginSpec; readonly file: string } | string {
  const isPath = isAbsolute(ref) || ref.startsWith('./') || ref.startsWith('../');
  try {
    const required = createRequire(join(cwd, 'package.json'));
    const file = isPath ? required.resolve(ref) : resolvePackage(ref, cwd);
    const module = required(file) as Record<string, unknown>;
    return pluginFault(module['plugin']) ?? { spec: module['plugin'] as PluginSpec, file };
  } catch (cause) {
    const known = Object.keys(BUILT_IN).join(', ');
    return `${messageOf(cause).split('\n')[0]} (built-in plugins: ${known}; others by path, beginning with ./ or /, or by package name)`;
  }
}

/** A package beside the working folder, else beside the program. */
function resolvePackage(name: string, cwd: string): string {
  try {
    return createRequire(join(cwd, 'package.json')).resolve(name);
  } catch {
    return createRequire(__filename).resolve(name);
  }
}
