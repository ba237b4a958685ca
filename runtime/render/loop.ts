/** The render loop: takes commands in, draws what changed at frame edges, presents it, sleeps while nothing moves. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { ClipTable } from '../arena/clip-table';
import { Directory } from '../arena/directory';
import { monotonicMs } from '../core/clock';
import type { StageBatch, StageCommand } from '../stage/commands';
import { ClipPlayer } from './clip-player';
import { Lead } from './lead';
import type { FromRenderThread, OpenMessage, RenderThreadData, ToRenderThread } from './messages';
import { Pacer } from './pacer';
import type { Renderer } from './renderer';
import { Screen, STILL_WAKE_MS } from './screen';
import { SeamWatch } from './seam-watch';
import { StageState } from './stage-state';
import { RenderStats } from './stats';
import { createStageTime, type UntimedTime, type TimedTime } from './stage-time';

/** A refresh longer ago than this many periods tells nothing of where they are now. */
const RECENT_PERIODS = 4;
/** Untimed, a thread that waits for a frame of a clip is rung when it is there; this is for a ring that it missed. */
const BEHIND_WAKE_MS = 20;
/** Before a display is open. */
const USUAL_PERIOD_MS = 1000 / 60;

interface Receipt {
  readonly receipt: number;
  readonly black: number;
  readonly repeated: number;
}

export class RenderLoop {
  private readonly doorbell: Int32Array;
  private readonly stats: RenderStats;
  private readonly seams: SeamWatch;
  private readonly screen: Screen;
  private readonly clips: ClipPlayer;
  private readonly lead = new Lead();
  private readonly stage: StageState;
  private readonly retired: number[] = [];
  /** Ids of layers that followed a clip on, each with the stage ms. */
  private readonly begun: number[] = [];
  private receipts: Receipt[] = [];
  private time: TimedTime | UntimedTime = createStageTime(false);
  private pacer = new Pacer({ originMs: 0, periodMs: USUAL_PERIOD_MS });
  /** The refresh that the pacer was told of last. */
  private lastRefreshMs = 0;
  private lastPresentMs = 0;
  /** Whether the turn before this one presented: only then is the time between them an interval. */
  private presentedLast = false;
  /** Whether the last frame was black although content was due. */
  private wasBlack = false;
  /** Pictures on the stage of which no frame was shown yet: one that fades in begins invisible. */
  private unseen = 0;
  private held = false;
  private stopping = false;

  constructor(
    data: RenderThreadData,
    private readonly port: MessagePort,
  ) {
    this.doorbell = new Int32Array(data.doorbell);
    this.stats = new RenderStats(data.stats);
    this.seams = new SeamWatch(this.stats);
    this.clips = new ClipPlayer(new ClipTable(data.clips), this.stats);
    this.stage = new StageState(this.clips);
    this.screen = new Screen({
      directory: new Directory(data.directory),
      clips: this.clips,
      post: (message) => this.post(message),
      adopted: ({ pace = 'timer', refreshHz }, periodMs) => {
        this.pacer = new Pacer({ originMs: monotonicMs(), periodMs, refreshMs: 1000 / refreshHz, pace });
        this.clips.periodMs = periodMs;
      },
    });
  }

  /** Runs until told to stop. Everything it opened is closed when it returns. */
  run(): void {
    while (!this.stopping) {
      const rung = Atomics.load(this.doorbell, 0);
      this.drain();
      if (this.stopping) break;
      const wakeMs = this.turn();
      const waitMs = wakeMs - monotonicMs();
      if (waitMs > 0) Atomics.wait(this.doorbell, 0, rung, waitMs);
    }
    this.screen.close();
  }

  private post(message: FromRenderThread): void {
    this.port.postMessage(message);
  }

  private drain(): void {
    for (let got = receiveMessageOnPort(this.port); got !== undefined; got = receiveMessageOnPort(this.port)) {
      const message = got.message as ToRenderThread;
      if (message.kind === 'batch') this.applyBatch(message);
      else if (message.kind === 'surface') this.screen.takeSurface(message);
      else if (message.kind === 'no-surface') this.screen.hearRefusal(message);
      else if (message.kind === 'open') this.open(message);
      else if (message.kind === 'tried') this.screen.hearTrial(message);
      else if (message.kind === 'power')
        this.post({ kind: 'powered', id: message.id, ...this.screen.switch(message.on) });
      else if (message.kind === 'capture') this.capture(message.id, message.address);
      else if (message.kind === 'hold') this.hold();
      else this.stopping = true;
    }
  }

  private open(asked: OpenMessage): void {
    this.time = createStageTime(asked.untimed);
    this.screen.open(asked);
  }

  private applyBatch(batch: StageBatch): void {
    for (const command of batch.commands) this.applyCommand(command);
    this.time.touch();
    if (batch.receipt !== undefined) {
      this.receipts.push({
        receipt: batch.receipt,
        black: this.stats.get('black'),
        repeated: this.stats.get('repeated'),
      });
    }
  }

  private applyCommand(command: StageCommand): void {
    if (command.op === 'pause') this.time.pause(command.atMs);
    else if (command.op === 'resume') this.time.resume(command.atMs);
    else if (command.op === 'horizon') this.time.setHorizon(command.untilMs);
    else {
      const removed = this.stage.apply(command);
      if (removed !== 0) this.retired.push(removed);
    }
  }

  /** One turn of the loop. Returns the monotonic time at which the next one is due. */
  private turn(): number {
    const nowMs = monotonicMs();
    this.stats.set('aliveAtMs', nowMs);
    if (this.held) return nowMs + STILL_WAKE_MS;
    if (nowMs >= this.screen.nextPollMs) this.screen.look(nowMs);
    const { renderer, asked } = this.screen;
    if (renderer === undefined) return nowMs + STILL_WAKE_MS;
    return asked.untimed ? this.untimedTurn(renderer) : this.timedTurn(renderer, nowMs);
  }

  private timedTurn(renderer: Renderer, realMs: number): number {
    const { pacer, stage, screen, lead } = this;
    const nowMs = pacer.planFor(realMs, lead.ms);
    if (pacer.isDrawn(nowMs)) {
      const aheadMs = pacer.nextSlotMs - lead.ms;
      return Math.min(aheadMs > realMs ? aheadMs : pacer.nextSlotMs, screen.nextPollMs);
    }
    const missed = pacer.take(nowMs);
    const dueMs = pacer.takenDueMs;
    const atMs = this.time.at(dueMs);
    const overdue = missed > 0 && !this.time.isPaused ? this.countMissed(missed, dueMs) : 0;
    const hasContent = this.frame(renderer, atMs, pacer.latestMs - overdue * pacer.periodMs, dueMs);
    const ready = screen.dark || (renderer.prepare?.(stage, monotonicMs() + screen.sliceMs) ?? true);
    if (!ready || (this.isContentDue && !hasContent)) return pacer.next(dueMs);
    const changeMs = this.time.isPaused ? Infinity : stage.nextChangeMs(atMs) + (dueMs - atMs);
    const nextMs = pacer.next(changeMs);
    if (!pacer.wasFlowing || !pacer.isClockwork) lead.forget();
    return Math.min(nextMs - lead.ms, screen.nextPollMs);
  }

  /**
   * Counts refreshes that went by before the one due at `dueMs`: in all of them the frame before stayed on, and those from
   * which the stage moved on had a frame of their own. Returns for how many refreshes the frame now drawn has been due.
   */
  private countMissed(missed: number, dueMs: number): number {
    const { periodMs } = this.pacer;
    let dropped = 0;
    for (let back = missed; back > 0; back--) {
      const atMs = this.time.at(dueMs - back * periodMs);
      if (this.stage.movesWithin(atMs, atMs + periodMs)) dropped += 1;
    }
    this.stats.add('repeated', missed);
    this.stats.add('dropped', dropped);
    return missed - dropped;
  }

  private untimedTurn(renderer: Renderer): number {
    const { stage, pacer, screen } = this;
    const nowMs = monotonicMs();
    const time = this.time as UntimedTime;
    if (stage.waitsForClip(time.nowMs)) return nowMs + BEHIND_WAKE_MS;
    const atMs = time.advance(stage, pacer.periodMs);
    if (atMs !== undefined) {
      this.frame(renderer, atMs, Infinity);
      return nowMs;
    }
    if (time.announceHorizon()) this.post({ kind: 'horizon', atMs: time.nowMs });
    return screen.nextPollMs;
  }

  /**
   * Draws one frame, waits for `presentAtMs` where that is to come, and presents it; returns whether any of the show is on it. After
   * `latestMs` it is late. Both monotonic.
   */
  private frame(renderer: Renderer, atMs: number, latestMs: number, presentAtMs = 0): boolean {
    const { stats, stage, screen, lead } = this;
    stage.handOver(atMs, this.begun);
    stage.retire(atMs, this.retired);
    stage.advanceClips(atMs);
    const arrivals = stage.countArrivals(atMs);
    this.unseen += arrivals;
    const startMs = monotonicMs();
    const drawn = screen.draw(renderer, stage, atMs);
    if (drawn.changed) {
      const composedMs = monotonicMs();
      if (this.pacer.isClockwork) lead.took(composedMs - startMs, this.pacer.periodMs);
      const handedMs = lead.waitUntil(presentAtMs, composedMs);
      screen.present(drawn.damage);
      const endMs = monotonicMs();
      this.keepPace(endMs);
      stats.add('composeMs', composedMs - startMs);
      stats.add('presentMs', endMs - handedMs);
      stats.add('presented', 1);
      if (endMs > latestMs) stats.add('late', 1);
      if (this.pacer.wasFlowing && this.presentedLast) stats.intervals.record(endMs - this.lastPresentMs);
      this.lastPresentMs = endMs;
      if (this.unseen > 0) {
        stats.changes.record(composedMs - startMs + endMs - handedMs);
        stats.add('pictureChanges', this.unseen);
        this.unseen = 0;
      }
      if (drawn.hasContent && stats.get('firstContentAtMs') === 0) stats.set('firstContentAtMs', endMs);
    }
    this.presentedLast = drawn.changed;
    const isBlack = this.isContentDue && !drawn.hasContent;
    if (isBlack) stats.add('black', 1);
    if (isBlack && !this.wasBlack) this.post({ kind: 'black', atMs, layers: stage.describe(atMs) });
    this.wasBlack = isBlack;
    this.seams.frame(atMs, arrivals > 0, stage.inTransition(atMs, this.pacer.periodMs));
    stats.set('stageNowMs', atMs);
    if (this.begun.length > 0) this.sendBegun();
    if (this.retired.length > 0) this.post({ kind: 'retired', ids: this.retired.splice(0) });
    if (this.receipts.length > 0) this.sendReceipts(atMs);
    return drawn.hasContent;
  }

  private get isContentDue(): boolean {
    return this.stage.contentExpected && !this.screen.dark;
  }

  /** Tells the pacer what the display let us know with the frame that it was handed at `nowMs`. */
  private keepPace(nowMs: number): void {
    const { pacer } = this;
    const { output } = this.screen;
    if (output?.pace === 'swap') pacer.swapped(nowMs);
    const refreshMs = output?.refreshedAtMs ?? 0;
    if (refreshMs === this.lastRefreshMs) return;
    this.lastRefreshMs = refreshMs;
    if (nowMs - refreshMs < RECENT_PERIODS * pacer.periodMs) pacer.refreshed(refreshMs);
  }

  private sendBegun(): void {
    for (let at = 0; at < this.begun.length; at += 2)
      this.post({ kind: 'began', id: this.begun[at]!, atMs: this.begun[at + 1]! });
    this.begun.length = 0;
  }

  private sendReceipts(atMs: number): void {
    for (const { receipt, black, repeated } of this.receipts) {
      this.post({
        kind: 'receipt',
        receipt,
        frame: this.stats.get('presented'),
        atMs,
        blackFrames: this.stats.get('black') - black,
        repeatedFrames: this.stats.get('repeated') - repeated,
      });
    }
    this.receipts = [];
  }

  private hold(): void {
    this.held = true;
    this.post({ kind: 'held' });
  }

  private capture(id: number, address: number): void {
    const order = this.screen.capture(address);
    this.post({ kind: 'captured', id, order });
  }
}
