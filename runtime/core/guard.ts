/** The guard: every call into a plugin goes through one, so that a fault of the plugin ends there. */
import { messageOf } from './errors';
import { limitOwnTime } from './time-limit';

/** A fault of a plugin: in which of its members, and what happened. */
export interface PluginFault {
  /** As the contract names it: `openSession`, `reel.next`. */
  readonly member: string;
  readonly because: string;
  readonly cause?: unknown;
}

/** The check of an answer, and its substitute. */
export interface Expected<T> {
  readonly otherwise: T;
  /** Whether an answer keeps the contract; each does where left out. */
  readonly isRight?: (answer: unknown) => boolean;
}

export interface ExpectedLater<T> extends Expected<T> {
  /** Aborted: the plugin has a moment to settle, by rejecting with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Time it has to answer, in ms, without waits for a processor; without it only the signal bounds it. */
  readonly limitMs?: number;
  /** Takes an answer that came when nobody waited for it any more. */
  readonly late?: (answer: T) => void;
}

/** Time a plugin has to settle a call that was aborted. A decoder that is asked to end takes up to a second on a small board. */
export const SETTLE_MS = 5000;

/** Main thread. Nothing of a plugin that has failed is called again: `otherwise` is its answer from then on. */
export class Guard {
  private fault: PluginFault | undefined;

  /** `failed` is called once, with the first fault. */
  constructor(private readonly failed: (fault: PluginFault) => void) {}

  /** Whether it has failed. */
  get isAside(): boolean {
    return this.fault !== undefined;
  }

  /** The plugin failed. Only the first fault counts: what fails after it is often its consequence. */
  fail(member: string, because: string, cause?: unknown): void {
    if (this.fault !== undefined) return;
    this.fault = { member, because, cause };
    this.failed(this.fault);
  }

  /** Calls a member that answers at once. */
  call<T>(member: string, act: () => T, { otherwise, isRight = () => true }: Expected<T>): T {
    if (this.isAside) return otherwise;
    try {
      const answer = act();
      if (isRight(answer)) return answer;
      this.fail(member, `its answer is not right: ${kindOf(answer)}`);
    } catch (cause) {
      this.fail(member, messageOf(cause), cause);
    }
    return otherwise;
  }

  /** Calls a member that gives something back: of a plugin that has failed, too. */
  giveBack(member: string, act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.fail(member, messageOf(cause), cause);
    }
  }

  /** Calls a member that answers later. Rejects with the signal's reason once that is aborted, and with nothing else. */
  async wait<T>(member: string, act: () => T | Promise<T>, expected: ExpectedLater<T>): Promise<T> {
    const { otherwise, isRight = () => true, signal, late } = expected;
    if (this.isAside) return otherwise;
    const answering = (async () => act())();
    try {
      const answer = await this.inTime(member, answering, expected);
      if (answer !== OVERDUE && isRight(answer)) return answer;
      if (answer !== OVERDUE) this.fail(member, `its answer is not right: ${kindOf(answer)}`);
      else answering.then(late, () => {});
    } catch (cause) {
      if (signal?.aborted !== true) this.fail(member, messageOf(cause), cause);
    }
    signal?.throwIfAborted();
    return otherwise;
  }

  /** The answer, or that it did not come in time, which is a fault. Leaves no timer behind. */
  private async inTime<T>(
    member: string,
    answering: Promise<T>,
    { signal, limitMs }: ExpectedLater<T>,
  ): Promise<T | typeof OVERDUE> {
    let endLimit = (): void => {};
    let settle = (): void => {};
    const overdue = new Promise<typeof OVERDUE>((resolve) => {
      const endAfter = (ms: number, because: string): void => {
        endLimit();
        endLimit = limitOwnTime(ms, () => {
          this.fail(member, because);
          resolve(OVERDUE);
        });
      };
      settle = () => endAfter(SETTLE_MS, `it did not settle within ${SETTLE_MS / 1000} s of its signal`);
      if (limitMs !== undefined) endAfter(limitMs, `it did not answer within ${limitMs / 1000} s`);
    });
    if (signal?.aborted === true) settle();
    else signal?.addEventListener('abort', settle, { once: true });
    try {
      return await Promise.race([answering, overdue]);
    } finally {
      signal?.removeEventListener('abort', settle);
      endLimit();
    }
  }
}

const OVERDUE = Symbol('overdue');

/** A short name of what a plugin answered. */
function kindOf(answer: unknown): string {
  if (Array.isArray(answer)) return 'a list';
  if (answer === null || answer === undefined || typeof answer === 'number') return String(answer);
  return typeof answer === 'object'
    ? `an object of ${Object.keys(answer).join(', ') || 'nothing'}`
    : `a ${typeof answer}`;
}

/** Whether an answer is an object with a function under each of these names. */
export function hasMethods(answer: unknown, ...names: readonly string[]): boolean {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    names.every((name) => typeof (answer as Record<string, unknown>)[name] === 'function')
  );
}
