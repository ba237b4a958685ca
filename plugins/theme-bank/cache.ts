/** The picture cache: decoded pictures in the shared arena, within three limits, one decode for each however many ask. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { CLOCK, type Clock } from '../../runtime/core/clock';
import { ERROR_LOG, type ErrorLog } from '../../runtime/core/error-log';
import { messageOf } from '../../runtime/core/errors';
import {
  PICTURE_STORE,
  type PictureStore,
  type StoredPicture,
  type StoredShape,
} from '../../runtime/stage/picture-store';
import { victim } from './cache-policy';
import { Counters } from './counters';
import { decodePicture, type Decoded } from './decode';
import { DecodeQueue, type Queued } from './decode-queue';
import { SETTINGS, TRACE, type LiveSettings, type Trace } from './parts';
import type { PlannedFile } from '../../runtime/library/planner';
import { Quarantine, sameContents, sameSignature, type Signature } from '../../runtime/library/quarantine';
import { signatureOf } from '../../runtime/library/signature';
import { PIXEL_BYTES, targetBytes, variantOf, type Target } from './target';

/** A resident picture. Its pixels stay while it is held or pinned. */
export interface CachedPicture {
  readonly planned: PlannedFile;
  readonly stored: StoredPicture;
}

export type LoadOutcome =
  | { readonly kind: 'resident'; readonly picture: CachedPicture }
  /** The file is not there any more. */
  | { readonly kind: 'gone' }
  /** In quarantine. */
  | { readonly kind: 'bad' }
  /** Everything is shown or pinned: ask again when room was made. */
  | { readonly kind: 'no-room' };

interface Entry extends CachedPicture {
  /** Path and variant: together with the signature the key. */
  readonly place: string;
  readonly signature: Signature;
  readonly bytes: number;
  holders: number;
  usedAt: number;
  checkedAtMs: number;
}

/**
 * The picture shown and the one that takes its place: with fewer a show would stand still, so what is asked for may go that
 * far beyond the limits. The store has the last word.
 */
const FEWEST = 2;

/** A picture's file is looked at again at most this often, so that a replaced one shows within 2 s. */
const RECHECK_MS = 1500;

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class PictureCache {
  private readonly entries = new Map<string, Entry>();
  /** Replaced or removed, but still shown. */
  private readonly leaving = new Set<Entry>();
  private readonly flights = new Map<string, Queued<LoadOutcome>>();
  private pins: ReadonlyMap<string, number> = new Map();
  private shareOf: (theme: string) => number = () => Infinity;
  /** Room that decodes at work will take. */
  private readonly promised = { entries: 0, bytes: 0 };
  /** Room that asked-for pictures have not got yet: nothing decoded ahead may take it before them. */
  private readonly wished = { entries: 0, bytes: 0 };
  private usedBytes = 0;
  private uses = 0;
  private roomWaiters: (() => void)[] = [];
  private roomMade = 0;

  constructor(
    @inject(PICTURE_STORE.key) private readonly store: PictureStore,
    @inject(SETTINGS) private readonly settings: LiveSettings,
    @inject(CLOCK.key) private readonly clock: Clock,
    @inject(ERROR_LOG.key) private readonly errors: ErrorLog,
    @inject(TRACE) private readonly trace: Trace,
    @inject(DecodeQueue) private readonly queue: DecodeQueue,
    @inject(Quarantine) private readonly quarantine: Quarantine,
    @inject(Counters) private readonly counters: Counters,
  ) {}

  /** Bytes of the pixels it holds. */
  get bytes(): number {
    return this.usedBytes;
  }

  get residentCount(): number {
    return this.entries.size + this.leaving.size;
  }

  /** Different pictures that somebody holds. */
  get heldCount(): number {
    let held = this.leaving.size;
    for (const entry of this.entries.values()) if (entry.holders > 0) held += 1;
    return held;
  }

  /** Pictures of a target that it can hold. */
  capacity(target: Target): number {
    const { cacheEntries, cacheBytes } = this.settings.now;
    const lies = target.turn === 90 || target.turn === 270;
    const [widthPx, heightPx] = lies ? [target.heightPx, target.widthPx] : [target.widthPx, target.heightPx];
    const slabBytes = this.store.bytesFor({ widthPx, heightPx, layout: 'rgb', turn: target.turn });
    const byBytes = Math.min(cacheBytes / targetBytes(target), this.store.capacityBytes / slabBytes);
    return Math.min(cacheEntries, Math.floor(byBytes));
  }

  /** The picture when it is resident. A probe: counts as no use. */
  resident(path: string, target: Target): CachedPicture | undefined {
    return this.entries.get(placeOf(path, target));
  }

  /** Whether the picture is being decoded or waits for it. */
  isLoading(path: string, target: Target): boolean {
    return this.flights.has(placeOf(path, target));
  }

  /**
   * Decodes the picture unless it is resident in the state its file is in. What is `asked` for goes before what is decoded
   * ahead, and may take the room of what is wanted later. `begun` is called as the decode begins, where this call is what it begins for.
   * Rejects only when the bank closes, and with a `WithdrawnError` where it was withdrawn.
   */
  load(planned: PlannedFile, target: Target, asked: boolean, begun?: () => void): Promise<LoadOutcome> {
    const place = placeOf(planned.path, target);
    const flight = this.flights.get(place);
    if (flight !== undefined) {
      if (asked) flight.hurry();
      return flight.done;
    }
    const unwish = asked ? this.wish(target) : undefined;
    const job = (): Promise<LoadOutcome> => {
      begun?.();
      return this.bringIn(planned, target, place, asked);
    };
    const { done, hurry, withdraw } = this.queue.run(job, asked);
    const landed = done.finally(() => {
      this.flights.delete(place);
      unwish?.();
    });
    this.flights.set(place, { done: landed, hurry, withdraw });
    return landed;
  }

  /** Takes back a load that nobody asked for and whose decode has not begun. */
  withdraw(path: string, target: Target): void {
    this.flights.get(placeOf(path, target))?.withdraw();
  }

  /** Looks whether a resident picture's file was replaced or removed, at most every 1.5 s unless `now`. */
  async recheck(path: string, target: Target, now = false): Promise<'same' | 'changed' | 'gone'> {
    const entry = this.entries.get(placeOf(path, target));
    if (entry === undefined || (!now && this.clock.nowMs() - entry.checkedAtMs < RECHECK_MS)) return 'same';
    entry.checkedAtMs = this.clock.nowMs();
    const signature = await signatureOf(path);
    if (signature === 'unreadable' || (signature !== 'gone' && sameSignature(signature, entry.signature)))
      return 'same';
    if (signature === 'gone') this.forget(path);
    else this.retire(entry);
    return signature === 'gone' ? 'gone' : 'changed';
  }

  /** Holds a resident picture until the returned release; calling that twice is harmless. */
  hold(picture: CachedPicture): () => void {
    const entry = picture as Entry;
    entry.holders += 1;
    entry.usedAt = ++this.uses;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      entry.holders -= 1;
      if (entry.holders === 0 && this.leaving.delete(entry)) this.giveBack(entry);
      this.wakeRoomWaiters();
    };
  }

  /** Drops what is kept of a removed file; what is shown stays until it is released. */
  forget(path: string): void {
    for (const entry of [...this.entries.values()]) if (entry.planned.path === path) this.retire(entry);
    this.quarantine.forget(path);
  }

  /**
   * Says what the look-ahead wants to stay (`placeOf` strings, and how many draws away they are) and how many entries each
   * theme should hold.
   */
  steer(pins: ReadonlyMap<string, number>, shareOf: (theme: string) => number): void {
    const fewer = [...this.pins.keys()].some((place) => !pins.has(place));
    this.pins = pins;
    this.shareOf = shareOf;
    this.makeRoom(0, 0, false);
    if (fewer) this.wakeRoomWaiters();
  }

  /** How often room may have been made so far: read it before a load, wait with it after `no-room`. */
  get roomEpoch(): number {
    return this.roomMade;
  }

  /** Evicts a picture for something else that needs room in the store. Whether there was one to evict. */
  yieldRoom(): boolean {
    return this.evictOne(true);
  }

  /** Resolves when room for a picture of the target may have been made since `epoch`, or when the signal aborts. */
  room(epoch: number, target: Target, signal: AbortSignal): Promise<void> {
    if (signal.aborted || epoch !== this.roomMade) return Promise.resolve();
    const unwish = this.wish(target);
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        unwish();
        resolve();
      };
      this.roomWaiters.push(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Evicts what is beyond limits that became smaller, but for what is shown or wanted soon. */
  trim(): void {
    const { cacheEntries, cacheBytes } = this.settings.now;
    while (this.residentCount > cacheEntries || this.usedBytes > cacheBytes) if (!this.evictOne(false)) return;
  }

  /** Gives everything back, shown or not. Only when no layer is on the stage any more. */
  clear(): void {
    for (const entry of [...this.entries.values(), ...this.leaving]) this.giveBack(entry);
    this.entries.clear();
    this.leaving.clear();
    this.wakeRoomWaiters();
  }

  private async bringIn(planned: PlannedFile, target: Target, place: string, asked: boolean): Promise<LoadOutcome> {
    const { path } = planned;
    const signature = await signatureOf(path);
    if (signature === 'gone') {
      this.forget(path);
      return { kind: 'gone' };
    }
    if (signature === 'unreadable') return this.strike(path, UNKNOWN, 'the file cannot be read');
    const known = this.entries.get(place);
    if (known !== undefined && sameSignature(known.signature, signature)) return { kind: 'resident', picture: known };
    if (known !== undefined) this.retire(known);
    const bytes = targetBytes(target);
    if (!this.makeRoom(1, bytes, asked)) return { kind: 'no-room' };
    this.promise(1, bytes);
    let full = false;
    try {
      const decoded = await this.decodeTraced(path, target);
      const after = await signatureOf(path);
      if (after === 'gone') return { kind: 'gone' };
      if (after === 'unreadable' || !sameContents(signature, after)) {
        return this.strike(path, signature, 'changed while it was read');
      }
      this.quarantine.forget(path);
      const outcome = this.put({ planned, place, signature }, target.turn, decoded, asked);
      full = outcome.kind === 'no-room';
      return outcome;
    } catch (cause) {
      return (await signatureOf(path)) === 'gone'
        ? { kind: 'gone' }
        : this.strike(path, signature, messageOf(cause), cause);
    } finally {
      this.promise(-1, -bytes);
      // What landed may be evicted for what is asked for; but who found no room must not wake itself.
      if (!full) this.wakeRoomWaiters();
    }
  }

  private async decodeTraced(path: string, target: Target): Promise<Decoded> {
    const startMs = this.clock.nowMs();
    let result: string | undefined;
    try {
      const decoded = await decodePicture(path, target, this.settings.now.decodeBytes);
      result = `${decoded.widthPx}x${decoded.heightPx}`;
      return decoded;
    } finally {
      const durationMs = this.clock.nowMs() - startMs;
      this.trace({ name: 'decode', category: 'decode', durationMs, metadata: { path, result: result ?? 'failed' } });
    }
  }

  private put(
    what: Pick<Entry, 'planned' | 'place' | 'signature'>,
    turn: Target['turn'],
    { widthPx, heightPx, pixels }: Decoded,
    asked: boolean,
  ): LoadOutcome {
    const stored = this.reserve({ widthPx, heightPx, layout: 'rgb', turn }, asked);
    if (stored === undefined) return { kind: 'no-room' };
    stored.pixels.set(pixels);
    const bytes = widthPx * heightPx * PIXEL_BYTES;
    const entry: Entry = { ...what, stored, bytes, holders: 0, usedAt: ++this.uses, checkedAtMs: this.clock.nowMs() };
    this.entries.set(what.place, entry);
    this.usedBytes += bytes;
    return { kind: 'resident', picture: entry };
  }

  private reserve(shape: StoredShape, asked: boolean): StoredPicture | undefined {
    for (;;) {
      const stored = this.store.reserve(shape);
      if (stored !== undefined || !this.evictOne(asked)) return stored;
    }
  }

  private makeRoom(entries: number, bytes: number, asked: boolean): boolean {
    for (;;) {
      const { cacheEntries, cacheBytes } = this.settings.now;
      const before = asked ? NOTHING : this.wished;
      const fits =
        this.residentCount + this.promised.entries + before.entries + entries <=
          Math.max(cacheEntries, asked ? FEWEST : 0) &&
        this.usedBytes + this.promised.bytes + before.bytes + bytes <= Math.max(cacheBytes, asked ? FEWEST * bytes : 0);
      if (fits) return true;
      if (!this.evictOne(asked)) return false;
    }
  }

  private evictOne(asked: boolean): boolean {
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

  /** What is wanted last of all that is not shown: what is asked for is needed before what comes next. */
  private wantedLast(): Entry | undefined {
    let last: Entry | undefined;
    let farthest = -1;
    for (const entry of this.entries.values()) {
      const draws = entry.holders > 0 ? -1 : (this.pins.get(entry.place) ?? 0);
      if (draws > farthest) [last, farthest] = [entry, draws];
    }
    return last;
  }

  /** Takes an entry out: at once, or once nobody holds it. */
  private retire(entry: Entry): void {
    if (this.entries.get(entry.place) !== entry) return;
    this.entries.delete(entry.place);
    if (entry.holders > 0) this.leaving.add(entry);
    else this.giveBack(entry);
  }

  private giveBack(entry: Entry): void {
    this.usedBytes -= entry.bytes;
    entry.stored.release();
  }

  private promise(entries: number, bytes: number): void {
    this.promised.entries += entries;
    this.promised.bytes += bytes;
  }

  /** Keeps room of a picture of the target for what is asked for; returns the end of it. */
  private wish(target: Target): () => void {
    const bytes = targetBytes(target);
    this.wished.entries += 1;
    this.wished.bytes += bytes;
    return () => {
      this.wished.entries -= 1;
      this.wished.bytes -= bytes;
    };
  }

  private strike(path: string, signature: Signature, reason: string, cause?: unknown): LoadOutcome {
    if (this.quarantine.strike(path, signature, reason) === 'struck-out') {
      this.errors.report(
        'VITRINE_E_PICTURE',
        'theme-bank',
        `${path}: ${reason}; replace the file or take it out`,
        cause,
      );
    }
    return { kind: 'bad' };
  }

  private wakeRoomWaiters(): void {
    this.roomMade += 1;
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const wake of waiters) wake();
  }
}

const NOTHING = { entries: 0, bytes: 0 } as const;

/** Of a file whose state cannot be told: forgiven as soon as it can. */
const UNKNOWN: Signature = { sizeBytes: -1, mtimeMs: -1 };

/** Where a picture of a target is kept: its key but for the file's state. */
export function placeOf(path: string, target: Target): string {
  return `${variantOf(path, target)}\n${path}`;
}
