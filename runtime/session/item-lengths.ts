/** The lengths of items: as stated at first, as their providers learn them, and as the score knows that of the item on the stage. */
import type { StageItem } from '../stage/media';

/** Files round the times of their frames by this. */
const ROUNDED_MS = 1;

export class ItemLengths {
  private readonly learned = new WeakMap<StageItem, number>();
  private scoredMs: number | undefined;

  /** `onLearned` is called whenever the length of a watched item is known better. */
  constructor(private readonly onLearned: () => void) {}

  /** Follows what becomes known of an item that is shown. */
  watch(item: StageItem): void {
    const learn = (lengthMs: number | undefined): void => {
      if (lengthMs === undefined) return;
      this.learned.set(item, lengthMs);
      this.onLearned();
    };
    void item.ends?.then(learn);
    void item.better?.then((lengthMs) => void (this.learned.has(item) || learn(lengthMs)));
  }

  /** A clip that plays out goes on with another round. Returns its length in ms, for the score; undefined where the show gives it its time. */
  goesOn(item: StageItem): number | undefined {
    const lengthMs = this.of(item) === undefined ? undefined : item.clip?.lengthMs;
    if (lengthMs !== undefined) this.learned.set(item, lengthMs);
    return this.score(item);
  }

  /** The length of the item that is on, in ms, for the score; undefined where it does not end by itself. */
  score(item: StageItem | undefined): number | undefined {
    this.scoredMs = this.of(item);
    return this.scoredMs;
  }

  /** Whether `item`, which is on, lasts longer or shorter than the score was given last. */
  isMistimed(item: StageItem | undefined): boolean {
    const lengthMs = this.of(item);
    return lengthMs !== undefined && Math.abs(lengthMs - (this.scoredMs ?? Infinity)) > ROUNDED_MS;
  }

  private of(item: StageItem | undefined): number | undefined {
    return item === undefined ? undefined : (this.learned.get(item) ?? item.lengthMs);
  }
}
