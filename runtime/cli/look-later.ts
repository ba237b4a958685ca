/** Looks at the clips that a start had no time for, one by one beside the show, and fits the memory to them and to the sounds that play. */
import type { Scope } from '../core/scope';
import type { Instance } from '../session/instance';
import type { MediaFiles } from '../show/media-files';
import type { Show } from '../show/types';
import { ALL_FILES, type MediaLooks } from './media-looks';

/** The first clips and sounds are on by then. */
const AFTER_MS = 10_000;
/** Between two looks, each of which takes half a second of a small board's processor. */
const PAUSE_MS = 2000;

export interface LaterParts {
  readonly instance: Pick<Instance, 'show' | 'events' | 'fitMemory'>;
  /** The first show, which may not be on yet. */
  readonly show: Show;
  readonly looks: MediaLooks;
  readonly files: MediaFiles;
  readonly scope: Scope;
}

/** Begins some seconds after the start and after each reload; ends with the scope. */
export function lookLater({ instance, show: first, looks, files, scope }: LaterParts): void {
  let timer: NodeJS.Timeout | undefined;
  /** Looks of this round so far: a file that is looked at in vain holds up nobody. */
  let taken = 0;
  /** Sounds that no look knew when the show began: the plugin that plays them looks at them. */
  let unknownSounds = 0;
  const countSounds = async (show: Show): Promise<number> => (await looks.sounds(soundFiles(show), 0)).unknown;
  const begin = (): void => {
    taken = 0;
    void countSounds(instance.show ?? first).then((unknown) => (unknownSounds = unknown));
    later(AFTER_MS);
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    if (!scope.closed) timer = setTimeout(() => void step(), ms).unref();
  };
  const step = async (): Promise<void> => {
    const { show } = instance;
    if (show === undefined) return;
    const paths = (await clipFiles(show, files).catch(() => [])).slice(0, ALL_FILES);
    const before = await looks.clips(paths, 0);
    if (before.unknown > 0 && taken < paths.length) {
      taken += 1;
      await looks.clips(paths, 1);
      later(PAUSE_MS);
    } else if (taken > 0 || (await countSounds(show)) < unknownSounds) instance.fitMemory();
  };
  const deaf = instance.events.on('reload', begin);
  scope.defer('looks at clips', () => {
    deaf();
    clearTimeout(timer);
    looks.close();
  });
  begin();
}

const soundFiles = ({ cuelist }: Show): readonly string[] => [
  ...new Set(cuelist.cues.flatMap(({ sounds = [] }) => sounds.map(({ file }) => file))),
];

async function clipFiles({ scenes, themes, folder }: Show, files: MediaFiles): Promise<readonly string[]> {
  const names = new Set(
    Object.values(scenes).flatMap(({ media, themes: used }) => (media === 'images' ? [] : [...used])),
  );
  const globs = [...names].flatMap((name) => themes[name]?.videos ?? []);
  return (await files.resolve(folder, globs, 'clip')).files;
}
