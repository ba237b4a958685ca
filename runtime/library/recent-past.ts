/** The recent past: which files were shown last, whatever scene, cue or show they were shown by. */

/** How long ago a file was shown. */
export interface Ages {
  /** 1 for the last one shown, 2 for the one before; Infinity for what nobody remembers. */
  ageOf(path: string): number;
}

/** Remembered in any case: what is on, and what is planned by the show that plays and by one that takes its place. */
const FEWEST_KEPT = 8;

/** When a file was shown, and when before that: numbers of showings. */
interface Showing {
  readonly at: number;
  readonly before: number | undefined;
}

/** Bounded. Main thread only. */
export class RecentPast implements Ages {
  /** By path, oldest first. */
  private readonly shown = new Map<string, Showing>();
  private count = 0;
  private kept = FEWEST_KEPT;

  ageOf(path: string): number {
    const showing = this.shown.get(path);
    return showing === undefined ? Infinity : this.count - showing.at + 1;
  }

  /** Remembers at least so many files. */
  reach(files: number): void {
    this.kept = Math.max(this.kept, files);
  }

  show(path: string): void {
    this.count += 1;
    const before = this.shown.get(path)?.at;
    this.shown.delete(path);
    this.shown.set(path, { at: this.count, before });
    for (const oldest of this.shown.keys()) {
      if (this.shown.size <= this.kept) break;
      this.shown.delete(oldest);
    }
  }

  /** It never came on. */
  takeBack(path: string): void {
    const before = this.shown.get(path)?.before;
    if (before === undefined) this.shown.delete(path);
    else this.shown.set(path, { at: before, before: undefined });
    this.count = [...this.shown.values()].reduce((last, { at }) => Math.max(last, at), 0);
  }

  /** What it would be after more showings; nothing of it is kept. */
  imagine(): Ages & { show(path: string): void } {
    const later = new Map<string, number>();
    let count = this.count;
    return {
      ageOf: (path) => {
        const at = later.get(path) ?? this.shown.get(path)?.at;
        return at === undefined ? Infinity : count - at + 1;
      },
      show: (path) => {
        count += 1;
        later.set(path, count);
      },
    };
  }
}
