/** The residents: the decoded pictures that are kept, who holds them, which goes first, and when their room is released. */
import type { PlannedFile } from '../../runtime/library/planner';
import type { Signature } from '../../runtime/library/quarantine';
import type { StoredPicture } from '../../runtime/stage/picture-store';
import { victim } from './cache-policy';
import type { Counters } from './counters';

/** A resident picture. Its pixels stay while it is held or pinned. */
export interface CachedPicture {
  readonly planned: PlannedFile;
  readonly stored: StoredPicture;
}

/** A picture that becomes resident. */
export interface Arrival extends CachedPicture {
  /** Path and variant: together with the signature the key. */
  readonly place: string;
  readonly signature: Signature;
  /** Of its pixels. */
  readonly bytes: number;
  checkedAtMs: number;
}

export interface Entry extends Arrival {
  holders: number;
  usedAt: number;
}

/** Main thread only. */
export class Residents {
  private readonly entries = new Map<string, Entry>();
  /** Replaced or removed, but still shown. */
  private readonly leaving = new Set<Entry>();
  private pins: ReadonlyMap<string, number> = new Map();
  private shareOf: (theme: string) => number = () => Infinity;
  private usedBytes = 0;
  private uses = 0;

  constructor(private readonly counters: Counters) {}

  /** Bytes of the pixels of all of them. */
  get bytes(): number {
    return this.usedBytes;
  }

  get count(): number {
    return this.entries.size + this.leaving.size;
  }

  /** Different pictures that somebody holds. */
  get heldCount(): number {
    let held = this.leaving.size;
    for (const entry of this.entries.values()) if (entry.holders > 0) held += 1;
    return held;
  }

  at(place: string): Entry | undefined {
    return this.entries.get(place);
  }

  add(arrival: Arrival): Entry {
    const entry: Entry = { ...arrival, holders: 0, usedAt: ++this.uses };
    this.entries.set(entry.place, entry);
    this.usedBytes += entry.bytes;
    return entry;
  }

  /** Holds a picture until the returned release, which then calls `released`; calling it twice is harmless. */
  hold(picture: CachedPicture, released: () => void): () => void {
    const entry = picture as Entry;
    entry.holders += 1;
    entry.usedAt = ++this.uses;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      entry.holders -= 1;
      if (entry.holders === 0 && this.leaving.delete(entry)) this.giveBack(entry);
      released();
    };
  }

  /** As `PictureCache.steer`. Returns whether a picture that was pinned is not any more. */
  steer(pins: ReadonlyMap<string, number>, shareOf: (theme: string) => number): boolean {
    const isFewer = [...this.pins.keys()].some((place) => !pins.has(place));
    this.pins = pins;
    this.shareOf = shareOf;
    return isFewer;
  }

  /**
   * Evicts the picture that goes first of those neither held nor pinned; for one that is `asked` for, else the pinned one that is wanted
   * last. Returns whether there was one.
   */
  evict(asked: boolean): boolean {
    const candidates = [...this.entries.values()].map((entry) => ({
      entry,
      theme: entry.planned.theme,
      pinned: entry.holders > 0 || this.pins.has(entry.place),
      usedAt: entry.usedAt,
    }));
    const chosen = victim(candidates, this.shareOf)?.entry ?? (asked ? this.wantedLast() : undefined);
    if (chosen === undefined) return false;
    this.retire(chosen);
    this.counters.evictions += 1;
    return true;
  }

  /** The pinned picture that is the most draws away, of those that nobody holds: one that is asked for is needed before it. */
  private wantedLast(): Entry | undefined {
    let last: Entry | undefined;
    let farthest = -1;
    for (const entry of this.entries.values()) {
      const draws = entry.holders > 0 ? -1 : (this.pins.get(entry.place) ?? 0);
      if (draws > farthest) [last, farthest] = [entry, draws];
    }
    return last;
  }

  /** Takes a picture out: at once, or once nobody holds it. */
  retire(entry: Entry): void {
    if (this.entries.get(entry.place) !== entry) return;
    this.entries.delete(entry.place);
    if (entry.holders > 0) this.leaving.add(entry);
    else this.giveBack(entry);
  }

  /** Takes all pictures of a file out. */
  retireFile(path: string): void {
    for (const entry of [...this.entries.values()]) if (entry.planned.path === path) this.retire(entry);
  }

  /** Releases all of them, held or not. */
  clear(): void {
    for (const entry of [...this.entries.values(), ...this.leaving]) this.giveBack(entry);
    this.entries.clear();
    this.leaving.clear();
  }

  private giveBack(entry: Entry): void {
    this.usedBytes -= entry.bytes;
    entry.stored.release();
  }
}
