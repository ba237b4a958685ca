/**
 * The pacer: deadlines on a fixed grid. A late frame never shifts the ones after it, and what was missed is counted.
 * Pure but for its own fields; times are monotonic ms.
 */

export class Pacer {
  /** The slot last drawn. */
  private slot = -1;
  /** The slot for which the next frame is due; Infinity while nothing is. */
  private dueSlot = Infinity;
  private moving = false;

  constructor(
    private readonly originMs: number,
    readonly periodMs: number,
  ) {}

  /** The slot that `nowMs` falls into. */
  slotAt(nowMs: number): number {
    return Math.floor((nowMs - this.originMs) / this.periodMs);
  }

  dueMs(slot: number): number {
    return this.originMs + slot * this.periodMs;
  }

  /** Whether the slot of `nowMs` has been drawn already. */
  isDrawn(nowMs: number): boolean {
    return this.slotAt(nowMs) <= this.slot;
  }

  /**
   * Takes the slot of `nowMs`. Returns how many slots went by undrawn since a frame was due: for that long the frame before
   * stayed on.
   */
  take(nowMs: number): number {
    const slot = this.slotAt(nowMs);
    const missed = Math.max(0, slot - this.dueSlot);
    this.slot = slot;
    return missed;
  }

  /** Due time of the slot last taken. */
  get takenDueMs(): number {
    return this.dueMs(this.slot);
  }

  /** Whether something moved after the frame before this one, so that this one was due. */
  get wasMoving(): boolean {
    return this.moving;
  }

  /** Says whether the next slot is due, and returns when to wake: then, or at the first slot at or after `changeMs`. */
  next(changeMs: number): number {
    // Infinity stays what it is.
    this.dueSlot = Math.max(this.slot + 1, Math.ceil((changeMs - this.originMs) / this.periodMs - 1e-6));
    this.moving = this.dueSlot === this.slot + 1;
    return this.dueMs(this.dueSlot);
  }

  /** The begin of the slot after the one taken. */
  get nextSlotMs(): number {
    return this.dueMs(this.slot + 1);
  }
}
