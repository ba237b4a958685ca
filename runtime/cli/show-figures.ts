/** The figures of a show that tuning needs: how many pictures its themes have, in which forms, whether texts are drawn. */
import type { ShowFigures } from '../options/tune';
import type { MediaFiles } from '../show/media-files';
import type { Scene, Show } from '../show/types';

/** Counts the files of every theme that a scene names. Reads folders; never rejects for what it finds there. */
export async function showFigures(show: Show, media: MediaFiles): Promise<ShowFigures> {
  const scenes = Object.values(show.scenes);
  const used = [...new Set(scenes.flatMap((scene) => scene.themes))];
  const counts = await Promise.all(
    used.map(async (name) => {
      const { files } = await media.resolve(show.folder, show.themes[name]?.images ?? []);
      return [name, files.length] as const;
    }),
  );
  return {
    imagesByTheme: Object.fromEntries(counts),
    forms: counts.flatMap(([name, images]) => formsOf(name, scenes).map((motion) => ({ images, motion }))),
    texts: scenes.some(
      (scene) => scene.text !== undefined && scene.themes.some((name) => (show.themes[name]?.texts.length ?? 0) > 0),
    ),
  };
}

/** Scenes that show a theme's pictures alike share them in the cache. For each form whether it moves. */
function formsOf(theme: string, scenes: readonly Scene[]): boolean[] {
  const own = scenes.filter((scene) => scene.themes.includes(theme));
  const forms = new Map(own.map(({ fit, motion }) => [`${fit} ${motion}`, motion !== 'none']));
  return [...forms.values()];
}
