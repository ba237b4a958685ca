/** Wishes: the request that a person made last, and the waits of the play loop that it ends early. */
import { VitrineError } from '../core/errors';
import type { Seek } from '../stage/seek';
import { Interrupt } from './interrupt';
import type { Aim } from './score';
import type { SeekOutcome } from './seeking';
import type { StageClock } from './stage-clock';

/** A wish that moves what is on to another place and changes no picture. */
interface SeekWish {
  readonly to: 'place';
  readonly seek: Seek;
  /** Set once it has waited for the sounds that it is to move. */
  readonly hasWaited?: true;
  readonly done: (outcome: SeekOutcome) => void;
  readonly refused: (cause: unknown) => void;
}

export type Asked = Aim | SeekWish;

const REPLACED = 'another command came first';
const ENDED = 'the show has ended';

export class Wishes {
  private readonly interrupt = new Interrupt<Asked>();
  /** A wish that cannot be carried out yet. */
  private waiting: SeekWish | undefined;
  /** Another picture was asked for, and is not there yet. */
  private aimed = false;
  private over = false;

  constructor(private readonly clock: StageClock) {}

  /** The wish that nobody has taken yet. */
  get pending(): Asked | undefined {
    return this.interrupt.pending;
  }

  /** Whether another picture was asked for that is not there yet. */
  get isAimed(): boolean {
    return this.aimed;
  }

  /**
   * Replaces the wish before, which is refused where somebody waits for it. Only a seek does not replace a picture that was asked for: it waits for
   * it, and moves what is on then.
   */
  raise(wish: Asked): void {
    if (this.over) return refuse(wish, ENDED);
    const { waiting } = this;
    const isLater = wish.to === 'place' && this.aimed;
    this.waiting = isLater ? wish : undefined;
    if (waiting !== wish) refuse(waiting, REPLACED);
    if (isLater) return;
    if (wish.to === 'aim') this.aimed = true;
    refuse(this.interrupt.raise(wish), REPLACED);
  }

  /** The picture that was asked for is on, or cannot come now. */
  arrived(): void {
    if (!this.aimed) return;
    this.aimed = false;
    if (this.waiting !== undefined) this.raise(this.waiting);
  }

  /** Raises the wish again once `ready` has resolved, unless another one comes first. */
  raiseAfter(ready: Promise<unknown>, wish: SeekWish): void {
    const again: SeekWish = { ...wish, hasWaited: true };
    this.waiting = again;
    void ready.then(() => {
      if (this.waiting === again) this.raise(again);
    });
  }

  /** Resolves when the seek was carried out. Rejects with VITRINE_E_REFUSED where it was not. */
  seek(seek: Seek): Promise<SeekOutcome> {
    return new Promise((done, refused) => this.raise({ to: 'place', seek, done, refused }));
  }

  /** Makes the running wait look at its condition again. */
  nudge(): void {
    this.interrupt.nudge();
  }

  /** Nudges once `work` has settled, in whichever way. Returns whether it has. */
  nudgeAfter(work: Promise<unknown>): () => boolean {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      this.nudge();
    };
    void work.then(settle, settle);
    return () => isSettled;
  }

  /** Waits until `atMs`, for a wish, or until `isEnough` holds after a nudge. Resolves with the wish, if there is one. */
  async waitUntil(atMs: number, signal: AbortSignal, isEnough = (): boolean => false): Promise<Asked | undefined> {
    for (;;) {
      const watch = this.interrupt.watch(signal);
      try {
        if (isEnough()) return this.interrupt.take();
        await this.clock.sleepUntil(atMs, watch.signal);
        return this.interrupt.take();
      } catch (cause) {
        signal.throwIfAborted();
        if (!watch.signal.aborted) throw cause;
      } finally {
        watch.release();
      }
      const wish = this.interrupt.take();
      if (wish !== undefined) return wish;
    }
  }

  /** Refuses a wish that nobody will carry out any more. */
  end(): void {
    this.over = true;
    for (const wish of [this.waiting, this.interrupt.take()]) refuse(wish, ENDED);
    this.waiting = undefined;
  }
}

/** Rejects a seek that is not carried out; the other wishes have nobody who waits for them. */
export function refuse(wish: Asked | undefined, because: string): void {
  if (wish?.to === 'place') wish.refused(new VitrineError('VITRINE_E_REFUSED', because));
}
