/** Makes a folder and those above it that are missing. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * `mode` is that of each folder made, as far as the umask leaves it. Throws the system's error. Node's own `recursive` tries for ever where the
 * folder above is there and takes none, as below /proc.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  try {
    mkdirSync(folder, mode);
  } catch (cause) {
    if (isFolder(folder)) return;
    const above = dirname(folder);
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || isFolder(above)) throw cause;
    makeFolder(above, mode);
    makeFolder(folder, mode);
  }
}

/** Whether a path leads to a folder; a link to one counts. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
