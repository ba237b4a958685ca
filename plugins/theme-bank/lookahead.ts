/** The look-ahead: decodes the pictures that are shown next, in planner order, in batches that leave the machine room to breathe. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { CLOCK, type Clock } from '../../runtime/core/clock';
import type { Log } from '../../runtime/core/log';
import { within } from '../../runtime/core/within';
import { PictureCache, type LoadOutcome } from './cache';
import { shares, windows } from './cache-policy';
import { DecodeQueue, FAREWELL_MS, WithdrawnError } from './decode-queue';
import { LOG, SETTINGS, TRACE, type LiveSettings, type Trace } from './parts';
import type { PlannedFile, Planner } from '../../runtime/library/planner';
import { Quarantine } from '../../runtime/library/quarantine';
import { PATIENCE_MS, SlowPictures } from './slow-pictures';
import { placeOf, type Target } from './target';
import { clampPace, fullPace, nextPace, type Pace } from './throttle';

export interface ThemeClaim {
  readonly name: string;
  readonly weight: number;
  readonly files: number;
}

/** A reel as the look-ahead sees it. */
export interface FedReel {
  /** Somebody plays it, or is about to. */
  readonly open: boolean;
  /** Whether it has handed out a picture yet: until then only the first fill is decoded. */
  readonly started: boolean;
  /** How long a picture is shown, and when the last one was taken. */
  readonly cycleMs: number;
  readonly takenAtMs: number;
  readonly planner: Planner;
  readonly target: Target;
  readonly themes: readonly ThemeClaim[];
  /** A file of its plan is gone or struck out. */
  lose(path: string): void;
}

type LoadResult = 'landed' | 'lost' | 'full' | 'withdrawn';

interface BatchOutcome {
  readonly landed: number;
  readonly lost: number;
  readonly full: boolean;
  /** It ended at its limit of time. */
  readonly over: boolean;
}

interface Wanted {
  readonly planned: PlannedFile;
  readonly target: Target;
}

/** Pictures decoded before the first one was shown, unless `preloadAll` or a shorter `lookahead` (the seed's first fill). */
const FIRST_FILL = 15;

/** A slow machine is reported once a minute, not with every batch. */
const WARN_EVERY_MS = 60_000;

/** One for all sessions: during a reload the old and the new one share the cache. Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class LookAhead {
  private readonly reels = new Set<FedReel>();
  /** Reels for which the whole cache was filled once, with `preloadAll`. */
  private readonly filled = new WeakSet<FedReel>();
  private pace: Pace | undefined;
  private kicked = false;
  private running: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private lastWarningMs = -Infinity;
  private readonly ending = new AbortController();

  constructor(
    @inject(PictureCache) private readonly cache: PictureCache,
    @inject(DecodeQueue) private readonly queue: DecodeQueue,
    @inject(Quarantine) private readonly quarantine: Quarantine,
    @inject(SlowPictures) private readonly slow: SlowPictures,
    @inject(SETTINGS) private readonly settings: LiveSettings,
    @inject(CLOCK.key) private readonly clock: Clock,
    @inject(LOG) private readonly log: Log,
    @inject(TRACE) private readonly trace: Trace,
  ) {}

  /** Pictures in the next batch. */
  get batchSize(): number {
    return Math.min(this.pace?.batch ?? Infinity, this.settings.now.batch);
  }

  /** Feeds a reel from now on; returns the act of not feeding it any more. */
  add(reel: FedReel): () => void {
    this.reels.add(reel);
    return () => {
      this.reels.delete(reel);
      this.kick();
    };
  }

  /** A file is gone or struck out: every plan goes on without it. */
  lose(path: string): void {
    this.slow.letGo(path);
    for (const reel of this.reels) reel.lose(path);
  }

  /** Something changed: a picture was taken or released, files joined, options changed. Looks again soon. */
  kick(): void {
    if (this.ending.signal.aborted) return;
    clearTimeout(this.retry);
    this.kicked = true;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Resolves when nothing is being decoded ahead. */
  async idle(): Promise<void> {
    await this.running;
  }

  async close(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.retry);
    await within(this.running ?? Promise.resolve(), FAREWELL_MS);
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (this.kicked && !signal.aborted) {
      this.kicked = false;
      // Whoever kicked goes on first; several kicks in a row become one look.
      await new Promise(setImmediate);
      const wanted = this.aim();
      await this.recheck(wanted);
      const missing = wanted.filter((one) => this.isMissing(one));
      if (missing.length > 0 && !signal.aborted) {
        const outcome = await this.batch(missing);
        // Without room there is nothing to do until something is released, which kicks.
        if (outcome.landed > 0 || ((outcome.lost > 0 || outcome.over) && !outcome.full)) this.kicked = true;
        if (outcome.full) this.noteFilled();
      } else this.noteFilled();
      if (!this.kicked) this.scheduleRetry();
    }
  }

  /** Nothing more can be decoded for the reels that are open: their first fill is over. */
  private noteFilled(): void {
    for (const reel of this.reels) if (reel.open) this.filled.add(reel);
  }

  /** How far a reel would like to look ahead, given what the cache holds at most. */
  private reach(reel: FedReel, capacity: number): number {
    const { lookahead, preloadAll } = this.settings.now;
    if (preloadAll && !(reel.started && this.filled.has(reel))) return capacity;
    return reel.started ? lookahead : Math.min(FIRST_FILL, lookahead);
  }

  /** Divides the cache among the reels, pins their windows and returns the windows in the order of need. */
  private aim(): Wanted[] {
    const reels = [...this.reels];
    const capacity = Math.min(...reels.map((reel) => this.cache.capacity(reel.target)));
    const depths = windows(
      Math.max(0, capacity - this.cache.heldCount),
      reels.map((reel) => ({
        open: reel.open,
        files: reel.planner.size,
        wanted: this.reach(reel, capacity),
      })),
    );
    const ahead = reels.map((reel, at) =>
      reel.planner.peek(depths[at]!).map((planned) => ({ planned, target: reel.target })),
    );
    const nearestFirst = Array.from({ length: Math.max(0, ...depths) }, (_, at) =>
      ahead.flatMap((list) => list[at] ?? []),
    );
    const pins = new Map<string, number>();
    for (const [draws, row] of nearestFirst.entries()) {
      for (const { planned, target } of row) {
        const place = placeOf(planned.path, target);
        if (!pins.has(place)) pins.set(place, draws);
      }
    }
    this.cache.steer(pins, this.themeShares(reels, capacity));
    return nearestFirst.flat();
  }

  private themeShares(reels: readonly FedReel[], capacity: number): (theme: string) => number {
    const claims = new Map(
      reels.filter((reel) => reel.open).flatMap((reel) => reel.themes.map((theme) => [theme.name, theme])),
    );
    const granted = shares(capacity, [...claims.values()]);
    const table = new Map([...claims.keys()].map((name, at) => [name, granted[at]!]));
    return (theme) => table.get(theme) ?? 0;
  }

  private async recheck(wanted: readonly Wanted[]): Promise<void> {
    for (const { planned, target } of wanted) {
      if (this.ending.signal.aborted) return;
      if ((await this.cache.recheck(planned.path, target)) === 'gone') this.lose(planned.path);
    }
  }

  private isMissing({ planned, target }: Wanted): boolean {
    const { path } = planned;
    return (
      this.cache.resident(path, target) === undefined &&
      !this.cache.isLoading(path, target) &&
      !this.quarantine.blocks(path)
    );
  }

  /**
   * Decodes some of what is missing, in order. After `maxPreloadMs` from the first decode on nothing more of it begins: what waits is
   * withdrawn, what runs is finished.
   */
  private async batch(missing: readonly Wanted[]): Promise<BatchOutcome> {
    const { now } = this.settings;
    const { signal } = this.ending;
    const pace = clampPace(this.pace ?? fullPace(now), now);
    this.queue.sleepMs = pace.sleepMs;
    const startMs = this.clock.nowMs();
    const busyBeforeMs = this.queue.unhurriedMs;
    const some = missing.slice(0, pace.batch);
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const begun = (): void => {
      timer ??= setTimeout(() => limit.abort(), now.maxPreloadMs);
    };
    const over = new Promise<void>((resolve) => limit.signal.addEventListener('abort', () => resolve()));
    void over.then(() => some.forEach(({ planned, target }) => this.cache.withdraw(planned.path, target)));
    const loads: Promise<LoadResult>[] = [];
    let full = false;
    for (const { planned, target } of some) {
      await Promise.race([this.queue.room(), over]);
      if (full || signal.aborted || limit.signal.aborted) break;
      loads.push(
        this.load(planned, target, begun).then((outcome) => {
          full ||= outcome === 'full';
          return outcome;
        }),
      );
    }
    const outcomes = await Promise.all(loads);
    clearTimeout(timer);
    const landed = outcomes.filter((outcome) => outcome === 'landed').length;
    const busyMs = this.queue.unhurriedMs - busyBeforeMs;
    this.pace = nextPace(pace, now, busyMs, landed);
    this.trace({
      name: 'batch',
      category: 'batch',
      durationMs: busyMs,
      metadata: { size: loads.length, landed, elapsedMs: this.clock.nowMs() - startMs, ...pace },
    });
    if (busyMs > now.backgroundWarningMs) this.warnBehind(busyMs, landed);
    return { landed, lost: outcomes.filter((outcome) => outcome === 'lost').length, full, over: limit.signal.aborted };
  }

  private async load(planned: PlannedFile, target: Target, begun: () => void): Promise<LoadResult> {
    let timer: NodeJS.Timeout | undefined;
    let begins = (): void => {};
    const isSlow = new Promise<'slow'>((resolve) => {
      begins = () => {
        begun();
        timer = setTimeout(() => resolve('slow'), PATIENCE_MS);
      };
    });
    try {
      const load = this.cache.load(planned, target, false, () => begins());
      const outcome = await Promise.race([load, isSlow]);
      return outcome === 'slow' ? this.passOver(planned, target, load) : this.noted(planned, outcome);
    } catch (cause) {
      // Else the queue closed, and this look-ahead closes with it.
      return cause instanceof WithdrawnError ? 'withdrawn' : 'full';
    } finally {
      clearTimeout(timer);
    }
  }

  /** The others are decoded while one takes long. */
  private passOver(planned: PlannedFile, target: Target, load: Promise<LoadOutcome>): LoadResult {
    this.slow.passOver(planned.path, target, load);
    load.then(
      (outcome) => {
        this.noted(planned, outcome);
        this.kick();
      },
      () => {}, // Closing.
    );
    return 'lost';
  }

  private noted({ path }: PlannedFile, { kind }: LoadOutcome): LoadResult {
    if (kind === 'gone' || (kind === 'bad' && this.quarantine.excludes(path))) this.lose(path);
    if (kind === 'resident') return 'landed';
    return kind === 'no-room' ? 'full' : 'lost';
  }

  /** Warns where decoding does not keep up with what is shown: a slow machine that has time enough is no fault. */
  private warnBehind(busyMs: number, pictures: number): void {
    const nowMs = this.clock.nowMs();
    if (pictures === 0 || nowMs - this.lastWarningMs < WARN_EVERY_MS) return;
    const pictureMs = busyMs / pictures;
    const behind = [...this.reels].find((reel) => reel.open && reel.started && this.isBehind(reel, pictureMs, nowMs));
    if (behind === undefined) return;
    this.lastWarningMs = nowMs;
    const { batch, sleepMs } = this.pace!;
    this.log.warn('decoding ahead does not keep up with the show', {
      perPictureMs: Math.round(pictureMs),
      shownForMs: behind.cycleMs,
      pictures,
      readyAhead: this.readyAhead(behind),
      nextBatch: batch,
      sleepMs,
    });
  }

  private isBehind(reel: FedReel, pictureMs: number, nowMs: number): boolean {
    if (reel.planner.size < 2) return false;
    if (pictureMs > reel.cycleMs) return true;
    return this.readyAhead(reel) === 0 && nowMs + pictureMs > reel.takenAtMs + reel.cycleMs;
  }

  /** Pictures that are ready of those that come next, up to the first that is not. */
  private readyAhead({ planner, target }: FedReel): number {
    const next = planner.peek(Math.min(planner.size, this.settings.now.lookahead));
    const missing = next.findIndex(({ path }) => this.cache.resident(path, target) === undefined);
    return missing < 0 ? next.length : missing;
  }

  /** Looks again when the first paused file may be tried: plans pass over it until then. */
  private scheduleRetry(): void {
    if (this.ending.signal.aborted) return;
    const pauses = this.quarantine
      .paths()
      .map((path) => this.quarantine.pauseMs(path))
      .filter((pauseMs) => pauseMs > 0);
    if (pauses.length === 0) return;
    this.retry = setTimeout(() => this.kick(), Math.ceil(Math.min(...pauses)) + 1);
  }
}
