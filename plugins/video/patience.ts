/** Patience: how long the show waits for the first frame of a clip before it takes the next one. Bookkeeping without effects. */

/**
 * An item is asked for 2 s before it is due, where the one before stays that long: time for this wait and for another clip behind it. Twice
 * of what a Raspberry Pi 3 usually needs.
 */
const FIRST_WAIT_MS = 750;
/** A decoder without a frame ends by itself then. */
const LONGEST_WAIT_MS = 5000;
/** A machine that is busy is slow with every clip. */
const TIMES_USUAL = 3;
const REMEMBERED = 5;
const FILES_KEPT = 512;

/** Main thread only. */
export class Patience {
  private readonly lately: number[] = [];
  private readonly known = new Map<string, number>();

  /** `givenUp`: clips that were given up since the item was asked for; where one after the other is slow, it is the machine. */
  limitMs(path: string, givenUp: number): number {
    const usualMs = Math.max(0, ...this.lately) * TIMES_USUAL;
    const ownMs = 2 * (this.known.get(path) ?? 0);
    return Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS * 2 ** givenUp, usualMs, ownMs));
  }

  /** So long it took until a frame of the clip was there. */
  took(path: string, ms: number): void {
    this.lately.push(ms);
    if (this.lately.length > REMEMBERED) this.lately.shift();
    this.known.delete(path);
    this.known.set(path, ms);
    if (this.known.size > FILES_KEPT) this.known.delete(this.known.keys().next().value!);
  }
}
