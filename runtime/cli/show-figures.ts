/** The figures of a show that tuning needs: how many pictures its themes have, whether they move, whether texts are drawn. */
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
    formsByTheme: Object.fromEntries(used.map((name) => [name, formsOf(name, scenes)])),
    motion: scenes.some((scene) => scene.motion !== 'none'),
    texts: scenes.some(
      (scene) => scene.text !== undefined && scene.themes.some((name) => (show.themes[name]?.texts.length ?? 0) > 0),
    ),
  };
}

/** Scenes that show a theme's pictures alike share them in the cache. */
function formsOf(theme: string, scenes: readonly Scene[]): number {
  const own = scenes.filter((scene) => scene.themes.includes(theme));
  return new Set(own.map(({ fit, motion }) => `${fit} ${motion}`)).size;
}
