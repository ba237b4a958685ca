/** The order of play: which file comes next in every scene, and the memory of it that outlives scenes, cues and reloads. */
import { token } from '../core/token';
import { createRandom } from '../show/random';
import type { Credits } from '../show/shares';
import { Deck, type DeckFiles } from './deck';
import type { Course, PlayKind, OrderedFile, PlannedFile, Planner, ScenePlan } from './planner';
import { RecentPast } from './recent-past';
import { SequenceCourse, type Place } from './sequence-course';
import { ShuffleCourse } from './shuffle-course';

/** Scenes and sequences remembered that no show has any more. */
const REMEMBERED = 256;

/** Files of other kinds that a look ahead passes over, for each one it wants. */
const MOST_PASSED = 16;

/** A plugin's part in the order of a session: its files, and planners for its scenes. */
export interface OrderClaim {
  /** Says which files a theme has; before the first planner and whenever they change. */
  fill(theme: string, files: DeckFiles): void;
  planner(plan: ScenePlan): Planner;
  /** The session is over. Twice is harmless. */
  close(): void;
}

/** What a scene leaves behind for the next session. */
interface SceneMemory {
  balance: () => Credits;
  readonly place: Place;
  /** The session is over: the balance stays what it is now. */
  settle(session: string): void;
}

/** One for the life of the program. Main thread only. */
export class PlayOrder {
  private readonly past = new RecentPast();
  private readonly decks = new Map<string, Deck>();
  private readonly scenes = new Map<string, SceneMemory>();
  private readonly places = new Map<string, Place>();
  /** Of the sessions that are open. */
  private readonly courses = new Map<string, { course: Course; decks: readonly Deck[]; claims: number }>();
  /** Decks that were given up: one that is opened again makes another order. */
  private closed = 0;

  constructor(private readonly seed: number | string) {}

  /** Files and planners of one kind for a session. */
  claim(session: string, kind: PlayKind): OrderClaim {
    const filled = new Set<Deck>();
    const opened = new Set<string>();
    return {
      fill: (theme, files) => {
        const deck = this.deck(theme, kind);
        filled.add(deck);
        deck.claim(session, files);
      },
      planner: (plan) => {
        const key = `${session}\n${plan.scene}`;
        const shared = this.courses.get(key) ?? {
          course: this.open(session, plan),
          decks: this.decksOf(plan),
          claims: 0,
        };
        this.courses.set(key, shared);
        if (!opened.has(key)) shared.claims += 1;
        opened.add(key);
        return plannerOf(shared.course, shared.decks, kind);
      },
      close: () => {
        // Shares are known while the files are.
        for (const memory of this.scenes.values()) memory.settle(session);
        for (const key of opened) {
          const shared = this.courses.get(key);
          if (shared !== undefined && (shared.claims -= 1) === 0) this.courses.delete(key);
        }
        opened.clear();
        for (const deck of filled) deck.release(session);
        filled.clear();
        this.dropUnused();
      },
    };
  }

  private dropUnused(): void {
    const used = new Set([...this.courses.values()].flatMap(({ decks }) => decks));
    for (const [name, deck] of this.decks) {
      if (deck.claimed || used.has(deck)) continue;
      this.decks.delete(name);
      this.closed += 1;
    }
  }

  private deck(theme: string, kind: PlayKind): Deck {
    const name = `${kind} ${theme}`;
    const known = this.decks.get(name);
    if (known !== undefined) return known;
    const deck = new Deck(theme, kind, createRandom(`${this.seed} ${name} ${this.closed}`));
    this.decks.set(name, deck);
    return deck;
  }

  private decksOf({ themes, kinds }: ScenePlan): Deck[] {
    return [...new Set(themes.map(({ name }) => name))].flatMap((name) => kinds.map((kind) => this.deck(name, kind)));
  }

  private open(session: string, plan: ScenePlan): Course {
    const { scene, kinds, order } = plan;
    const weights = new Map(plan.themes.map(({ name, weight }) => [name, weight]));
    const themes = [...weights].map(([name, weight]) => ({
      name,
      weight,
      decks: kinds.map((kind) => this.deck(name, kind)),
    }));
    const before = this.scenes.get(scene);
    const credits = before?.balance() ?? new Map();
    const key = `${kinds.join()}\n${[...weights.keys()].join('\n')}`;
    if (order === 'sequence') {
      // With other themes than before, a scene goes on from where it was all the same.
      const place = this.places.get(key) ?? { last: before?.place.last };
      keep(this.places, key, place);
      keep(this.scenes, scene, { balance: () => credits, place, settle: () => {} });
      return new SequenceCourse(themes, place, this.past);
    }
    const course = new ShuffleCourse(themes, this.past, createRandom(`${this.seed} ${session} ${scene}`), credits);
    const memory: SceneMemory = {
      balance: () => course.balance,
      place: before?.place ?? { last: undefined },
      settle(over) {
        if (over !== session) return;
        const { balance } = course;
        memory.balance = () => balance;
        memory.settle = () => {};
      },
    };
    keep(this.scenes, scene, memory);
    return course;
  }
}

/** Every plugin that shows files asks it which comes next. */
export const PLAY_ORDER = token<PlayOrder>('play-order');

/** Of the files of a scene, those of one kind. */
function plannerOf(course: Course, all: readonly Deck[], kind: PlayKind): Planner {
  const own = all.filter((deck) => deck.kind === kind);
  const mixed = own.length < all.length;
  const filesOf = (decks: readonly Deck[]): number => decks.reduce((sum, { size }) => sum + size, 0);
  const ofKind = (file: PlannedFile): OrderedFile => ({ path: file.path, theme: file.theme, kind });
  return {
    get size() {
      return own.length === 1 ? own[0]!.size : new Set(own.flatMap(({ files }) => files.map(({ path }) => path))).size;
    },
    get head() {
      const [file] = course.peek(1);
      return file?.kind === kind ? file : undefined;
    },
    draw: () => course.draw(),
    peek(count) {
      if (!mixed) return course.peek(count);
      const files = filesOf(own);
      if (files === 0) return [];
      const passed = Math.min(MOST_PASSED, Math.ceil(filesOf(all) / files));
      return course
        .peek(count * passed)
        .filter((file) => file.kind === kind)
        .slice(0, count);
    },
    takeBack: (file) => course.takeBack(ofKind(file)),
    remove(path) {
      for (const deck of own) deck.remove(path);
    },
  };
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value!);
}
