/** What callers may take of the instance: each bound, and what happens beyond it. */

export interface ControlLimits {
  /** Callers at a time; further ones are told so and let go. */
  readonly callers: number;
  /** Of these, subscriptions; a refused one may still ask. */
  readonly watchers: number;
  /** A caller that asks nothing and watches nothing for this long is let go. */
  readonly idleMs: number;
  /** A caller that does not read for this long while something waits for it is let go. */
  readonly stalledMs: number;
  /** Events beyond this much unread are left out for that watcher, and counted. */
  readonly unreadEventBytes: number;
  /** When the instance ends, replies on their way get this long. */
  readonly farewellMs: number;
}

/**
 * A kiosk has one operator, a few scripts and perhaps a monitor: 16 callers are plenty and half of them always remain for
 * asking. Events are a few hundred bytes, so 256 KiB hold minutes of them. SIGTERM must end within 5 s, of which a
 * farewell may take a tenth.
 */
export const CONTROL_LIMITS: ControlLimits = {
  callers: 16,
  watchers: 8,
  idleMs: 60_000,
  stalledMs: 10_000,
  unreadEventBytes: 256 * 1024,
  farewellMs: 500,
};
