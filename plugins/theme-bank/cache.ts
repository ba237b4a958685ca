/** The picture cache: decoded pictures in the shared arena, within three limits, one decode for each however many ask. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { CLOCK, type Clock } from '../../runtime/core/clock';
import type { PlannedFile } from '../../runtime/library/planner';
import { Quarantine, sameSignature } from '../../runtime/library/quarantine';
import { signatureOf } from '../../runtime/library/signature';
import { isCostlyVector } from '../../runtime/media/picture/vector-cost';
import {
  PICTURE_STORE,
  type PictureStore,
  type StoredPicture,
  type StoredShape,
} from '../../runtime/stage/picture-store';
import { Counters } from './counters';
import type { Decoded, decodePicture } from './decode';
import { DecodeQueue, type Queued } from './decode-queue';
import { SETTINGS, type LiveSettings } from './parts';
import { PictureFiles } from './picture-files';
import { Residents, type Arrival, type CachedPicture } from './residents';
import { Room } from './room';
import { VectorProcess } from './vector-process';
import { PIXEL_BYTES, placeOf, targetBytes, type Target } from './target';

export type LoadOutcome =
  | { readonly kind: 'resident'; readonly picture: CachedPicture }
  /** The file is not there any more. */
  | { readonly kind: 'gone' }
  /** In quarantine. */
  | { readonly kind: 'bad' }
  /** Everything is shown or pinned: ask again when room was made. */
  | { readonly kind: 'no-room' };

/** A load that is not over. */
interface Flight extends Queued<LoadOutcome> {
  /** Infinity before that. */
  begunAtMs(): number;
}

/** A picture that is to be brought in. */
interface Wanted {
  readonly planned: PlannedFile;
  readonly target: Target;
  readonly place: string;
  readonly asked: boolean;
}

/** A picture's file is looked at again at most this often, so that a replaced one shows within 2 s. */
const RECHECK_MS = 1500;

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class PictureCache {
  private readonly residents: Residents;
  private closed = false;
  private readonly space = new Room();
  private readonly flights = new Map<string, Flight>();

  constructor(
    @inject(PICTURE_STORE.key) private readonly store: PictureStore,
    @inject(SETTINGS) private readonly settings: LiveSettings,
    @inject(CLOCK.key) private readonly clock: Clock,
    @inject(DecodeQueue) private readonly queue: DecodeQueue,
    @inject(Quarantine) private readonly quarantine: Quarantine,
    @inject(PictureFiles) private readonly files: PictureFiles,
    @inject(VectorProcess) private readonly vectors: VectorProcess,
    @inject(Counters) counters: Counters,
  ) {
    this.residents = new Residents(counters);
  }

  /** Bytes of the pixels it holds. */
  get bytes(): number {
    return this.residents.bytes;
  }

  get residentCount(): number {
    return this.residents.count;
  }

  /** Different pictures that somebody holds. */
  get heldCount(): number {
    return this.residents.heldCount;
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
    return this.residents.at(placeOf(path, target));
  }

  /** Whether the picture is being decoded or waits for it. */
  isLoading(path: string, target: Target): boolean {
    return this.flights.has(placeOf(path, target));
  }

  /**
   * Decodes the picture unless it is resident in the state its file is in. A picture that is `asked` for goes before those
   * decoded ahead, and may take the room of those wanted later. `begun` is called as the decode begins, where this call is what it begins for.
   * Rejects only when the bank closes, and with a `WithdrawnError` where it was withdrawn.
   */
  load(planned: PlannedFile, target: Target, asked: boolean, begun?: () => void): Promise<LoadOutcome> {
    const place = placeOf(planned.path, target);
    const flight = this.flights.get(place);
    if (flight !== undefined) {
      if (asked) flight.hurry();
      return flight.done;
    }
    const unwish = asked ? this.space.wish(targetBytes(target)) : undefined;
    const arrival = { planned, target, place, asked };
    let begunAtMs = Infinity;
    const job = async (): Promise<LoadOutcome | 'costly'> => {
      begunAtMs = this.clock.nowMs();
      begun?.();
      return (await isCostlyVector(planned.path)) ? 'costly' : this.bringIn(arrival);
    };
    const { done, hurry, withdraw } = this.queue.run(job, asked);
    // Whatever a vector costs: no other picture waits for its place in the queue, or for the room that it will take.
    const { vectors } = this;
    const decode: typeof decodePicture = (...order) => vectors.decode(...order);
    const beside = (outcome: LoadOutcome | 'costly'): LoadOutcome | Promise<LoadOutcome> =>
      outcome === 'costly' ? vectors.take(() => this.bringIn(arrival, decode)) : outcome;
    const landed = done.then(beside).finally(() => {
      this.flights.delete(place);
      unwish?.();
    });
    this.flights.set(place, { done: landed, hurry, withdraw, begunAtMs: () => begunAtMs });
    return landed;
  }

  /** For how long the picture has been being decoded, in ms; 0 where it only waits for it. */
  loadingMs(path: string, target: Target): number {
    const begunAtMs = this.flights.get(placeOf(path, target))?.begunAtMs() ?? Infinity;
    return Math.max(0, this.clock.nowMs() - begunAtMs);
  }

  /** Takes back a load that nobody asked for and whose decode has not begun. */
  withdraw(path: string, target: Target): void {
    this.flights.get(placeOf(path, target))?.withdraw();
  }

  /** Looks whether a resident picture's file was replaced or removed, at most every 1.5 s unless `now`. */
  async recheck(path: string, target: Target, now = false): Promise<'same' | 'changed' | 'gone'> {
    const entry = this.residents.at(placeOf(path, target));
    if (entry === undefined || (!now && this.clock.nowMs() - entry.checkedAtMs < RECHECK_MS)) return 'same';
    entry.checkedAtMs = this.clock.nowMs();
    const signature = await signatureOf(path);
    if (signature === 'unreadable' || (signature !== 'gone' && sameSignature(signature, entry.signature)))
      return 'same';
    if (signature === 'gone') this.forget(path);
    else this.residents.retire(entry);
    return signature === 'gone' ? 'gone' : 'changed';
  }

  /** Holds a resident picture until the returned release; calling that twice is harmless. */
  hold(picture: CachedPicture): () => void {
    return this.residents.hold(picture, () => this.space.made());
  }

  /** Drops the pictures of a removed file; one that is shown stays until it is released. */
  forget(path: string): void {
    this.residents.retireFile(path);
    this.quarantine.forget(path);
  }

  /**
   * Pins the pictures that the look-ahead wants to stay (`placeOf` strings, and how many draws away they are) and sets how many
   * entries each theme should hold.
   */
  steer(pins: ReadonlyMap<string, number>, shareOf: (theme: string) => number): void {
    const isFewer = this.residents.steer(pins, shareOf);
    this.makeRoom(0, 0, false);
    if (isFewer) this.space.made();
  }

  /** How often room may have been made so far: read it before a load, wait with it after `no-room`. */
  get roomEpoch(): number {
    return this.space.epoch;
  }

  /** Evicts a picture for something else that needs room in the store. Whether there was one to evict. */
  yieldRoom(): boolean {
    return this.residents.evict(true);
  }

  /** Resolves when room for a picture of the target may have been made since `epoch`, or when the signal aborts. */
  room(epoch: number, target: Target, signal: AbortSignal): Promise<void> {
    return this.space.wait(epoch, targetBytes(target), signal);
  }

  /** Evicts the pictures beyond limits that became smaller, but for those shown or wanted soon. */
  trim(): void {
    const { cacheEntries, cacheBytes } = this.settings.now;
    const { residents } = this;
    while (residents.count > cacheEntries || residents.bytes > cacheBytes) if (!residents.evict(false)) return;
  }

  /** Releases everything, shown or not, and takes no more. Only when no layer is on the stage any more. */
  close(): void {
    this.closed = true;
    this.residents.clear();
    this.space.made();
  }

  private async bringIn(
    { planned, target, place, asked }: Wanted,
    decode?: typeof decodePicture,
  ): Promise<LoadOutcome> {
    const { path } = planned;
    const signature = await this.files.stateOf(path);
    if (signature === 'gone') this.forget(path);
    if (signature === 'gone' || signature === 'bad') return { kind: signature };
    const known = this.residents.at(place);
    if (known !== undefined && sameSignature(known.signature, signature)) return { kind: 'resident', picture: known };
    if (known !== undefined) this.residents.retire(known);
    const bytes = targetBytes(target);
    if (!this.makeRoom(1, bytes, asked)) return { kind: 'no-room' };
    const arrived = this.space.promise(bytes);
    let isFull = false;
    try {
      const decoded = await this.files.decode(path, target, signature, decode);
      if (decoded === 'gone' || decoded === 'bad') return { kind: decoded };
      // A decode that went on beside the end.
      if (this.closed) return { kind: 'no-room' };
      const picture = this.put({ planned, place, signature }, target.turn, decoded, asked);
      isFull = picture === undefined;
      return picture === undefined ? { kind: 'no-room' } : { kind: 'resident', picture };
    } catch (cause) {
      return { kind: await this.files.failed(path, signature, cause) };
    } finally {
      arrived();
      // A picture that landed may be evicted for one that is asked for; but a load that found no room must not wake itself.
      if (!isFull) this.space.made();
    }
  }

  /** Stores a decoded picture; undefined where the store has no room for it. */
  private put(
    file: Pick<Arrival, 'planned' | 'place' | 'signature'>,
    turn: Target['turn'],
    { widthPx, heightPx, pixels }: Decoded,
    asked: boolean,
  ): CachedPicture | undefined {
    const stored = this.reserve({ widthPx, heightPx, layout: 'rgb', turn }, asked);
    if (stored === undefined) return undefined;
    stored.pixels.set(pixels);
    const bytes = widthPx * heightPx * PIXEL_BYTES;
    return this.residents.add({ ...file, stored, bytes, checkedAtMs: this.clock.nowMs() });
  }

  private reserve(shape: StoredShape, asked: boolean): StoredPicture | undefined {
    for (;;) {
      const stored = this.store.reserve(shape);
      if (stored !== undefined || !this.residents.evict(asked)) return stored;
    }
  }

  private makeRoom(entries: number, bytes: number, asked: boolean): boolean {
    const { residents, space } = this;
    for (;;) {
      const { cacheEntries, cacheBytes } = this.settings.now;
      const taken = { entries: residents.count, bytes: residents.bytes };
      if (space.fits({ entries, bytes }, taken, { entries: cacheEntries, bytes: cacheBytes }, asked)) return true;
      if (!residents.evict(asked)) return false;
    }
  }
}
