/** Looks at the first clips of a show while the screen is still being opened: each look takes a program of its own. */
import { resolveMedia } from '../show/glob';
import type { Show } from '../show/types';
import type { MediaLooks } from './media-looks';

/** Of a shuffled scene it is only known later which comes first; more than a few looks at once would hold each other up. */
export const FIRST_CLIPS = 4;

/** Never rejects: a fault is met again, and reported, where the clip is played. */
export async function foretell(show: Show, looks: MediaLooks): Promise<void> {
  const scenes = show.cuelist.cues[0]?.scenes.map(({ scene }) => show.scenes[scene]!) ?? [];
  const clipScenes = scenes.filter(({ media }) => media !== 'images');
  const themes = clipScenes.flatMap((scene) => scene.themes);
  if (themes.length === 0) return;
  const most = clipScenes.length === 1 && clipScenes[0]!.order === 'sequence' ? 1 : FIRST_CLIPS;
  const globs = themes.flatMap((name) => show.themes[name]?.videos ?? []);
  const { files } = await resolveMedia(show.folder, globs, 'clip');
  await looks.clips(files.slice(0, most));
}
