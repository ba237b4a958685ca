/** When memory that nobody needs any more is given back: once the work of a start or of a reload is over. */
import { collectGarbage } from '../core/heap';
import { giveBackProgramPages } from '../core/program-pages';
import type { Emitter } from '../core/events';
import type { Scope } from '../core/scope';
import type { SessionEvents } from '../session/session-events';

/** After the first picture: the libraries of decodes and sounds are loaded with the first files that need them. */
const PAGES_AFTER_MS = [0, 1000, 5000, 30_000] as const;
/** Orders, status pages and broken files touch pages that the show does not need. */
const PAGES_EVERY_MS = 600_000;
/** Of the JavaScript heap, what was read and parsed for the start: 8 MiB, which V8 would give back 8 s later. */
const GARBAGE_AFTER_MS = 900;

/** From the first picture on, until the scope closes. `startupFiles`: by `mappedFiles`. */
export function giveBackIdleMemory(
  first: Promise<void>,
  startupFiles: ReadonlySet<string>,
  events: Emitter<SessionEvents>,
  scope: Scope,
): void {
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms).unref();
    timers.add(timer);
  };
  const giveBackPages = (): void => void giveBackProgramPages(startupFiles);
  const afterWork = (): void => PAGES_AFTER_MS.forEach((ms) => after(ms, giveBackPages));
  void first.then(() => {
    if (scope.closed) return;
    after(GARBAGE_AFTER_MS, collectGarbage);
    afterWork();
    timers.add(setInterval(giveBackPages, PAGES_EVERY_MS).unref());
  });
  const deaf = events.on('reload', afterWork);
  scope.defer('idle memory', () => {
    deaf();
    for (const timer of timers) clearTimeout(timer);
  });
}
