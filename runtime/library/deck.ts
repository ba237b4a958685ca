/** A deck: the files of one kind of a theme, shuffled ahead. One for all scenes that show the theme, across reloads. */
import type { Random } from '../show/random';
import type { PlayKind, OrderedFile } from './planner';
import type { Ages } from './recent-past';
import { openShuffle, restOf, type Shuffle } from './shuffle';

/** What a session says of a theme's files of one kind. */
export interface DeckFiles {
  /** Absolute, in natural order, each once. */
  readonly files: readonly string[];
  /** Draws before a file may come again; at most half of the files count. */
  readonly horizon: number;
  /** Whether a file may be shown now: those that could not be decoded have to stay away for a while. */
  readonly usable: (path: string) => boolean;
}

const NOTHING: DeckFiles = { files: [], horizon: 0, usable: () => true };

/** Main thread only. */
export class Deck {
  /** By session; the newest counts, so that a show that is refused leaves things as they were. */
  private readonly claims = new Map<string, DeckFiles>();
  private readonly shuffle: Shuffle;
  /** Picked and not taken, in order. Appended to; only what is gone is dropped. */
  private ahead: OrderedFile[] = [];
  /** Changes with the files. */
  version = 0;

  constructor(
    readonly theme: string,
    readonly kind: PlayKind,
    random: Random,
  ) {
    this.shuffle = openShuffle(() => this.now.horizon, random);
  }

  private get now(): DeckFiles {
    return [...this.claims.values()].at(-1) ?? NOTHING;
  }

  get claimed(): boolean {
    return this.claims.size > 0;
  }

  get size(): number {
    return this.shuffle.size;
  }

  /** In natural order. */
  get files(): readonly OrderedFile[] {
    return this.now.files.flatMap((path) => this.shuffle.get(path) ?? []);
  }

  /** Draws for which a file that was shown should not come again. */
  get rest(): number {
    return Math.max(1, restOf(this.size, this.now.horizon));
  }

  usable(path: string): boolean {
    return this.now.usable(path);
  }

  claim(session: string, files: DeckFiles): void {
    this.claims.set(session, files);
    this.settle();
  }

  release(session: string): void {
    if (this.claims.delete(session)) this.settle();
  }

  /** Whatever session says it is there. */
  remove(path: string): void {
    for (const [session, claim] of this.claims)
      this.claims.set(session, { ...claim, files: claim.files.filter((file) => file !== path) });
    this.settle();
  }

  /**
   * Index of the first file ahead, `from` an index on, that may be shown and has rested; where all files are looked at, of the one that
   * has rested longest. Undefined where there is none but what was shown last, unless `anything` is better than nothing.
   */
  find(from: number, ages: Ages, anything = false): number | undefined {
    const { rest, size } = this;
    let best: number | undefined;
    let bestAge = anything ? 0 : 1;
    // Within two rounds every file comes.
    const seen = new Set<string>();
    for (let at = from; seen.size < size; at += 1) {
      const file = this.at(at);
      if (file === undefined) break;
      seen.add(file.path);
      if (!this.usable(file.path)) continue;
      const age = ages.ageOf(file.path);
      if (age > rest) return at;
      if (age > bestAge) [best, bestAge] = [at, age];
    }
    return best;
  }

  /** A file ahead: it is picked when it is asked for. */
  at(index: number): OrderedFile | undefined {
    while (this.ahead.length <= index) {
      const file = this.shuffle.pick();
      if (file === undefined) return undefined;
      this.ahead.push(file);
    }
    return this.ahead[index];
  }

  /** Takes a file ahead. Those before it have had their turn: others have shown them lately, or they cannot be shown. */
  take(index: number): void {
    this.ahead.splice(0, index + 1);
  }

  takeBack({ path }: OrderedFile): void {
    const file = this.shuffle.get(path);
    if (file !== undefined) this.ahead.unshift(file);
  }

  private settle(): void {
    const { theme, kind, shuffle } = this;
    shuffle.update(this.now.files.map((path) => ({ path, theme, kind })));
    this.ahead = this.ahead.filter(({ path }) => shuffle.get(path) !== undefined);
    this.version += 1;
  }
}
