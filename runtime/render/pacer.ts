/**
 * The pacer: deadlines on a fixed grid. A late frame never shifts the ones after it, and what was missed is counted. Where the
 * display tells of its refreshes, the grid follows them; where its swaps wait for them, they are the clock.
 * Pure but for its own fields; times are monotonic ms.
 */
import type { Pace } from '../display/output';

/** How much of the distance to a refresh the grid moves with each: calm against jitter, and on it within a quarter of a second. */
const FOLLOWING = 0.15;
/** Changes farther apart are no movement: the slowest films have 12 pictures a second. */
const SLOWEST_FLOW_MS = 100;
/** Drivers queue up to this many frames; swaps that come back earlier still do not wait for the display. */
const LONGEST_QUEUE = 4;
/** A grid whose periods are this near to whole refreshes can follow them. */
const WHOLE = 0.01;

/** Surely within a slot: sums of whole periods are off by less. */
const BORDER_MS = 1e-3;

export interface Pacing {
  readonly originMs: number;
  readonly periodMs: number;
  /** Time between two refreshes; a period where nothing is known. */
  readonly refreshMs?: number;
  readonly pace?: Pace;
}

export class Pacer {
  readonly periodMs: number;
  private readonly refreshMs: number;
  private originMs: number;
  private pace: Pace;
  /** Whether a refresh was ever heard of. */
  private aligned = false;
  /** The slot last drawn. */
  private slot = -1;
  /** The slot whose frame was swapped last. */
  private swappedSlot = -1;
  /** The slot for which the next frame is due; Infinity while nothing is. */
  private dueSlot = Infinity;
  private moving = false;
  private flowing = false;

  constructor({ originMs, periodMs, refreshMs = periodMs, pace = 'timer' }: Pacing) {
    this.originMs = originMs;
    this.periodMs = periodMs;
    this.refreshMs = refreshMs;
    const refreshes = periodMs / refreshMs;
    const follows = Math.abs(refreshes - Math.round(refreshes)) < WHOLE * refreshes;
    // Swaps are the clock only of a show at the display's own rate.
    this.pace = follows && (pace !== 'swap' || Math.round(refreshes) === 1) ? pace : 'timer';
  }

  /** The slot that `nowMs` falls into. */
  slotAt(nowMs: number): number {
    return Math.floor((nowMs - this.originMs) / this.periodMs);
  }

  dueMs(slot: number): number {
    return this.originMs + slot * this.periodMs;
  }

  /** Whether frames are handed over by the clock alone: then the instant of handing over is all that makes them even. */
  get isClockwork(): boolean {
    return this.pace === 'timer';
  }

  /** `nowMs`, or the begin of the slot that is due where that is at most `leadMs` ahead: its frame may be drawn beforehand. */
  planFor(nowMs: number, leadMs: number): number {
    if (leadMs === 0 || !this.flowing) return nowMs;
    const dueMs = this.dueMs(this.dueSlot);
    return dueMs - nowMs <= leadMs ? Math.max(nowMs, dueMs + BORDER_MS) : nowMs;
  }

  /** Whether the last frame's swap has waited for the display, so that the next is to be drawn now. */
  private get swapLeads(): boolean {
    return this.pace === 'swap' && this.moving && this.swappedSlot === this.slot;
  }

  /** Whether the slot of `nowMs` has been drawn already. */
  isDrawn(nowMs: number): boolean {
    return !this.swapLeads && this.slotAt(nowMs) <= this.slot;
  }

  /**
   * Takes the slot of `nowMs`. Returns how many slots went by undrawn since a frame was due: for that long the frame before
   * stayed on.
   */
  take(nowMs: number): number {
    const slot = this.swapLeads
      ? // It came back at about the border between two slots.
        Math.max(this.slot + 1, Math.round((nowMs - this.originMs) / this.periodMs))
      : this.slotAt(nowMs);
    const missed = Math.max(0, slot - this.dueSlot);
    this.slot = slot;
    return missed;
  }

  /** Due time of the slot last taken. */
  get takenDueMs(): number {
    return this.dueMs(this.slot);
  }

  /** A frame of the slot last taken that is handed over after this is late: it is shown a refresh after its own. */
  get latestMs(): number {
    return this.takenDueMs + (this.pace === 'swap' ? 1.5 : 0.5) * this.periodMs;
  }

  /** Whether something moved after the frame before this one, so that this one was due. */
  get wasMoving(): boolean {
    return this.moving;
  }

  /** Whether the next change was that near: what is shown is a movement, of whatever rate. */
  get wasFlowing(): boolean {
    return this.flowing;
  }

  /** The display took a frame at one of its refreshes, at `atMs`. Call with each only once, while it is recent. */
  refreshed(atMs: number): void {
    if (this.pace !== 'timer') this.follow(atMs);
  }

  /** The swap of the frame last taken came back at `nowMs`. */
  swapped(nowMs: number): void {
    if (this.pace !== 'swap') return;
    this.swappedSlot = this.slot;
    const ahead = this.slot + 1 - (nowMs - this.originMs) / this.periodMs;
    if (ahead > LONGEST_QUEUE + 0.5) this.pace = 'timer';
    else this.follow(nowMs);
  }

  /** Moves the grid towards one whose slots begin with refreshes. */
  private follow(refreshMs: number): void {
    const period = this.refreshMs;
    const distance = refreshMs - this.originMs;
    const error = distance - Math.round(distance / period) * period;
    // At first all the way, and forwards: no slot may seem to have gone by.
    this.originMs += this.aligned ? error * FOLLOWING : error < 0 ? error + period : error;
    this.aligned = true;
  }

  /** Says whether the next slot is due, and returns when to wake: then, or at the first slot at or after `changeMs`. */
  next(changeMs: number): number {
    // Infinity stays what it is.
    this.dueSlot = Math.max(this.slot + 1, Math.ceil((changeMs - this.originMs) / this.periodMs - 1e-6));
    this.moving = this.dueSlot === this.slot + 1;
    this.flowing = (this.dueSlot - this.slot) * this.periodMs < SLOWEST_FLOW_MS;
    return this.swapLeads ? 0 : this.dueMs(this.dueSlot);
  }

  /** The begin of the slot after the one taken. */
  get nextSlotMs(): number {
    return this.dueMs(this.slot + 1);
  }
}
