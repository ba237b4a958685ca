/** A scene's course in shuffled order: whose turn it is goes by the weights of its themes, which file by the theme's deck. */
import type { Random } from '../show/random';
import { chooseByShare, type Claim, type Credits } from '../show/shares';
import type { Deck } from './deck';
import type { Course, OrderedFile } from './planner';
import type { RecentPast } from './recent-past';

/** A draw as it would be made. */
interface Turn {
  readonly deck: Deck;
  readonly file: OrderedFile;
  /** Index in the deck's files ahead, and of the choice that it answers. */
  readonly at: number;
  readonly choice: number;
}

/** The decks of a theme of the scene, one for each kind. */
export interface ThemeDecks {
  readonly weight: number;
  readonly decks: readonly Deck[];
}

/** Main thread only. */
export class ShuffleCourse implements Course {
  /** Which deck's turn it is, predicted as far as somebody looked ahead. */
  private readonly choices: Deck[] = [];

  constructor(
    private readonly themes: readonly ThemeDecks[],
    private readonly past: RecentPast,
    private readonly random: Random,
    /** After the last choice. */
    private credits: Credits,
  ) {}

  /** Credits after what was really drawn: what a later course of the scene goes on with. */
  get balance(): Credits {
    const claims = this.claims();
    const sum = claims.reduce((all, { weight }) => all + weight, 0);
    const balance = new Map(this.credits);
    for (const deck of this.choices) {
      const name = nameOf(deck);
      balance.set(name, (balance.get(name) ?? 0) + 1);
      for (const claim of claims) balance.set(claim.name, (balance.get(claim.name) ?? 0) - claim.weight / sum);
    }
    return balance;
  }

  peek(count: number): readonly OrderedFile[] {
    const ages = this.past.imagine();
    const answered = new Set<number>();
    const taken = new Map<Deck, number>();
    const files: OrderedFile[] = [];
    while (files.length < count) {
      const turn = this.turn(answered, taken, ages);
      if (turn === undefined) break;
      answered.add(turn.choice);
      taken.set(turn.deck, turn.at + 1);
      ages.show(turn.file.path);
      files.push(turn.file);
    }
    return files;
  }

  draw(): OrderedFile | undefined {
    const turn = this.turn(new Set(), new Map(), this.past);
    if (turn === undefined) return undefined;
    this.choices.splice(turn.choice, 1);
    turn.deck.take(turn.at);
    this.past.reach(turn.deck.rest);
    this.past.show(turn.file.path);
    return turn.file;
  }

  takeBack(file: OrderedFile): void {
    const deck = this.decks().find(({ theme, kind }) => theme === file.theme && kind === file.kind);
    if (deck === undefined) return;
    deck.takeBack(file);
    this.choices.unshift(deck);
    this.past.takeBack(file.path);
  }

  /** The first choice that can be answered: one whose deck has nothing but what was shown last waits for the next draw. */
  private turn(
    answered: ReadonlySet<number>,
    taken: ReadonlyMap<Deck, number>,
    ages: ReturnType<RecentPast['imagine']> | RecentPast,
  ): Turn | undefined {
    const tried = new Map<Deck, number>();
    for (let choice = 0; ; choice += 1) {
      if (answered.has(choice)) continue;
      const deck = this.choices[choice] ?? this.choose(tried);
      if (deck === undefined) break;
      if (tried.has(deck)) continue;
      tried.set(deck, choice);
      const at = deck.find(taken.get(deck) ?? 0, ages);
      if (at !== undefined) return { deck, file: deck.at(at)!, at, choice };
    }
    for (const [deck, choice] of tried) {
      const at = deck.find(taken.get(deck) ?? 0, ages, true);
      if (at !== undefined) return { deck, file: deck.at(at)!, at, choice };
    }
    return undefined;
  }

  /** Predicts one more choice, of a deck that was not tried; undefined when there is none. */
  private choose(tried: ReadonlyMap<Deck, number>): Deck | undefined {
    const claims = this.claims();
    const decks = new Map(this.decks().map((deck) => [nameOf(deck), deck]));
    const last = this.choices.at(-1);
    // A single file cannot follow itself.
    const alone = last?.size === 1 && claims.length - tried.size > 1 ? last : undefined;
    if (claims.every(({ name }) => tried.has(decks.get(name)!))) return undefined;
    const bars = (name: string): boolean => tried.has(decks.get(name)!) || decks.get(name) === alone;
    const { name, credits } = chooseByShare(claims, this.credits, this.random, { bars });
    this.credits = credits;
    const deck = decks.get(name)!;
    this.choices.push(deck);
    return deck;
  }

  private decks(): Deck[] {
    return this.themes.flatMap(({ decks }) => decks);
  }

  /** Of the decks that have files. A theme's weight is divided among its kinds by their numbers of files. */
  private claims(): Claim[] {
    return this.themes.flatMap(({ weight, decks }) => {
      const files = decks.reduce((all, { size }) => all + size, 0);
      const filled = decks.filter(({ size }) => size > 0);
      return filled.map((deck) => ({ name: nameOf(deck), weight: (weight * deck.size) / files }));
    });
  }
}

function nameOf({ theme, kind }: Deck): string {
  return `${kind} ${theme}`;
}
