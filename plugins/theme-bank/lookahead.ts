/** The look-ahead: decodes what will be shown next, in planner order, in batches that leave the machine room to breathe. */
import 'reflect-metadata';
import { inject, Lifecycle, scoped } from 'tsyringe';
import { CLOCK, delay, type Clock } from '../../runtime/core/clock';
import type { Log } from '../../runtime/core/log';
import { placeOf, PictureCache } from './cache';
import { shares, windows } from './cache-policy';
import { DecodeQueue } from './decode-queue';
import { LOG, SETTINGS, TRACE, type LiveSettings, type Trace } from './parts';
import type { PlannedFile, Planner } from '../../runtime/library/planner';
import { Quarantine } from '../../runtime/library/quarantine';
import type { Target } from './target';
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
  readonly planner: Planner;
  readonly target: Target;
  readonly themes: readonly ThemeClaim[];
  /** A file of its plan is gone or struck out. */
  lose(path: string): void;
}

interface Wanted {
  readonly planned: PlannedFile;
  readonly target: Target;
}

/** Pictures decoded before the first one was shown, unless `preloadAll` (the seed's first fill). */
const FIRST_FILL = 15;

/** A slow machine says so once a minute, not with every batch. */
const WARN_EVERY_MS = 60_000;

/** One for all sessions: during a reload the old and the new one share the cache. Main thread only. */
@scoped(Lifecycle.ContainerScoped)
export class LookAhead {
  private readonly reels = new Set<FedReel>();
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
    await this.running;
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
        if (outcome.landed > 0 || (outcome.lost > 0 && !outcome.full)) this.kicked = true;
      }
      if (!this.kicked) this.scheduleRetry(wanted);
    }
  }

  /** Divides the cache among the reels, pins their windows and gives back the windows in the order of need. */
  private aim(): Wanted[] {
    const { lookahead, preloadAll } = this.settings.now;
    const reels = [...this.reels];
    const capacity = Math.min(...reels.map((reel) => this.cache.capacity(reel.target)));
    const depths = windows(
      Math.max(0, capacity - this.cache.heldCount),
      reels.map((reel) => ({
        open: reel.open,
        files: reel.planner.size,
        wanted: reel.started ? lookahead : preloadAll ? capacity : FIRST_FILL,
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

  private async batch(missing: readonly Wanted[]): Promise<{ landed: number; lost: number; full: boolean }> {
    const { now } = this.settings;
    const { signal } = this.ending;
    const pace = clampPace(this.pace ?? fullPace(now), now);
    const startMs = this.clock.nowMs();
    const loads: Promise<'landed' | 'lost' | 'full'>[] = [];
    let full = false;
    for (const { planned, target } of missing.slice(0, pace.batch)) {
      if (loads.length > 0) await delay(pace.sleepMs, signal).catch(() => {});
      await this.queue.room();
      if (full || signal.aborted || this.clock.nowMs() - startMs > now.maxPreloadMs) break;
      loads.push(
        this.load(planned, target).then((outcome) => {
          full ||= outcome === 'full';
          return outcome;
        }),
      );
    }
    const outcomes = await Promise.all(loads);
    const landed = outcomes.filter((outcome) => outcome === 'landed').length;
    const elapsedMs = this.clock.nowMs() - startMs;
    this.pace = nextPace(pace, now, elapsedMs, landed);
    this.trace({
      name: 'batch',
      category: 'batch',
      durationMs: elapsedMs,
      metadata: { size: loads.length, landed, ...pace },
    });
    if (elapsedMs > now.backgroundWarningMs) this.warn(elapsedMs, loads.length);
    return { landed, lost: outcomes.filter((outcome) => outcome === 'lost').length, full };
  }

  private async load(planned: PlannedFile, target: Target): Promise<'landed' | 'lost' | 'full'> {
    try {
      const outcome = await this.cache.load(planned, target, false);
      if (outcome.kind === 'gone' || (outcome.kind === 'bad' && this.quarantine.excludes(planned.path)))
        this.lose(planned.path);
      if (outcome.kind === 'resident') return 'landed';
      return outcome.kind === 'no-room' ? 'full' : 'lost';
    } catch {
      // The queue closed, and this look-ahead closes with it.
      return 'full';
    }
  }

  private warn(elapsedMs: number, size: number): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.lastWarningMs < WARN_EVERY_MS) return;
    this.lastWarningMs = nowMs;
    const { batch, sleepMs } = this.pace!;
    this.log.warn('decoding ahead is slow', {
      elapsedMs: Math.round(elapsedMs),
      pictures: size,
      nextBatch: batch,
      sleepMs,
    });
  }

  /** Looks again when the first paused file of a window may be tried. */
  private scheduleRetry(wanted: readonly Wanted[]): void {
    const pauses = wanted.map(({ planned }) => this.quarantine.pauseMs(planned.path)).filter((pauseMs) => pauseMs > 0);
    if (pauses.length === 0) return;
    this.retry = setTimeout(() => this.kick(), Math.ceil(Math.min(...pauses)) + 1);
  }
}
