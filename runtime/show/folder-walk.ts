/** One walk through the folders that globs name: which of them are entered, and how far it may go. */
import { readdir as readFolder, type Dirent } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { issuesError, type Issue } from '../core/errors';
import { expandHome } from '../core/paths';
import { isMedia, isUnreadablePicture, type MediaKind } from './media-kinds';

/**
 * A show beyond these names something else than its media, such as the root of the file system. Files: 4 KiB of memory each (see
 * the account). Folders: one a day for half a century. Time: nobody waits longer for a start.
 */
export const WALK_BOUNDS = { files: 100_000, folders: 20_000, levels: 64, ms: 30_000 } as const;
export type WalkBounds = Readonly<Record<keyof typeof WALK_BOUNDS, number>>;

/** A walk that meets the same fault again and again tells of the first ones. */
const MOST_WARNINGS = 100;

/** A record of tinyglobby's way: the folders it read, the links in them, and the folders it could not read. */
export class FolderWalk {
  readonly folders = new Set<string>();
  readonly links = new Set<string>();
  readonly warnings: Issue[] = [];
  /** Names of all files and folders that the globs spell out. */
  private readonly named: ReadonlySet<string>;
  /** File systems of the folders that the globs name. */
  private readonly devices = new Set<number>();
  private read = 0;
  private found = 0;
  private over = false;
  private stop: (cause: unknown) => void = () => {};

  constructor(
    private readonly folder: string,
    private readonly globs: readonly string[],
    private readonly kind: MediaKind,
    private readonly bounds: WalkBounds,
    private readonly signal?: AbortSignal,
  ) {
    const paths = globs.map((glob) => resolve(folder, expandHome(glob.replace(/^!/, ''))));
    this.named = new Set(paths.flatMap((path) => path.split('/')));
  }

  /** Does the work, which ends early, with a rejection, beyond a bound or when the signal is aborted: even if a folder never answers. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const { signal, bounds } = this;
    signal?.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => (this.stop = reject));
    const abort = (): void => this.end(signal!.reason);
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => this.exceed(`take more than ${bounds.ms / 1000} s to look through`), bounds.ms);
    try {
      return await Promise.race([work(), stopped]);
    } finally {
      this.over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Links to its file system are followed. */
  async begin(folder: string): Promise<void> {
    const there = await stat(folder).catch(() => undefined);
    if (there !== undefined) this.devices.add(there.dev);
  }

  warn(issue: Issue): void {
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push(issue);
  }

  /** Reads a folder as `fs.readdir` does, and takes notes. One that cannot be read counts as empty, as do all once the walk is over. */
  readonly readdir = ((
    path: string,
    options: { withFileTypes: true },
    done: (error: null, entries: Dirent[]) => void,
  ) => {
    const folder = resolve(path);
    if (!this.mayRead(folder)) return done(null, []);
    readFolder(folder, options, (error, entries) => {
      if (error === null) {
        this.folders.add(folder);
        void this.wanted(folder, entries).then((kept) => done(null, this.over ? [] : kept));
        return;
      }
      if (error.code !== 'ENOENT')
        this.warn({ file: folder, message: `is skipped: ${error.message}`, remedy: 'check its rights' });
      done(null, []);
    });
  }) as typeof readFolder;

  private mayRead(folder: string): boolean {
    const { bounds } = this;
    this.read += 1;
    if (this.read > bounds.folders) this.exceed(`lead through more than ${bounds.folders} folders`);
    if (folder.split('/').length > bounds.levels + 1) this.exceed(`lead more than ${bounds.levels} folders deep`);
    return !this.over;
  }

  private async wanted(folder: string, entries: readonly Dirent[]): Promise<Dirent[]> {
    const kept: Dirent[] = [];
    for (const entry of entries) {
      if (this.over) break;
      if (await this.isUnnamed(folder, entry)) continue;
      if (entry.isSymbolicLink()) {
        if (await this.leadsAway(folder, entry.name)) continue;
        this.links.add(join(folder, entry.name));
      } else if (entry.isDirectory()) {
        if (this.isAside(folder, entry)) continue;
      } else if (!isMedia(this.kind, entry.name) && !isUnreadablePicture(entry.name)) continue;
      else if (!entry.isFile()) {
        this.warn({
          file: join(folder, entry.name),
          message: 'is skipped: it is a pipe, a device or a socket, not a file',
          remedy: 'take it out',
        });
        continue;
      }
      if (!entry.isDirectory()) this.found += 1;
      if (this.found > this.bounds.files) this.exceed(`name more than ${this.bounds.files} files`);
      kept.push(entry);
    }
    return kept;
  }

  /** Whether a name is not UTF-8: Node puts another character there, and what it then names is not there. */
  private async isUnnamed(folder: string, entry: Dirent): Promise<boolean> {
    if (!entry.name.includes('\ufffd')) return false;
    const file = join(folder, entry.name);
    const isThere = await lstat(file).then(
      () => true,
      () => false,
    );
    if (isThere) return false;
    const mayHold = !entry.isFile() || isMedia(this.kind, file);
    if (mayHold) this.warn({ file, message: 'is skipped: its name is not UTF-8', remedy: 'rename it' });
    return true;
  }

  private isAside(folder: string, { name }: Dirent): boolean {
    if (SYSTEM_FOLDERS.has(join(folder, name))) return !this.named.has(name);
    // A folder for deleted files or previews is entered where a glob names it.
    return ASIDE_FOLDERS.has(name.toLowerCase()) && !this.globs.some((written) => written.includes(name));
  }

  /** Whether a link leads to a folder of another file system, or of the system, and no glob names it. */
  private async leadsAway(folder: string, name: string): Promise<boolean> {
    if (this.named.has(name)) return false;
    const path = join(folder, name);
    const target = await stat(path).catch(() => undefined);
    if (target?.isDirectory() !== true) return false;
    const real = await realpath(path).catch(() => path);
    const isSystem = [...SYSTEM_FOLDERS].some((system) => `${real}/`.startsWith(`${system}/`));
    if (!isSystem && (this.devices.has(target.dev) || target.dev === (await stat(folder)).dev)) return false;
    this.warn({
      file: path,
      message: `is skipped: it leads to another file system, ${real}`,
      remedy: 'name it in the show',
    });
    return true;
  }

  private exceed(what: string): void {
    if (this.over) return;
    const message = `the globs ${this.globs.join(', ')} ${what}`;
    this.end(
      issuesError('VITRINE_E_SHOW', [{ file: this.folder, message, remedy: 'name the folders with the media alone' }]),
    );
  }

  private end(cause: unknown): void {
    this.over = true;
    this.stop(cause);
  }
}

/** Of the kernel: without end, and with ways back to everything. */
const SYSTEM_FOLDERS: ReadonlySet<string> = new Set(['/proc', '/sys', '/dev']);

/** Folders in which systems keep deleted files and previews (Windows, Synology, QNAP, macOS' zip files), in lower case. */
const ASIDE_FOLDERS: ReadonlySet<string> = new Set([
  ...['$recycle.bin', 'recycler', 'system volume information', 'lost+found'],
  ...['@eadir', '#recycle', '#snapshot', '@recycle', '@recently-snapshot', '__macosx'],
]);
