/** Work that takes turns: one at a time, in the order in which it came. */
import { token } from './token';
import { within } from './within';

export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Begins when all that came before is over, however it ended. After `limitMs` the next one begins, and the work goes on beside it. */
  take<T>(work: () => Promise<T>, limitMs = Infinity): Promise<T> {
    const before = this.last;
    const turn = before.then(work);
    this.last = before.then(() => within(turn, limitMs)).catch(() => {});
    return turn;
  }
}

/** Of work that needs much memory for a moment, where the memory is planned for one at a time: decodes of pictures, captures of the screen. */
export const LARGE_WORK = token<Turns>('large-work');
