/** Looks at the clips that a start had no time for, one by one beside the show, and fits the memory to what they are. */
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
  readonly looks: MediaLooks;
  readonly files: MediaFiles;
  readonly scope: Scope;
}

/** Begins some seconds after the start and after each reload; ends with the scope. */
export function lookLater({ instance, looks, files, scope }: LaterParts): void {
  let timer: NodeJS.Timeout | undefined;
  /** Looks of this round so far: a file that is looked at in vain holds up nobody. */
  let taken = 0;
  const later = (ms: number): void => {
    clearTimeout(timer);
    if (!scope.closed) timer = setTimeout(() => void step(), ms).unref();
  };
  const step = async (): Promise<void> => {
    const { show } = instance;
    if (show === undefined) return;
    const paths = (await clipFiles(show, files)).slice(0, ALL_FILES);
    const before = await looks.clips(paths, 0);
    if (before.unknown > 0 && taken < paths.length) {
      taken += 1;
      await looks.clips(paths, 1);
      later(PAUSE_MS);
    } else if (taken > 0) instance.fitMemory();
  };
  const deaf = instance.events.on('reload', () => {
    taken = 0;
    later(AFTER_MS);
  });
  scope.defer('looks at clips', () => {
    deaf();
    clearTimeout(timer);
    looks.close();
  });
  later(AFTER_MS);
}

async function clipFiles({ scenes, themes, folder }: Show, files: MediaFiles): Promise<readonly string[]> {
  const names = new Set(
    Object.values(scenes).flatMap(({ media, themes: used }) => (media === 'images' ? [] : [...used])),
  );
  const globs = [...names].flatMap((name) => themes[name]?.videos ?? []);
  return (await files.resolve(folder, globs, 'clip')).files;
}
