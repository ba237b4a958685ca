/** Every option of the table as an argument of a command: `--theme-lookahead 16`. */
import { Help, Option, type Command } from 'commander';
import { formatValue } from '../options/formats';
import { RUNTIME_SECTIONS } from '../options/runtime-rows';
import { assembleTable, type Table } from '../options/table';
import { BUILT_IN_SECTIONS } from './built-in-sections';
import type { CommandIo } from './command';
import type { SettingsLayers } from './settings';

/** Those that people ask for: help has them, and the others where it is asked for all. */
const COMMON: ReadonlySet<string> = new Set([
  ...['profile', 'plugins', 'display-rotate', 'display-schedule', 'memory-budget'],
  ...['audio-sink', 'audio-mastering-enabled', 'telemetry-http', 'control-socket'],
]);

/**
 * Adds the options that `command` has no argument for yet. The record it returns fills when the command is parsed: name
 * without dashes to text, in the order given; an argument that takes no text has the empty one.
 */
export function addSettingsArguments(
  command: Command,
  io: Pick<CommandIo, 'env' | 'cwd'>,
  argv: readonly string[],
): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  const own = new Set(command.options.map((option) => option.name()));
  const rare: Option[] = [];
  for (const [name, { entry, template }] of tableFor(own, io, argv).args) {
    if (own.has(name)) continue;
    const takesText = template.includes('%');
    const { row, key } = entry;
    const words =
      takesText && template === '%' ? `${row.doc} (${formatValue(row, row.default)})` : `${key}: ${template}`;
    const option = new Option(takesText ? `--${name} <value>` : `--${name}`, words);
    command.addOption(option.helpGroup('Settings (config/OPTIONS.md tells more):'));
    if (!COMMON.has(name)) rare.push(option);
    command.on(`option:${name}`, (text: string | null) => {
      delete given[name];
      given[name] = text ?? '';
    });
  }
  command.option('--help-all', `display help with the ${rare.length} settings that are needed less often`);
  let isAll = false;
  command.on('option:help-all', () => {
    isAll = true;
    command.help();
  });
  command.configureHelp({
    ...command.configureHelp(),
    formatHelp(shown, helper) {
      // Hidden for as long as help is written, and no longer: commander proposes no hidden option where one was mistyped.
      for (const option of rare) option.hideHelp(!isAll);
      const text = Help.prototype.formatHelp.call(helper, shown, helper);
      for (const option of rare) option.hideHelp(false);
      return text;
    },
  });
  return given;
}

/** The options of the program; those of its plugins, too, where an argument may be one of them, or help is wanted. */
function tableFor(own: ReadonlySet<string>, io: Pick<CommandIo, 'env' | 'cwd'>, argv: readonly string[]): Table {
  const table = assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS]);
  const names = argv.flatMap((text) => /^--([^=]+)/.exec(text)?.[1] ?? []);
  if (names.every((name) => own.has(name) || table.args.has(name))) return table;
  const { optionTable } = require('./settings') as typeof import('./settings');
  return optionTable({ ...namedLayers(argv), env: io.env, cwd: io.cwd });
}

/** Those layers that an unparsed command line names which can name plugins. */
function namedLayers(argv: readonly string[]): Pick<SettingsLayers, 'config' | 'set' | 'args'> {
  const valuesOf = (name: string): string[] =>
    argv.flatMap((text, at) => {
      if (text === `--${name}`) return argv[at + 1] ?? [];
      return text.startsWith(`--${name}=`) ? text.slice(name.length + 3) : [];
    });
  const plugins = valuesOf('plugins').at(-1);
  return { config: valuesOf('config'), set: valuesOf('set'), args: plugins === undefined ? {} : { plugins } };
}
