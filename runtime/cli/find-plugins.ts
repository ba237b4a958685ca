/** Finds plugins: the built-in ones by id, third-party ones by path or package name. */
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { messageOf, VitrineError } from '../core/errors';
import { pluginFault, type Candidate, type PluginMode } from '../core/host';
import type { PluginSpec } from '../core/plugin';
import type { PluginEntry } from '../options/row';
import type { Section } from '../options/table';

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
  | (Candidate & { readonly fault?: undefined })
  | { readonly ref: string; readonly mode: PluginMode; readonly fault: string };

/** Loads what the configuration names. Throws VITRINE_E_PLUGIN where a required one cannot be loaded. */
export function findPlugins(entries: readonly PluginEntry[], cwd: string): Found[] {
  return entries.map(({ ref, wish }) => {
    if (wish === 'off') return { ref, mode: wish, fault: 'off' };
    const found = load(ref, cwd);
    if (typeof found !== 'string') return { spec: found, mode: wish };
    if (wish === 'required')
      throw new VitrineError('VITRINE_E_PLUGIN', `the required plugin ${ref} cannot be loaded: ${found}`, {
        plugin: ref,
      });
    return { ref, mode: wish, fault: found };
  });
}

/** The options of those plugins that do not come with the program, each in the section of its id. */
export function foreignSections(entries: readonly PluginEntry[], cwd: string): Section[] {
  return entries.flatMap(({ ref, wish }) => {
    if (wish === 'off' || ref in BUILT_IN) return [];
    const spec = load(ref, cwd);
    return typeof spec === 'string' ? [] : [{ section: spec.id, owner: spec.id, rows: spec.options }];
  });
}

function load(ref: string, cwd: string): PluginSpec | string {
  const builtIn = BUILT_IN[ref];
  if (builtIn !== undefined) return builtIn();
  const isPath = isAbsolute(ref) || ref.startsWith('./') || ref.startsWith('../');
  try {
    const module = createRequire(join(cwd, 'package.json'))(isPath ? ref : resolvePackage(ref, cwd)) as Record<
      string,
      unknown
    >;
    return pluginFault(module['plugin']) ?? (module['plugin'] as PluginSpec);
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
