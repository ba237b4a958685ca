/** Looks at the first clips of a show while the screen is still being opened: each look takes a program of its own. */
import type { MediaFiles } from '../show/media-files';
import type { Scene, Show } from '../show/types';
import type { MediaLooks } from './media-looks';

/** Of a shuffled scene it is only known later which comes first; more than a few looks at once would hold each other up. */
export const FIRST_CLIPS = 4;

/** Scenes that the show may begin with. */
const firstScenes = (show: Show): Scene[] => show.cuelist.cues[0]?.scenes.map(({ scene }) => show.scenes[scene]!) ?? [];

/** Whether the first thing to see is a clip: before it was looked at nothing can be shown anyway. */
export function beginsWithClips(show: Show): boolean {
  const scenes = firstScenes(show);
  return scenes.length > 0 && scenes.every(({ media }) => media === 'videos');
}

/** Never rejects: a fault is met again, and reported, where the clip is played. */
export async function foretell(show: Show, media: MediaFiles, looks: MediaLooks): Promise<void> {
  const clipScenes = firstScenes(show).filter((scene) => scene.media !== 'images');
  const themes = clipScenes.flatMap((scene) => scene.themes);
  if (themes.length === 0) return;
  const most = clipScenes.length === 1 && clipScenes[0]!.order === 'sequence' ? 1 : FIRST_CLIPS;
  const globs = themes.flatMap((name) => show.themes[name]?.videos ?? []);
  const found = await media.resolve(show.folder, globs, 'clip').catch(() => undefined);
  await looks.clips(found?.files.slice(0, most) ?? []);
}
