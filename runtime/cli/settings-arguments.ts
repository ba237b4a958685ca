/** Every option of the table as an argument of a command: `--theme-lookahead 16`. */
import { Option, type Command } from 'commander';
import { formatValue } from '../options/formats';
import { RUNTIME_SECTIONS } from '../options/runtime-rows';
import { assembleTable } from '../options/table';
import { BUILT_IN_SECTIONS } from './built-in-sections';

/**
 * Adds the options that `command` has no argument for yet. The record it returns fills when the command is parsed: name
 * without dashes to text, in the order given; an argument that takes no text has the empty one.
 */
export function addSettingsArguments(command: Command): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  const own = new Set(command.options.map((option) => option.name()));
  for (const [name, { entry, template }] of assembleTable([...RUNTIME_SECTIONS, ...BUILT_IN_SECTIONS]).args) {
    if (own.has(name)) continue;
    const takesText = template.includes('%');
    const { row, key } = entry;
    const words =
      takesText && template === '%' ? `${row.doc} (${formatValue(row, row.default)})` : `${key}: ${template}`;
    const option = new Option(takesText ? `--${name} <value>` : `--${name}`, words);
    command.addOption(option.helpGroup('Settings (config/OPTIONS.md tells more):'));
    command.on(`option:${name}`, (text: string | null) => {
      delete given[name];
      given[name] = text ?? '';
    });
  }
  return given;
}
