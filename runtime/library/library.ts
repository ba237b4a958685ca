/** The library of a session: which files its themes have now, kept true while files come and go. */
import { dirname } from 'node:path';
import type { ErrorLog } from '../core/error-log';
import { formatIssue, messageOf } from '../core/errors';
import type { Log } from '../core/log';
import type { Scope } from '../core/scope';
import type { MediaFiles } from '../show/media-files';
import type { MediaKind } from '../show/media-kinds';
import type { Quarantine } from './quarantine';
import { signatureOf } from './signature';
import { MOST_FOLDERS, openFolderWatch } from './watch';

/**
 * Looks beside the watches: network folders report nothing of what others change in them, links and mounts nothing of where they lead
 * now. A folder of 20 files takes 1 ms, so this is the bound for all but large ones (decision 010).
 */
const RESCAN_MS = 3_000;

/** Where a folder cannot be watched, a theme is empty or a file was found to be gone, looking is all there is. */
const FAST_RESCAN_MS = 1_500;

/** Looking takes at most this part of the time. */
const MOST_SCANNING = 0.02;

/** Quarantined files are looked at this often, so many at a time. */
const REVIEW_MS = 1_000;
const REVIEWED_AT_ONCE = 32;

export interface LibraryParts {
  /** Globs are relative to it. Absolute. */
  readonly folder: string;
  /** The globs of each theme that is needed. */
  readonly globs: ReadonlyMap<string, readonly string[]>;
  /** Whose files they are, for reports: the plugin, and what a file of its kind is called. */
  readonly owner: { readonly plugin: string; readonly noun: MediaKind };
  readonly files: MediaFiles;
  readonly quarantine: Quarantine;
  readonly errors: ErrorLog;
  readonly log: Log;
  readonly watch: boolean;
  /** Told after the files of any theme changed, with the paths that may have been replaced. */
  readonly onChange: (touched: readonly string[]) => void;
}

/** Ends with its scope. Main thread only. */
export class Library {
  private byTheme = new Map<string, readonly string[]>();
  private excluded = new Set<string>();
  private readonly empty = new Set<string>();
  private readonly warned = new Set<string>();
  private reviewedUpTo = 0;
  private rescan: NodeJS.Timeout | undefined;
  private review: NodeJS.Timeout | undefined;
  private scanning: Promise<void> | undefined;
  private scanAgain = false;
  private touched = new Set<string>();
  private scanMs = 0;
  private lastScanMs = Infinity;
  private toldUnwatched = false;
  /** What kept the last look from its end. */
  private toldFailed: string | undefined;
  /** A file was found to be gone since the last look. */
  private lost = false;
  private readonly folders = openFolderWatch((paths) => {
    for (const path of paths) this.touched.add(path);
    this.scanAside();
  });

  private constructor(
    private readonly parts: LibraryParts,
    private readonly scope: Scope,
  ) {}

  /** Resolves all themes once, then keeps them true. */
  static async open(parts: LibraryParts, scope: Scope): Promise<Library> {
    const library = new Library(parts, scope);
    scope.defer('library', () => library.close());
    await library.scan();
    scope.check();
    library.scheduleReview();
    return library;
  }

  /** Usable files of a theme in natural order: without those struck out. */
  files(theme: string): readonly string[] {
    const files = this.byTheme.get(theme) ?? [];
    return this.excluded.size === 0 ? files : files.filter((path) => !this.excluded.has(path));
  }

  /** A file was found to be gone or struck out. */
  lose(path: string): void {
    if (this.parts.quarantine.excludes(path)) {
      this.excluded.add(path);
      for (const [theme, files] of this.byTheme) {
        if (files.every((file) => this.excluded.has(file))) this.tellEmpty(theme, true);
      }
      return;
    }
    for (const [theme, files] of this.byTheme) {
      if (files.includes(path))
        this.byTheme.set(
          theme,
          files.filter((file) => file !== path),
        );
    }
    // Its whole folder may be another one now.
    this.lost = true;
    if (this.scanning === undefined) this.scheduleRescan();
  }

  /** Looks at all folders; calls while it looks make it look once more. */
  private scan(): Promise<void> {
    this.scanAgain = true;
    this.scanning ??= this.scanUntilSettled().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  /** Looks while the show goes on: what fails is tried again later. */
  private scanAside(): void {
    this.scan().then(
      () => (this.toldFailed = undefined),
      (cause: unknown) => {
        if (this.scope.closed || (cause as Error).name === 'AbortError') return;
        const words = `folders could not be looked at, and the files stay as they are: ${messageOf(cause)}`;
        if (words !== this.toldFailed)
          this.parts.errors.report('VITRINE_E_WATCH', this.parts.owner.plugin, words, cause);
        this.toldFailed = words;
        this.scheduleRescan();
      },
    );
  }

  private async scanUntilSettled(): Promise<void> {
    while (this.scanAgain && !this.scope.closed) {
      this.scanAgain = false;
      this.lost = false;
      const startMs = performance.now();
      const changed = await this.look();
      const touched = [...this.touched];
      this.touched.clear();
      const tookMs = performance.now() - startMs;
      // The quicker of two: what held one look up is not the folders' doing.
      this.scanMs = Math.min(tookMs, this.lastScanMs);
      this.lastScanMs = tookMs;
      if (this.scope.closed) return;
      const forgiven = await this.reviewFiles(touched);
      if (this.scope.closed) return;
      if (changed || forgiven || touched.length > 0) this.parts.onChange(touched);
    }
    this.scheduleRescan();
  }

  /** Whether any theme has other files than before. */
  private async look(): Promise<boolean> {
    const { folder, globs, files, watch } = this.parts;
    const themes = [...globs.keys()];
    const found = await Promise.all(
      themes.map((name) => files.resolve(folder, globs.get(name)!, this.parts.owner.noun)),
    );
    if (this.scope.closed) return false;
    let changed = false;
    for (const [at, name] of themes.entries()) {
      const now = found[at]!.files;
      const before = this.byTheme.get(name);
      changed ||=
        before === undefined || before.length !== now.length || before.some((path, index) => path !== now[index]);
      this.byTheme.set(name, now);
      this.tellEmpty(
        name,
        now.every((path) => this.excluded.has(path)),
      );
    }
    for (const issue of found.flatMap(({ warnings }) => warnings)) {
      const text = formatIssue(issue);
      // A bound on what is remembered, for folders whose names change for months.
      if (this.warned.has(text) || this.warned.size > 100) continue;
      this.warned.add(text);
      this.parts.log.warn(text);
    }
    if (watch) {
      const replaced = await this.folders.check();
      for (const path of [...this.byTheme.values()].flat())
        if (replaced.includes(dirname(path))) this.touched.add(path);
      this.folders.set(found.flatMap(({ folders }) => folders));
      this.tellUnwatched();
    }
    return changed;
  }

  private tellEmpty(theme: string, empty: boolean): void {
    // A theme may well have texts only.
    if (!empty || this.parts.globs.get(theme)?.length === 0) this.empty.delete(theme);
    else if (!this.empty.has(theme)) {
      this.empty.add(theme);
      this.parts.errors.report(
        'VITRINE_E_THEME_EMPTY',
        this.parts.owner.plugin,
        `theme ${theme} has no ${this.parts.owner.noun} that can be shown; put some where its globs look`,
      );
    }
  }

  private tellUnwatched(): void {
    const { unwatched } = this.folders;
    if (unwatched === 0 || this.toldUnwatched) return;
    this.toldUnwatched = true;
    const words = `${unwatched} folders cannot be watched, ${MOST_FOLDERS} at most are, and are looked at again and again instead; see fs.inotify.max_user_watches`;
    this.parts.errors.report('VITRINE_E_WATCH', this.parts.owner.plugin, words);
  }

  private scheduleRescan(): void {
    clearTimeout(this.rescan);
    if (!this.parts.watch || this.scope.closed) return;
    const fast = this.folders.unwatched > 0 || this.empty.size > 0 || this.lost;
    const pauseMs = Math.max(fast ? FAST_RESCAN_MS : RESCAN_MS, this.scanMs / MOST_SCANNING);
    this.rescan = setTimeout(() => this.scanAside(), pauseMs);
  }

  private scheduleReview(): void {
    if (this.scope.closed) return;
    this.review = setTimeout(() => {
      void this.reviewSome().finally(() => this.scheduleReview());
    }, REVIEW_MS);
    // Only a running show keeps the process alive, not this.
    this.review.unref();
  }

  private async reviewSome(): Promise<void> {
    if (this.parts.quarantine.size === 0 && this.excluded.size === 0) return;
    const all = [...new Set([...this.parts.quarantine.paths(), ...this.excluded])];
    if (this.reviewedUpTo >= all.length) this.reviewedUpTo = 0;
    const some = all.slice(this.reviewedUpTo, this.reviewedUpTo + REVIEWED_AT_ONCE);
    this.reviewedUpTo += some.length;
    if ((await this.reviewFiles(some)) && !this.scope.closed) this.parts.onChange([]);
  }

  /** Forgives files that changed and lets struck-out ones in again when their pause is over. Whether any plan changes. */
  private async reviewFiles(paths: readonly string[]): Promise<boolean> {
    const { quarantine } = this.parts;
    let changed = false;
    for (const path of paths) {
      if (quarantine.pauseMs(path) > 0) {
        const signature = await signatureOf(path);
        if (signature === 'gone') quarantine.forget(path);
        else if (signature !== 'unreadable') changed = quarantine.review(path, signature) || changed;
      }
      if (!quarantine.excludes(path)) changed = this.excluded.delete(path) || changed;
    }
    return changed;
  }

  private close(): void {
    clearTimeout(this.rescan);
    clearTimeout(this.review);
    this.folders.close();
  }
}
