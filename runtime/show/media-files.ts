/** Media files: the service that turns a theme's globs into files, as plugins see it. */
import type { Issue } from '../core/errors';
import { token } from '../core/token';
import type { MediaKind } from './media-kinds';

export interface ResolvedMedia {
  /** Absolute paths in natural order, each once. */
  readonly files: string[];
  /** Absolute paths of the folders whose contents decide about `files`: what a watcher watches. */
  readonly folders: string[];
  /** The files and folders that could not be read; the rest is resolved all the same. */
  readonly warnings: readonly Issue[];
}

export interface MediaFiles {
  /**
   * Files of a kind (pictures, where it is not given) that match globs relative to `folder` (absolute). A clip that is named without
   * a wildcard may have any extension. Rejects with VITRINE_E_SHOW where there are more files or folders than a show has; for nothing else that it
   * finds on the disk.
   */
  resolve(folder: string, globs: readonly string[], kind?: MediaKind): Promise<ResolvedMedia>;
}

export const MEDIA_FILES = token<MediaFiles>('media-files');
