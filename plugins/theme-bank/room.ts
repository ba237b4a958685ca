/** Room in the picture cache: the part of it that is spoken for, and the loads that wait until some is made. */
import { fits, NOTHING, type Amount } from './cache-policy';

/** Main thread only. */
export class Room {
  /** Of decodes at work. */
  private readonly promised = { entries: 0, bytes: 0 };
  /** Of asked-for pictures that have none yet: nothing decoded ahead may take it before them. */
  private readonly wished = { entries: 0, bytes: 0 };
  private waiters: (() => void)[] = [];
  private timesMade = 0;

  /** How often room may have been made so far. */
  get epoch(): number {
    return this.timesMade;
  }

  /** Whether `need` fits into the limits beside the residents and the part that is spoken for. */
  fits(need: Amount, residents: Amount, limits: Amount, asked: boolean): boolean {
    return fits(need, [residents, this.promised, asked ? NOTHING : this.wished], limits, asked);
  }

  /** Keeps the room of a decode; returns the end of that. */
  promise(bytes: number): () => void {
    return keep(this.promised, bytes);
  }

  /** Keeps room for a picture that is asked for; returns the end of that. */
  wish(bytes: number): () => void {
    return keep(this.wished, bytes);
  }

  /** Resolves when room for a picture of `bytes` may have been made since `epoch`, or when the signal aborts. */
  wait(epoch: number, bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || epoch !== this.timesMade) return Promise.resolve();
    const unwish = this.wish(bytes);
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        unwish();
        resolve();
      };
      this.waiters.push(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Wakes everybody who waits: room may have been made. */
  made(): void {
    this.timesMade += 1;
    const { waiters } = this;
    this.waiters = [];
    for (const wake of waiters) wake();
  }
}

function keep(account: { entries: number; bytes: number }, bytes: number): () => void {
  account.entries += 1;
  account.bytes += bytes;
  return () => {
    account.entries -= 1;
    account.bytes -= bytes;
  };
}
