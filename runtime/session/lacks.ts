/** What a show lacks because no plugin here brings it: refused where it cannot be meant, else said once. */
import type { FieldPath } from '../core/document';
import type { PluginState } from '../core/plugin';
import { hasSound, sceneOf, type Scene, type Show } from '../show/types';

type Medium = 'images' | 'videos';

/** The media, the sound and the plugins that are available to a show. */
export interface Brought {
  readonly media: ReadonlySet<string>;
  readonly sound: boolean;
  readonly plugins: readonly PluginState[];
}

export interface Lacks {
  /** Fields of the show that ask for what nobody brings, each with what is wrong and what to do. */
  readonly refused: readonly { readonly path: FieldPath; readonly message: string; readonly remedy: string }[];
  /** What is left out while the rest is played. */
  readonly told: readonly string[];
}

/** The plugins that come with the program, by what they bring, and its name for people. */
const BRINGERS = {
  images: { plugin: 'theme-bank', words: 'pictures' },
  videos: { plugin: 'video', words: 'clips' },
  sound: { plugin: 'audio', words: 'sound' },
} as const;

/**
 * A scene that has nothing to show is refused where somebody left its plugin out, and where no scene of the show is left. A plugin that failed
 * or does not fit this machine costs its own scenes only. Pure.
 */
export function lacksOf(show: Show, brought: Brought): Lacks {
  const names = new Set(show.cuelist.cues.flatMap(({ scenes }) => scenes.map(({ scene }) => scene)));
  const scenes = [...names].map((name) => ({ name, ...wanted(sceneOf(show, name), brought) }));
  const empty = scenes.filter(({ left }) => left.length === 0);
  const isNothingLeft = scenes.length > 0 && empty.length === scenes.length;
  const told: string[] = [];
  const refused: Lacks['refused'][number][] = [];
  for (const { name, missing, left } of scenes) {
    for (const medium of missing) {
      const { words, plugin } = BRINGERS[medium];
      const because = whyNot(plugin, brought.plugins);
      if (left.length === 0 && (isNothingLeft || because.isChosen)) {
        const remedy = `add ${plugin} to \`plugins\` in the configuration, or a plugin that brings ${words}`;
        refused.push({ path: ['scenes', name, 'media'], message: `nobody shows ${words}: ${because.text}`, remedy });
      } else told.push(`the ${words} of scene ${name} are not shown: ${because.text}`);
    }
  }
  if (hasSound(show) && !brought.sound)
    told.push(`the sound of the show is not heard: ${whyNot(BRINGERS.sound.plugin, brought.plugins).text}`);
  return { refused, told };
}

function wanted({ media }: Scene, brought: Brought): { missing: Medium[]; left: Medium[] } {
  const all: readonly Medium[] = media === 'both' ? ['images', 'videos'] : [media];
  const left = all.filter((medium) => brought.media.has(medium));
  return { missing: all.filter((medium) => !left.includes(medium)), left };
}

/** Why a plugin is not there, and whether somebody chose that. */
function whyNot(id: string, plugins: readonly PluginState[]): { readonly text: string; readonly isChosen: boolean } {
  const known = plugins.find((plugin) => plugin.id === id);
  if (known === undefined || known.state === 'off') return { text: `the plugin ${id} is left out`, isChosen: true };
  const reason = known.reason ?? 'it takes no part in this show';
  return { text: `the plugin ${id} cannot be used (${reason})`, isChosen: false };
}
