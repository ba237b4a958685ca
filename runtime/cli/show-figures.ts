/** The figures of a show that tuning needs: how many pictures its themes have, in which forms, whether texts are drawn. */
import type { ShowFigures } from '../options/tune';
import type { MediaFiles } from '../show/media-files';
import type { MediaKind } from '../show/media-kinds';
import { soundsAtOnce, type Scene, type Show, type Theme } from '../show/types';

/** Counts the files of every theme that a scene names. Reads folders; never rejects for what it finds there. */
export async function showFigures(show: Show, media: MediaFiles): Promise<ShowFigures> {
  const scenes = Object.values(show.scenes);
  const withImages = scenes.filter(({ media: kind }) => kind !== 'videos');
  const withClips = scenes.filter(({ media: kind }) => kind !== 'images');
  const count = async (some: readonly Scene[], globsOf: (theme: Theme) => readonly string[], kind: MediaKind) => {
    const used = [...new Set(some.flatMap((scene) => scene.themes))];
    return Promise.all(
      used.map(async (name) => {
        const theme = show.themes[name];
        const { files } = await media.resolve(show.folder, theme === undefined ? [] : globsOf(theme), kind);
        return [name, files.length] as const;
      }),
    );
  };
  const [images, clips] = await Promise.all([
    count(withImages, (theme) => theme.images, 'picture'),
    count(withClips, (theme) => theme.videos, 'clip'),
  ]);
  return {
    imagesByTheme: Object.fromEntries(images),
    clipsByTheme: Object.fromEntries(clips),
    forms: images.flatMap(([name, files]) => formsOf(name, withImages).map((motion) => ({ images: files, motion }))),
    soundsAtOnce: soundsAtOnce(show),
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
