/** A scene's course in sequence: theme after theme in natural order of the file names, pictures and clips together, round and round. */
import { compareNaturally, inNaturalOrder } from '../show/natural-order';
import type { Deck } from './deck';
import type { Course, OrderedFile } from './planner';
import type { Ages, RecentPast } from './recent-past';

/** Where a sequence is: one for all scenes with the same themes, across reloads. */
export interface Place {
  /** The file drawn last, and the themes it stood among. */
  last: { readonly file: OrderedFile; readonly themes: readonly string[] } | undefined;
}

/** The decks of a theme of the scene, one for each kind. */
export interface ThemeFiles {
  readonly name: string;
  readonly decks: readonly Deck[];
}

/** Main thread only. */
export class SequenceCourse implements Course {
  private list: readonly OrderedFile[] = [];
  private versions = '';

  constructor(
    private readonly themes: readonly ThemeFiles[],
    private readonly place: Place,
    private readonly past: RecentPast,
  ) {}

  peek(count: number): readonly OrderedFile[] {
    const ages = this.past.imagine();
    const files: OrderedFile[] = [];
    let from = this.placeOfNext();
    while (files.length < count) {
      const at = this.find(from, ages);
      const file = at === undefined ? undefined : this.list[at];
      if (at === undefined || file === undefined) break;
      ages.show(file.path);
      files.push(file);
      from = at + 1;
    }
    return files;
  }

  draw(): OrderedFile | undefined {
    const [file] = this.peek(1);
    if (file === undefined) return undefined;
    this.moveTo(file);
    this.past.show(file.path);
    return file;
  }

  takeBack({ path }: OrderedFile): void {
    const list = this.files();
    const at = list.findIndex((file) => file.path === path);
    if (at < 0) return;
    this.moveTo(list.at(at - 1)!);
    this.past.takeBack(path);
  }

  private moveTo(file: OrderedFile): void {
    this.place.last = { file, themes: this.themes.map(({ name }) => name) };
  }

  /** Index of the first file at or behind `from`, round and round, that may be shown and was not shown last; else of one that was. */
  private find(from: number, ages: Ages): number | undefined {
    const list = this.files();
    let shownLast: number | undefined;
    for (let step = 0; step < list.length; step += 1) {
      const at = (from + step) % list.length;
      const { path } = list[at]!;
      if (!this.usable(list[at]!)) continue;
      if (ages.ageOf(path) > 1) return at;
      shownLast ??= at;
    }
    return shownLast;
  }

  private usable({ path, theme, kind }: OrderedFile): boolean {
    const deck = this.themes.find(({ name }) => name === theme)?.decks.find((one) => one.kind === kind);
    return deck?.usable(path) ?? false;
  }

  /** Behind the file drawn last, or behind where it was. */
  private placeOfNext(): number {
    const list = this.files();
    const { last } = this.place;
    if (last === undefined) return 0;
    const { path, theme } = last.file;
    const at = list.findIndex((file) => file.path === path);
    if (at >= 0) return at + 1;
    const rankOf = (name: string): number => this.themes.findIndex((one) => one.name === name);
    const rank = rankOf(theme);
    const behind =
      rank >= 0
        ? list.findIndex((file) => {
            const other = rankOf(file.theme);
            return other > rank || (other === rank && compareNaturally(file.path, path) > 0);
          })
        : // The theme is gone: on with the next one of those it stood among.
          list.findIndex((file) => last.themes.indexOf(file.theme) > last.themes.indexOf(theme));
    return Math.max(0, behind);
  }

  /** Every file once, for the first theme that has it. */
  private files(): readonly OrderedFile[] {
    const versions = this.themes.map(({ decks }) => decks.map(({ version }) => version).join()).join(';');
    if (versions === this.versions) return this.list;
    this.versions = versions;
    const first = new Map<string, OrderedFile>();
    for (const { decks } of this.themes)
      for (const file of merged(decks)) if (!first.has(file.path)) first.set(file.path, file);
    this.list = [...first.values()];
    return this.list;
  }
}

/** The files of all kinds in one natural order. */
function merged(decks: readonly Deck[]): readonly OrderedFile[] {
  const filled = decks.map(({ files }) => files).filter(({ length }) => length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  const byPath = new Map(filled.flat().map((file) => [file.path, file]));
  return inNaturalOrder(byPath.keys()).map((path) => byPath.get(path)!);
}
