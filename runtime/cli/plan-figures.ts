/** What `plan` needs of a show file: the file parsed, its media counted. */
import { issuesError } from '../core/errors';
import type { ShowFigures } from '../options/tune';
import { mediaFiles } from '../show/glob';
import { parseShow } from '../show/parse';
import { ALL_FILES, openLooks } from './media-looks';
import { showFigures } from './show-figures';

/** `file` is absolute; `ffmpeg` as configured. Rejects with VITRINE_E_SHOW and all issues where the show is invalid. */
export async function planFigures(
  file: string,
  ffmpeg: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ShowFigures> {
  const parsed = parseShow(file);
  if (parsed.issues !== undefined) throw issuesError('VITRINE_E_SHOW', parsed.issues);
  const looks = openLooks(ffmpeg, env, ALL_FILES);
  try {
    return await showFigures(parsed.show, mediaFiles(), looks);
  } finally {
    looks.close();
  }
}
