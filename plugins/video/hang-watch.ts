/** The hang watch: ends a child that writes no frame while frames are wanted, without being at work. */
import { hasWorked, workOf, type Child, type Work } from '../../runtime/media/child';
import { OwnTime } from '../../runtime/core/time-limit';
import type { ClipRing } from '../../runtime/stage/clip-store';

/** How often the child is looked at, and how long it may be silent while frames are wanted: with frames behind it, and before any. */
const LOOK_MS = 50;
const SILENT_MS = 250;
const FIRST_SILENT_MS = 5000;

export interface HangWatch {
  /** Whether the child was ended for its silence. */
  readonly silent: boolean;
  stop(): void;
}

/** Watches until `stop`. A child that decodes `beforeMs` of the clip first, and throws them away, may take as long as they last. */
export function watchOver(child: Child, ring: ClipRing, beforeMs = 0): HangWatch {
  const firstSilentMs = FIRST_SILENT_MS + beforeMs;
  let silent = false;
  const before = ring.written;
  let written = before;
  let sinceMs = performance.now();
  let work: Work | undefined;
  /** From when it was silent for `SILENT_MS` on: a child that writes is not looked at. */
  let own: OwnTime | undefined = new OwnTime(child.pid);
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const wanted = ring.written - ring.shown - ring.skipped <= 1;
    if (ring.written !== written || !wanted) {
      written = ring.written;
      sinceMs = nowMs;
      own = undefined;
    }
    const silentMs = nowMs - sinceMs;
    const isFirst = written === before;
    const mostMs = isFirst ? firstSilentMs : FIRST_SILENT_MS;
    if (silentMs < SILENT_MS) return;
    own ??= new OwnTime(child.pid);
    const isOverdue = silentMs >= mostMs && own.ms >= mostMs;
    if (isFirst && !isOverdue) return;
    const earlier = work;
    work = workOf(child.pid);
    if ((earlier === undefined || hasWorked(earlier, work)) && !isOverdue) return;
    silent = true;
    child.kill();
  }, LOOK_MS);
  return {
    get silent() {
      return silent;
    },
    stop: () => clearInterval(timer),
  };
}
