/** Settings: facts, profile and layers of this machine put together into one frozen set of values with their origins. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readDocument } from '../core/document';
import { issuesError, type Issue } from '../core/errors';
import { nearestName } from '../core/nearest';
import { packageFile } from '../core/paths';
import type { HardwareFacts } from '../core/facts';
import { memoryBudget } from '../hardware/budget';
import { composeCores, decodeCores, deviceIds } from '../hardware/facts';
import { probe } from '../hardware/probe';
import { selectProfile } from '../hardware/profile';
import { threadPace } from '../options/clip-need';
import type { PanelSize } from '../options/footprint';
import { settle, strongest, type Layer, type Step } from '../options/layers';
import { mergePlugins } from '../options/formats';
import { expectedPanel } from '../options/panel';
import { loadProfile } from '../options/profiles';
import type { PluginEntry } from '../options/row';
import { RUNTIME_SECTIONS } from '../options/runtime-rows';
import { argumentLayer, documentLayer, environmentLayer, NO_SUCH_OPTION, setLayer } from '../options/sources';
import { assembleTable, type Section, type Table } from '../options/table';
import { tune, type ShowFigures, type Tuning } from '../options/tune';
import { BUILT_IN_SECTIONS } from './built-in-sections';

/** The layers a command line names, and the options there are. */
export interface SettingsLayers {
  /** Configuration files named on the command line, weakest first. */
  readonly config: readonly string[];
  /** `key=value` pairs. */
  readonly set: readonly string[];
  /** Arguments that name options, without dashes. */
  readonly args: Readonly<Record<string, string>>;
  /** Where the machine's files and /etc/vitrine are found; `/` is this machine. */
  readonly root?: string;
}

export interface SettingsRequest extends SettingsLayers {
  readonly env: NodeJS.ProcessEnv;
  /** Where relative paths of the command line start. */
  readonly cwd: string;
}

export interface Settings {
  readonly facts: HardwareFacts;
  readonly profile: { readonly name: string; readonly because: string; readonly chain: readonly string[] };
  readonly table: Table;
  /** By dotted key, in the rows' units; `auto` not yet resolved. Frozen. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Every value an option had, weakest first; the last one holds. */
  readonly origins: Readonly<Record<string, readonly Step[]>>;
  /** Files that were read, weakest first. */
  readonly files: readonly string[];
  /** Parts of the configuration that are not used; logged at the start. */
  readonly warnings: readonly Issue[];
}

/** The folder of the profiles that come with the program; compiled code lies in `dist/runtime/cli`. */
export const PROFILE_FOLDER = packageFile('config', 'profiles');

/** The options there are, and the layers that the command line, the environment and the files of this machine bring. */
interface Gathered {
  readonly table: Table;
  readonly above: readonly Layer[];
  readonly files: readonly string[];
  /** Options of plugins that could not be loaded are unknown. */
  readonly isPartial: boolean;
}

/** Reads the layers: for the names of the plugins first, and again where these bring options of their own. */
function gather(request: SettingsRequest, facts: HardwareFacts): Gathered {
  const { env, cwd, root = '/' } = request;
  const files = [...siteFiles(root, facts), ...request.config.map((file) => resolve(cwd, file))];
  const documents = files.map((file) => [file, readDocument(file)] as const);
  const read = (sections: readonly Section[]): { table: Table; above: Layer[] } => {
    const table = assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS, ...sections]);
    const above = [
      ...documents.map(([file, document]) => documentLayer(table, document, (line) => ({ kind: 'file', file, line }))),
      environmentLayer(table, env),
      argumentLayer(table, request.args),
      setLayer(table, request.set),
    ];
    return { table, above };
  };
  const plain = read([]);
  const references = plain.above
    .map((layer) => strongest(plain.table, [layer], 'plugins', cwd))
    .reduce<readonly PluginEntry[]>(
      (below, { value, setting }) =>
        setting === undefined ? below : mergePlugins(below, value as readonly PluginEntry[]),
      [],
    );
  if (references.length === 0) return { ...plain, files, isPartial: false };
  const { foreignSections } = require('./find-plugins') as typeof import('./find-plugins');
  const { sections, isPartial } = foreignSections(references, cwd);
  return { ...(sections.length === 0 ? plain : read(sections)), files, isPartial };
}

/** The options of this machine, those of its plugins included. */
export function optionTable(request: SettingsRequest): Table {
  return gather(request, probe(request.root ?? '/', request.env)).table;
}

/** Loads all layers. Throws VITRINE_E_CONFIG with every issue; nothing was started or changed then. */
export function loadSettings(request: SettingsRequest): Settings {
  const { env, cwd, root = '/' } = request;
  const facts = probe(root, env);
  const { table, above, files, isPartial } = gather(request, facts);
  const asked = strongest(table, above, 'profile', cwd);
  const choice = selectProfile(facts);
  const name = asked.value === 'auto' ? choice.name : String(asked.value);
  const because = asked.value === 'auto' ? choice.because : 'it was asked for';
  const { chain, layers } = loadProfile(table, PROFILE_FOLDER, name, asked.setting?.place ?? { file: PROFILE_FOLDER });
  const settled = settle(table, [...layers, ...above], cwd);
  const warnings = isPartial ? settled.issues.filter((issue) => isUnknownSection(issue, table)) : [];
  const issues = settled.issues.filter((issue) => !warnings.includes(issue));
  if (issues.length > 0) throw issuesError('VITRINE_E_CONFIG', inOrder(issues));
  const values = { ...settled.values, profile: name };
  const origins = { ...settled.stories };
  if (asked.value === 'auto') {
    origins['profile'] = [...(origins['profile'] ?? []), { value: name, origin: { kind: 'tuned', because } }];
  }
  return { facts, profile: { name, because, chain }, table, values: Object.freeze(values), origins, files, warnings };
}

/** Whether it is about a whole section of a file, which may be that of a plugin that could not be loaded. */
const isUnknownSection = ({ message, path = '.', line }: Issue, table: Table): boolean =>
  message === NO_SUCH_OPTION &&
  line !== undefined &&
  !path.includes('.') &&
  nearestName(path, table.sections) === undefined;

/** Tunes settings for a panel (by default the one to expect) and a show. Throws VITRINE_E_BUDGET where it cannot fit. */
export function tuneSettings(
  settings: Settings,
  show?: ShowFigures,
  panel?: PanelSize,
  renderer: 'cpu' | 'gl' = 'cpu',
): Tuning {
  const { facts, values } = settings;
  const machine = {
    composeCores: composeCores(facts),
    decodeCores: decodeCores(facts),
    pace: threadPace(facts.os.architecture),
    budget: memoryBudget(facts, Number(values['memory.share'])),
    renderer,
    surface: renderer === 'cpu' && facts.session.type === 'wayland',
  };
  return tune(machine, values, panel ?? expectedPanel(facts, values), show);
}

/** Bytes of the memory budget: the configured one, else that of the machine. */
export function memoryBudgetOf({ values, facts }: Pick<Settings, 'values' | 'facts'>): number {
  const chosen = values['memory.budget'];
  return typeof chosen === 'number' ? chosen : memoryBudget(facts, Number(values['memory.share'])).bytes;
}

/** The ffmpeg that is configured; null where the system's is taken. */
export const ffmpegOf = ({ values }: Pick<Settings, 'values'>): string | null =>
  values['video.ffmpeg'] as string | null;

/** The values of one section under their names, as its owner's rows type them. Frozen. */
export function sectionValues<V>(values: Readonly<Record<string, unknown>>, section: string): V {
  const prefix = `${section}.`;
  const own = Object.entries(values).filter(([key]) => key.startsWith(prefix));
  return Object.freeze(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]))) as V;
}

/** The files of /etc/vitrine that exist: the site's, its parts by name, the device's. */
function siteFiles(root: string, facts: HardwareFacts): string[] {
  const folder = join(root, 'etc/vitrine');
  if (!existsSync(folder)) return [];
  const parts = existsSync(join(folder, 'conf.d'))
    ? readdirSync(join(folder, 'conf.d'))
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .map((name) => join('conf.d', name))
    : [];
  const device = deviceIds(facts).map((id) => join('devices', `${id}.yaml`));
  const firstDevice = device.find((file) => existsSync(join(folder, file)));
  return ['config.yaml', ...parts, ...(firstDevice === undefined ? [] : [firstDevice])]
    .map((file) => join(folder, file))
    .filter((file) => existsSync(file));
}

/** Issues of one file by line; files in the order of their layers. */
function inOrder(issues: readonly Issue[]): readonly Issue[] {
  const files = [...new Set(issues.map((issue) => issue.file))];
  return [...issues].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
