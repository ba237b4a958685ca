/** `vitrine explain [KEY] [--json]`: option values and where each came from. */
import { VitrineError } from '../core/errors';
import { explainEntry, formatOverview, formatStory, keysFor, nearestKey } from '../options/explain';
import type { CommandIo } from './command';
import type { FiguresOf } from './plan';
import { ffmpegOf, loadSettings, tuneSettings, type SettingsLayers } from './settings';

/** `show` is among the arguments that name options. */
export interface ExplainArgs extends SettingsLayers {
  /** An option or a section; all options where it is left out. */
  readonly key?: string;
  readonly json: boolean;
  readonly figuresOf: FiguresOf;
}

/** Prints the values as they would hold for the show, for the largest one where none is named. Throws VITRINE_E_USAGE, _CONFIG, _SHOW or _BUDGET. */
export async function explain(io: CommandIo, args: ExplainArgs): Promise<number> {
  const settings = loadSettings({ ...args, env: io.env, cwd: io.cwd });
  const { table } = settings;
  const keys = keysFor(table, args.key);
  if (keys.length === 0 && args.key !== undefined) {
    const nearest = nearestKey(table, args.key);
    const remedy = nearest === undefined ? 'see config/OPTIONS.md' : `did you mean ${nearest}?`;
    throw new VitrineError('VITRINE_E_USAGE', `there is no option '${args.key}'; ${remedy}`);
  }
  const show = settings.values['show'];
  const tuning = tuneSettings(
    settings,
    typeof show === 'string' ? await args.figuresOf(show, ffmpegOf(settings)) : undefined,
  );
  const explanations = keys.flatMap((key) => {
    const entry = table.entries.get(key);
    return entry === undefined ? [] : [explainEntry(entry, settings.origins[key] ?? [], tuning)];
  });
  if (args.json) {
    const document = { profile: settings.profile, files: settings.files, panel: tuning.panel, options: explanations };
    io.stdout(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const [only] = explanations;
    io.stdout(
      `${explanations.length === 1 && only !== undefined ? formatStory(table, only) : formatOverview(table, explanations)}\n`,
    );
  }
  return 0;
}
