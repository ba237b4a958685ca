/** Settling files: pictures that do not show their end yet may still be copied, and wait until they stay as they are. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { CLOCK, type Clock } from '../../runtime/core/clock';
import { sameContents, type Signature } from '../../runtime/library/quarantine';
import { hasProvenEnd } from '../../runtime/media/picture/proven-end';

/** A copy that goes on writes more often than that, over a slow network too. */
export const SETTLE_MS = 3000;
/** By the clock of its disk, which may be another machine's. A file that was written before is taken as it is. */
const RECENT_MS = 60_000;
/** Files remembered. */
const MOST_FILES = 256;

interface Seen {
  readonly signature: Signature;
  readonly sinceMs: number;
}

/** Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class SettlingFiles {
  private readonly seen = new Map<string, Seen>();

  constructor(@inject(CLOCK.key) private readonly clock: Clock) {}

  /** For how long a file in this state may not be shown yet, in ms; 0 where it may. Never rejects. */
  async waitMs(path: string, signature: Signature): Promise<number> {
    const { mtimeMs, changedMs = mtimeMs } = signature;
    if (Date.now() - Math.max(mtimeMs, changedMs) > RECENT_MS || (await hasProvenEnd(path))) return 0;
    const nowMs = this.clock.nowMs();
    const known = this.seen.get(path);
    const sinceMs = known !== undefined && sameContents(known.signature, signature) ? known.sinceMs : nowMs;
    this.seen.delete(path);
    this.seen.set(path, { signature, sinceMs });
    if (this.seen.size > MOST_FILES) this.seen.delete(this.seen.keys().next().value!);
    return Math.max(0, sinceMs + SETTLE_MS - nowMs);
  }
}
