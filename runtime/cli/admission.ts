/** What may be played: the show is read, counted, and refused where this machine cannot play it. */
import { issuesError, type Issue } from '../core/errors';
import type { ShowFigures, Tuning } from '../options/tune';
import type { OpenedMessage } from '../render/messages';
import type { OpenBackend } from '../session/backend';
import type { MediaFiles } from '../show/media-files';
import { parseShow } from '../show/parse';
import type { Show } from '../show/types';
import type { MediaLooks } from './media-looks';
import { tuneSettings, type Settings } from './settings';
import { showFigures } from './show-figures';

/** Reads a show; every fault of it is in the error. */
export function readShow(file: string): Show {
  const parsed = parseShow(file);
  if (parsed.show === undefined) throw issuesError('VITRINE_E_SHOW', parsed.issues);
  return parsed.show;
}

/** Refuses a show that this machine cannot play: a theme without a single file, or more memory than there is. */
export async function admit(
  show: Show,
  settings: Settings,
  { panel, renderer }: OpenBackend,
  media: MediaFiles,
  looks: MediaLooks,
): Promise<Tuning> {
  const figures = await showFigures(show, media, looks);
  const issues = emptyThemes(show, figures);
  if (issues.length > 0) throw issuesError('VITRINE_E_SHOW', issues);
  return tuneSettings(settings, figures, panel, renderer);
}

/** Themes of which a scene can show nothing at all. */
function emptyThemes(show: Show, { imagesByTheme, clipsByTheme = {} }: ShowFigures): Issue[] {
  const fieldsByTheme = new Map<string, 'images' | 'videos'>();
  for (const { media, themes } of Object.values(show.scenes)) {
    for (const theme of themes) {
      const images = media === 'videos' ? 0 : (imagesByTheme[theme] ?? 0);
      const clips = media === 'images' ? 0 : (clipsByTheme[theme] ?? 0);
      const field = media === 'videos' ? 'videos' : 'images';
      // A theme may have texts only, for a scene with others.
      const { images: globs = [], videos = [] } = show.themes[theme] ?? {};
      if (images + clips === 0 && globs.length + videos.length > 0) fieldsByTheme.set(theme, field);
    }
  }
  return [...fieldsByTheme].map(([theme, field]) => ({
    file: show.file,
    path: `themes.${theme}.${field}`,
    message: `matches no ${field === 'images' ? 'picture' : 'clip'}`,
    remedy: 'check the globs; they are relative to this file',
  }));
}

/** For any show at all; where even that cannot fit, for the one there is. */
export function largestTuning(settings: Settings, tuning: Tuning, { renderer }: OpenedMessage): Tuning {
  try {
    return tuneSettings(settings, undefined, tuning.panel, renderer);
  } catch {
    return tuning;
  }
}
