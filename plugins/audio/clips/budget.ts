/** Budgets of decoded sound: for each role so many seconds may lie ready; what plays frees its share as it goes by. Pure. */
import type { Role } from '../output/mixer';

export type Verdict =
  /** It may be decoded. */
  | 'granted'
  /** Not now: when what plays has gone on, ask again. */
  | 'deferred'
  /** Never: it is longer than the whole budget. */
  | 'stream';

interface Reservation {
  readonly role: Role;
  readonly lengthMs: number;
  /** When it began to play; undefined before. */
  playsSinceMs: number | undefined;
}

export class RoleBudgets {
  private readonly reservations = new Map<object, Reservation>();

  /** `limitMs`: of each role; asked each time, because it may be changed while the show plays. */
  constructor(private readonly limitMs: (role: Role) => number) {}

  /** Asks for room for a sound; `owner` stands for it. Asking again for the same is asking once. */
  reserve(owner: object, role: Role, lengthMs: number, nowMs: number): Verdict {
    if (lengthMs > this.limitMs(role)) return 'stream';
    if (this.reservations.has(owner)) return 'granted';
    if (this.freeMs(role, nowMs) < lengthMs) return 'deferred';
    this.reservations.set(owner, { role, lengthMs, playsSinceMs: undefined });
    return 'granted';
  }

  /** From now on its share shrinks with every second. */
  plays(owner: object, nowMs: number): void {
    const found = this.reservations.get(owner);
    if (found !== undefined) found.playsSinceMs ??= nowMs;
  }

  release(owner: object): void {
    this.reservations.delete(owner);
  }

  freeMs(role: Role, nowMs: number): number {
    let takenMs = 0;
    for (const { role: of, lengthMs, playsSinceMs } of this.reservations.values())
      if (of === role) takenMs += Math.max(0, lengthMs - (playsSinceMs === undefined ? 0 : nowMs - playsSinceMs));
    return this.limitMs(role) - takenMs;
  }
}
