/** Watching: tells when something changed in a set of folders, and which of its files. Says nothing about what it means. */
import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One inotify watch each; the kernel's smallest usual limit for a user is 8192, and others need some too. */
export const MOST_FOLDERS = 1024;

/** Copying a file makes many events: the news waits for a quiet moment, but not longer than the second figure. */
const QUIET_MS = 200;
const LONGEST_WAIT_MS = 1000;

/** Paths named one by one; after more the news is "anything may have changed". */
const MOST_PATHS = 256;

export interface FolderWatch {
  /** Folders that should be watched and are not: too many, unreadable, gone, or no watches left. */
  readonly unwatched: number;
  /** Watches exactly these folders from now on. */
  set(folders: readonly string[]): void;
  /**
   * Looks whether the watched folders are still those at their paths: the system goes on watching a folder that was moved away or replaced.
   * Gives up those that are not, for `set` to watch what is there now, and returns their paths. Never rejects.
   */
  check(): Promise<readonly string[]>;
  close(): void;
}

interface Watched {
  readonly watcher: FSWatcher;
  /** Which folder was there when the watch began. */
  readonly identity: Promise<string | undefined>;
  moved: boolean;
}

/** Which folder is at a path; undefined where none is. */
function identityOf(folder: string): Promise<string | undefined> {
  return stat(folder).then(
    ({ dev, ino }) => `${dev} ${ino}`,
    () => undefined,
  );
}

/** `onChange` gets the paths that changed, as far as they are known. Main thread. */
export function openFolderWatch(onChange: (paths: readonly string[]) => void): FolderWatch {
  const watchers = new Map<string, Watched>();
  const paths = new Set<string>();
  let wanted = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let firstMs: number | undefined;

  const tell = (): void => {
    const changed = [...paths];
    paths.clear();
    firstMs = undefined;
    onChange(changed);
  };
  const note = (folder: string, name: string | null): void => {
    if (closed) return;
    if (name !== null && paths.size < MOST_PATHS) paths.add(join(folder, name));
    firstMs ??= performance.now();
    clearTimeout(timer);
    timer = setTimeout(tell, Math.max(0, Math.min(QUIET_MS, firstMs + LONGEST_WAIT_MS - performance.now())));
  };
  const end = (folder: string): void => {
    watchers.get(folder)?.watcher.close();
    watchers.delete(folder);
  };
  const begin = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // Its own name says that it was moved or removed itself.
        if (name === basename(folder)) watched.moved = true;
        note(folder, name);
      });
      const watched: Watched = { watcher, identity: identityOf(folder), moved: false };
      watchers.set(folder, watched);
      watcher.on('error', () => {
        end(folder);
        note(folder, null);
      });
    } catch {
      // Not there, no rights, or no watches left: counted as unwatched, and the owner looks by itself.
    }
  };

  return {
    get unwatched() {
      return wanted - watchers.size;
    },
    set(folders) {
      if (closed) return;
      const now = new Set(folders);
      wanted = now.size;
      for (const folder of [...watchers.keys()]) if (!now.has(folder)) end(folder);
      for (const folder of now) if (!watchers.has(folder) && watchers.size < MOST_FOLDERS) begin(folder);
    },
    async check() {
      const replaced: string[] = [];
      for (const [folder, watched] of [...watchers]) {
        const same = !watched.moved && (await watched.identity) === (await identityOf(folder));
        if (same || closed || watchers.get(folder) !== watched) continue;
        end(folder);
        replaced.push(folder);
      }
      return replaced;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const folder of [...watchers.keys()]) end(folder);
    },
  };
}
