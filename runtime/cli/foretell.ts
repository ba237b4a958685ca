/** What a show will need first, begun while the screen is still being opened: a look at its first clips, which takes a program of its own. */
import { resolveMedia } from '../show/glob';
import type { Show } from '../show/types';

/** More than the first few are not looked at: which comes first is only known later. */
const CLIPS = 4;

/** Never rejects; what goes wrong is met again, and told, where it matters. `ffmpeg`: as configured. */
export async function foretell(show: Show, ffmpeg: string | null, env: NodeJS.ProcessEnv): Promise<void> {
  const scenes = show.cuelist.cues[0]?.scenes.map(({ scene }) => show.scenes[scene]!) ?? [];
  const themes = scenes.filter(({ media }) => media !== 'images').flatMap((scene) => scene.themes);
  if (themes.length === 0) return;
  try {
    const globs = themes.flatMap((name) => show.themes[name]?.videos ?? []);
    const { files } = await resolveMedia(show.folder, globs, 'clip');
    const { lookEarly } = require('../../plugins/video/probe') as typeof import('../../plugins/video/probe');
    const { findTools } = require('../../plugins/video/tools') as typeof import('../../plugins/video/tools');
    lookEarly(findTools(ffmpeg, env), files.slice(0, CLIPS), env);
  } catch {
    // No ffmpeg, or folders that cannot be read.
  }
}
