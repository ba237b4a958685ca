/** A scene's reel: hands out its pictures in planner order, resident, passing over what cannot be shown. */
import { relative, isAbsolute } from 'node:path';
import { delay, type Clock } from '../../runtime/core/clock';
import type { Log } from '../../runtime/core/log';
import type { PictureRef } from '../../runtime/stage/layer';
import type { Reel, StageItem } from '../../runtime/stage/media';
import type { LoadOutcome, PictureCache } from './cache';
import type { Counters } from './counters';
import type { FedReel, LookAhead, ThemeClaim } from './lookahead';
import type { LiveSettings, Trace } from './parts';
import { turnOf, type PlannedFile, type Planner } from '../../runtime/library/planner';
import type { Quarantine } from '../../runtime/library/quarantine';
import type { CachedPicture } from './residents';
import { PATIENCE_MS, type SlowPictures } from './slow-pictures';
import type { Target } from './target';

/** Shared by all reels of a session. */
export interface ReelParts {
  readonly cache: PictureCache;
  readonly quarantine: Quarantine;
  readonly slow: SlowPictures;
  readonly lookahead: LookAhead;
  readonly counters: Counters;
  readonly settings: LiveSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: Trace;
  /** Labels are relative to it where the file is below it. Absolute. */
  readonly folder: string;
  /** A file is gone or struck out: the library has to know. */
  readonly lose: (path: string) => void;
}

/** A disk takes far less than this to answer, a network share that is away for ever. */
const LONGEST_LOOK_MS = 100;

/** Always a picture, never a clip. */
export interface PictureItem extends StageItem {
  readonly picture: PictureRef;
}

/** Main thread only. */
export class SceneReel implements Reel, FedReel {
  /** Open without a player: the session is about to begin with this scene. */
  expected = false;
  started = false;
  /** As the show says; set once. */
  cycleMs = Infinity;
  takenAtMs = -Infinity;
  themes: readonly ThemeClaim[] = [];
  private opened = false;

  constructor(
    readonly scene: string,
    readonly planner: Planner,
    readonly target: Target,
    private readonly parts: ReelParts,
    /** The scene shows clips, too. */
    private readonly isMixed = false,
  ) {}

  get open(): boolean {
    return this.opened || this.expected;
  }

  get ready(): boolean {
    const { head } = this.planner;
    return head !== undefined && this.parts.cache.resident(head.path, this.target) !== undefined;
  }

  get size(): number {
    return this.planner.size;
  }

  get due(): boolean {
    return this.planner.head !== undefined;
  }

  /** Somebody plays it from now on. */
  reopen(): this {
    this.opened = true;
    this.parts.lookahead.kick();
    return this;
  }

  close(): void {
    this.opened = false;
    this.parts.lookahead.kick();
  }

  lose(path: string): void {
    this.planner.remove(path);
    this.parts.lose(path);
  }

  async next(signal: AbortSignal, urgent: boolean): Promise<PictureItem | undefined> {
    const { clock, counters, lookahead, trace } = this.parts;
    const startMs = clock.nowMs();
    const found = await this.settle(signal);
    if (found === undefined) return undefined;
    // Nothing is awaited from here on: the head that settled is the one that is drawn.
    const { planned } = found.picture;
    this.planner.draw();
    const release = this.parts.cache.hold(found.picture);
    this.parts.slow.letGo(planned.path);
    this.started = true;
    this.takenAtMs = clock.nowMs();
    this.expected = false;
    counters.countShown(planned.path, found.waited, urgent);
    const waitedMs = clock.nowMs() - startMs;
    if (found.waited && urgent) this.warnLate(planned.path, waitedMs);
    trace({
      name: 'next',
      category: 'lookup',
      durationMs: waitedMs,
      metadata: { path: planned.path, hit: !found.waited },
    });
    lookahead.kick();
    return {
      picture: found.picture.stored.ref,
      label: this.labelOf(planned.path),
      theme: planned.theme,
      ...turnOf(this.planner, planned),
      release: () => {
        release();
        lookahead.kick();
      },
    };
  }

  /** Makes the next picture resident without taking it, unless the cache is full. Whether it is. */
  async warm(signal: AbortSignal): Promise<boolean> {
    return (await this.settle(signal, () => this.planner.peek(1)[0], false)) !== undefined;
  }

  /** Makes the next picture resident; one that turns out to be broken leaves its place to another. */
  private async settle(
    signal: AbortSignal,
    headOf = (): PlannedFile | undefined => this.planner.head,
    patient = true,
  ): Promise<{ picture: CachedPicture; waited: boolean } | undefined> {
    const { cache, quarantine, slow, lookahead } = this.parts;
    let waited = false;
    /** The file that was looked at last: the picture kept of it is that of the file as it is now. */
    let looked: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      const head = headOf();
      if (head === undefined && !this.waitsForSlow) return undefined;
      if (head === undefined) {
        await unlessAborted(slow.over, signal);
        continue;
      }
      const picture = cache.resident(head.path, this.target);
      if (picture !== undefined && looked === head.path) return { picture, waited };
      if (picture !== undefined) {
        looked = head.path;
        if ((await unlessAborted(this.look(head.path), signal)) === 'gone') lookahead.lose(head.path);
        continue;
      }
      waited = true;
      // One that was kept is of another time or for another scene.
      slow.letGo(head.path);
      const epoch = cache.roomEpoch;
      const load = cache.load(head, this.target, true);
      const outcome = await this.patiently(load, head, signal);
      if (outcome === 'slow') slow.passOver(head.path, this.target, load);
      if (outcome === 'slow' || outcome === 'other') continue;
      if (outcome.kind === 'gone' || (outcome.kind === 'bad' && quarantine.excludes(head.path)))
        lookahead.lose(head.path);
      if (outcome.kind !== 'no-room') continue;
      slow.letGo();
      if (!patient) return undefined;
      // The windows may be those of another moment: have them aimed anew, then wait for a release.
      lookahead.kick();
      await cache.room(epoch, this.target, signal);
    }
  }

  /** Whether all that it could show now takes long, and nothing else would be shown in its place. */
  private get waitsForSlow(): boolean {
    return !this.isMixed && this.planner.size > 0 && this.parts.slow.areThere;
  }

  /** The outcome of a load; or that it takes long and there are others, or that one that took long is ready now. */
  private async patiently(
    load: Promise<LoadOutcome>,
    { path }: PlannedFile,
    signal: AbortSignal,
  ): Promise<LoadOutcome | 'slow' | 'other'> {
    const waiting = new AbortController();
    const isAlone = (): boolean => this.planner.peek(2).every((other) => other.path === path);
    const patience = (async () => {
      let ms = Math.max(0, PATIENCE_MS - this.parts.cache.loadingMs(path, this.target));
      do {
        await delay(ms, waiting.signal);
        ms = PATIENCE_MS;
      } while (isAlone());
      return 'slow' as const;
    })();
    patience.catch(() => {});
    const other = this.parts.slow.over.then(() => 'other' as const);
    try {
      return await unlessAborted(Promise.race([load, patience, other]), signal);
    } finally {
      waiting.abort();
    }
  }

  /** Whether the file of a resident picture is as it was when it was decoded. A disk that does not answer holds no picture up. */
  private async look(path: string): Promise<'same' | 'changed' | 'gone'> {
    const waiting = new AbortController();
    const patience = delay(LONGEST_LOOK_MS, waiting.signal).then(
      () => 'same' as const,
      () => 'same' as const,
    );
    const seen = await Promise.race([this.parts.cache.recheck(path, this.target), patience]);
    waiting.abort();
    return seen;
  }

  private warnLate(path: string, waitedMs: number): void {
    const { log, settings } = this.parts;
    if (waitedMs <= settings.now.syncWarningMs) return;
    log.warn('a picture change waited for its decode', { file: path, waitedMs: Math.round(waitedMs) });
  }

  private labelOf(path: string): string {
    const label = relative(this.parts.folder, path);
    return label.startsWith('..') || isAbsolute(label) ? path : label;
  }
}

/** Leaves no listener behind. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
