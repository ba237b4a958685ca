/** `vitrine plan [--show F] [--json]`: the memory account, before anything is opened. */
import { visible } from '../core/visible';
import { formatAccount } from '../options/account';
import type { ShowFigures } from '../options/tune';
import type { CommandIo } from './command';
import { ffmpegOf, loadSettings, tuneSettings, type SettingsLayers, type SettingsRequest } from './settings';

/** Loads a show file (absolute), counts its media and looks at them with that ffmpeg; rejects with VITRINE_E_SHOW where it is invalid. */
export type FiguresOf = (file: string, ffmpeg: string | null) => Promise<ShowFigures>;

/** `show` is among the arguments that name options. */
export interface PlanArgs extends SettingsLayers {
  readonly json: boolean;
  readonly figuresOf: FiguresOf;
}

/**
 * Prints who takes how many bytes, the sum and the budget. Without a show the largest need is planned for.
 * Throws VITRINE_E_CONFIG, VITRINE_E_SHOW, or VITRINE_E_BUDGET with the account where it cannot fit.
 */
export async function plan(io: CommandIo, args: PlanArgs): Promise<number> {
  const settings = loadSettings({ ...args, env: io.env, cwd: io.cwd });
  const show = settings.values['show'];
  const figures = typeof show === 'string' ? await args.figuresOf(show, ffmpegOf(settings)) : undefined;
  const { account, panel, steps } = tuneSettings(settings, figures);
  if (args.json) {
    const { consumers, plannedBytes, budgetBytes, shrunk } = account;
    const document = {
      profile: settings.profile.name,
      show,
      panel,
      consumers,
      sumBytes: plannedBytes,
      budgetBytes,
      shrunk,
    };
    io.stdout(`${JSON.stringify(document, null, 2)}\n`);
    return 0;
  }
  const budget = steps['memory.budget']?.origin.because ?? 'memory.budget';
  io.stdout(
    `${settings.profile.name}, ${panel.widthPx}x${panel.heightPx}, ${typeof show === 'string' ? visible(show) : 'any show'}\n\n` +
      `${formatAccount(account)}\n\nbudget: ${budget}\n`,
  );
  return 0;
}

/** Throws VITRINE_E_BUDGET where the machine has too little memory for the show in `file` (absolute), VITRINE_E_CONFIG, VITRINE_E_SHOW. */
export async function requireFit(request: SettingsRequest, figuresOf: FiguresOf, file: string): Promise<void> {
  const settings = loadSettings(request);
  tuneSettings(settings, await figuresOf(file, ffmpegOf(settings)));
}
