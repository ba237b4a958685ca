/** What may be played: the show is read, counted, and refused where this machine cannot play it. */
import { issuesError, type Issue } from '../core/errors';
import type { Tuning } from '../options/tune';
import type { OpenedMessage } from '../render/messages';
import type { OpenBackend } from '../session/backend';
import { resolveMedia } from '../show/glob';
import { parseShow } from '../show/parse';
import type { Show } from '../show/types';
import { tuneSettings, type Settings } from './settings';
import { showFigures } from './show-figures';

/** Reads a show; every fault of it is in the error. */
export function readShow(file: string): Show {
  const parsed = parseShow(file);
  if (parsed.show === undefined) throw issuesError('VITRINE_E_SHOW', parsed.issues);
  return parsed.show;
}

/** Refuses a show that this machine cannot play: a theme without a single file, or more memory than there is. */
export async function admit(show: Show, settings: Settings, { panel, renderer }: OpenBackend): Promise<Tuning> {
  const figures = await showFigures(show, { resolve: resolveMedia });
  const emptyOf = (counts: Readonly<Record<string, number>> = {}, field: 'images' | 'videos'): Issue[] =>
    Object.entries(counts)
      .filter(([name, files]) => files === 0 && (show.themes[name]?.[field].length ?? 0) > 0)
      .map(([name]) => ({
        file: show.file,
        path: `themes.${name}.${field}`,
        message: `matches no ${field === 'images' ? 'picture' : 'clip'}`,
        remedy: 'check the globs; they are relative to this file',
      }));
  const issues = [...emptyOf(figures.imagesByTheme, 'images'), ...emptyOf(figures.clipsByTheme, 'videos')];
  if (issues.length > 0) throw issuesError('VITRINE_E_SHOW', issues);
  return tuneSettings(settings, figures, panel, renderer);
}

/** For any show at all; where even that cannot fit, for the one there is. */
export function largestTuning(settings: Settings, tuning: Tuning, { renderer }: OpenedMessage): Tuning {
  try {
    return tuneSettings(settings, undefined, tuning.panel, renderer);
  } catch {
    return tuning;
  }
}
