/** The figures of a show that tuning needs: how many pictures its themes have, in which forms, whether texts are drawn. */
import { clipTurns } from './clip-turns';
import { NO_LOOKS, type KnownClips, type MediaLooks } from './media-looks';
import type { ShowSounds } from '../options/sound-need';
import type { ShowFigures } from '../options/tune';
import type { MediaFiles } from '../show/media-files';
import type { MediaKind } from '../show/media-kinds';
import { soundsAtOnce, type Scene, type Show, type Theme } from '../show/types';

/** Counts the files of every theme that a scene names, and looks at some. Never rejects for what it finds there. */
export async function showFigures(show: Show, media: MediaFiles, looks: MediaLooks = NO_LOOKS): Promise<ShowFigures> {
  const scenes = Object.values(show.scenes);
  const withImages = scenes.filter(({ media: kind }) => kind !== 'videos');
  const withClips = scenes.filter(({ media: kind }) => kind !== 'images');
  const filesOf = async (some: readonly Scene[], globsOf: (theme: Theme) => readonly string[], kind: MediaKind) => {
    const used = [...new Set(some.flatMap((scene) => scene.themes))];
    return Promise.all(
      used.map(async (name) => {
        const theme = show.themes[name];
        const { files } = await media.resolve(show.folder, theme === undefined ? [] : globsOf(theme), kind);
        return [name, files] as const;
      }),
    );
  };
  const [images, clips] = await Promise.all([
    filesOf(withImages, (theme) => theme.images, 'picture'),
    filesOf(withClips, (theme) => theme.videos, 'clip'),
  ]);
  const all = (themes: typeof images): string[] => [...new Set(themes.flatMap(([, files]) => files))];
  const roles = soundRoles(show);
  const [clipsKnown, pictures, costlyVectors, lengths] = await Promise.all([
    looks.clips(all(clips)),
    looks.pictures(all(images)),
    looks.costlyVectors(all(images)),
    looks.sounds([...roles.keys()]),
  ]);
  const films = show.cuelist.cues.some(({ clipVolume }) => clipVolume !== undefined) ? filmSounds(clipsKnown) : NONE;
  const counted = (themes: typeof images): Record<string, number> =>
    Object.fromEntries(themes.map(([name, files]) => [name, files.length]));
  const imagesByTheme = counted(images);
  const picturesOf = ({ themes }: Scene): number => themes.reduce((sum, name) => sum + (imagesByTheme[name] ?? 0), 0);
  return {
    imagesByTheme,
    clipsByTheme: counted(clips),
    clips: { ...clipsKnown, ...clipTurns(show, all(clips).length, clipsKnown, picturesOf) },
    forms: images.flatMap(([name, files]) =>
      formsOf(name, withImages).map((motion) => ({ images: files.length, motion })),
    ),
    pictures,
    costlyVectors,
    soundsAtOnce: soundsAtOnce(show),
    sounds: {
      known: [...lengths.known.map(({ path, ...figure }) => ({ ...figure, roles: roles.get(path)! })), ...films.known],
      unknown: lengths.unknown + films.unknown,
    },
    texts: scenes.some(
      (scene) => scene.text !== undefined && scene.themes.some((name) => (show.themes[name]?.texts.length ?? 0) > 0),
    ),
  };
}

const NONE: ShowSounds = { known: [], unknown: 0 };

/** The sound files of all cues, each with its roles. */
function soundRoles({ cuelist }: Show): ReadonlyMap<string, readonly string[]> {
  const roles = new Map<string, readonly string[]>();
  for (const { sounds = [] } of cuelist.cues)
    for (const { file, role } of sounds) roles.set(file, [...new Set([...(roles.get(file) ?? []), role])]);
  return roles;
}

/** As if all of them had sound. */
function filmSounds({ known, unknown }: KnownClips): ShowSounds {
  const lengths = known.flatMap(({ frames, rateHz }) => (frames === undefined ? [] : [(frames / rateHz) * 1000]));
  return {
    known: lengths.map((lengthMs) => ({ lengthMs, channels: 2, roles: ['clips'] })),
    unknown: unknown + known.length - lengths.length,
  };
}

/** Scenes that show a theme's pictures alike share them in the cache. For each form whether it moves. */
function formsOf(theme: string, scenes: readonly Scene[]): boolean[] {
  const own = scenes.filter((scene) => scene.themes.includes(theme));
  const forms = new Map(own.map(({ fit, motion }) => [`${fit} ${motion}`, motion !== 'none']));
  return [...forms.values()];
}
