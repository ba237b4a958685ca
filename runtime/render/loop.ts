/** The render loop: takes commands in, draws what changed at frame edges, presents it, sleeps while nothing moves. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { Directory } from '../arena/directory';
import { monotonicMs } from '../core/clock';
import { messageOf } from '../core/errors';
import { betterThan, openFirst, rendererOf, type Attempt, type Excluded, type Wanted } from '../display/chain';
import { openMemoryOutput } from '../display/offscreen';
import type { Output, OutputName, OutputRequest, OutputSpec } from '../display/output';
import type { StageBatch, StageCommand } from '../stage/commands';
import { openCpuRenderer } from './cpu/renderer';
import { openGlRenderer } from './gl/renderer';
import type { FromRenderThread, OpenMessage, RenderThreadData, SurfaceMessage, ToRenderThread } from './messages';
import { Pacer } from './pacer';
import type { Renderer } from './renderer';
import { SeamWatch } from './seam-watch';
import { StageState } from './stage-state';
import { RenderStats } from './stats';
import { createStageTime, type UntimedTime, type TimedTime } from './stage-time';

/** How often a still screen looks at its display and shows that it lives. */
const STILL_WAKE_MS = 250;
/** Time in which a window manager has put a new window in its place. */
const SETTLING_MS = 500;
/** How often a display that is missing is looked for. */
const RETRY_MS = 1000;

/** A refresh longer ago than this many periods tells nothing of where they are now. */
const RECENT_PERIODS = 4;

/** Before anything was asked for. */
const USUAL_PERIOD_MS = 1000 / 60;
const NOTHING_ASKED: OpenMessage = {
  kind: 'open',
  wanted: { output: 'null', renderer: 'auto' },
  excluded: [],
  surroundings: { env: {}, drivers: [], framebuffers: [] },
  size: undefined,
  turn: 0,
  maxFps: 60,
  untimed: false,
};

interface Receipt {
  readonly receipt: number;
  readonly black: number;
  readonly repeated: number;
}

export class RenderLoop {
  private readonly doorbell: Int32Array;
  private readonly stats: RenderStats;
  private readonly seams: SeamWatch;
  private readonly directory: Directory;
  private readonly stage = new StageState();
  /** What is shown while the display is off. */
  private readonly nothing = new StageState();
  private dark = false;
  private readonly retired: number[] = [];
  private receipts: Receipt[] = [];
  private surface: SurfaceMessage | undefined;
  private renderer: Renderer | undefined;
  private output: Output | undefined;
  private asked: OpenMessage = NOTHING_ASKED;
  /** Backends that failed on a display that is there. */
  private excluded: Excluded[] = [];
  /** Outputs whose GL was proven in a process of its own, or has been open in this one. */
  private readonly trusted = new Set<OutputName>();
  /** Whether an answer to `untried` is awaited. */
  private awaitsTrial = false;
  private time: TimedTime | UntimedTime = createStageTime(false);
  private pacer = new Pacer({ originMs: 0, periodMs: USUAL_PERIOD_MS });
  /** The refresh that the pacer was told of last. */
  private lastRefreshMs = 0;
  private lastPresentMs = 0;
  /** Whether the turn before this one presented: only then is the time between them an interval. */
  private presentedLast = false;
  /** Pictures on the stage of which no frame was shown yet: one that fades in begins invisible. */
  private unseen = 0;
  private nextRetryMs = 0;
  private nextPollMs = 0;
  /** Until then a new window may lose what was drawn into it: it is watched at every refresh. */
  private settledAtMs = 0;
  private stopping = false;

  constructor(
    data: RenderThreadData,
    private readonly port: MessagePort,
  ) {
    this.doorbell = new Int32Array(data.doorbell);
    this.stats = new RenderStats(data.stats);
    this.seams = new SeamWatch(this.stats);
    this.directory = new Directory(data.directory);
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
    this.giveUpOutput();
  }

  private post(message: FromRenderThread): void {
    this.port.postMessage(message);
  }

  private drain(): void {
    for (let got = receiveMessageOnPort(this.port); got !== undefined; got = receiveMessageOnPort(this.port)) {
      const message = got.message as ToRenderThread;
      if (message.kind === 'batch') this.applyBatch(message);
      else if (message.kind === 'surface') this.takeSurface(message);
      else if (message.kind === 'open') this.openOutput(message);
      else if (message.kind === 'tried') this.hearTrial(message);
      else if (message.kind === 'power')
        this.post({ kind: 'powered', id: message.id, ...this.switchDisplay(message.on) });
      else if (message.kind === 'capture') this.capture(message.id, message.address);
      else this.stopping = true;
    }
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
    if (nowMs >= this.nextPollMs) this.lookAtDisplay(nowMs);
    const { renderer } = this;
    if (renderer === undefined) return nowMs + STILL_WAKE_MS;
    return this.asked.untimed ? this.untimedTurn(renderer) : this.timedTurn(renderer, nowMs);
  }

  private timedTurn(renderer: Renderer, nowMs: number): number {
    const { pacer, stage } = this;
    if (pacer.isDrawn(nowMs)) return Math.min(pacer.nextSlotMs, this.nextPollMs);
    const missed = pacer.take(nowMs);
    const dueMs = pacer.takenDueMs;
    const atMs = this.time.at(dueMs);
    const overdue = missed > 0 && !this.time.isPaused ? this.countMissed(missed, dueMs) : 0;
    const hasContent = this.frame(renderer, atMs, pacer.latestMs - overdue * pacer.periodMs);
    const ready = this.dark || (renderer.prepare?.(stage, monotonicMs() + this.surface!.textures.sliceMs) ?? true);
    if (!ready || (this.isContentDue && !hasContent)) return pacer.next(dueMs);
    const changeMs = this.time.isPaused ? Infinity : stage.nextChangeMs(atMs) + (dueMs - atMs);
    return Math.min(pacer.next(changeMs), this.nextPollMs);
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
    const { stage, pacer } = this;
    const nowMs = monotonicMs();
    const time = this.time as UntimedTime;
    const atMs = time.advance(stage, pacer.periodMs);
    if (atMs !== undefined) {
      this.frame(renderer, atMs, Infinity);
      return nowMs;
    }
    if (time.announceHorizon()) this.post({ kind: 'horizon', atMs: time.nowMs });
    return this.nextPollMs;
  }

  /** Draws and presents one frame; returns whether any of the show is on it. After `latestMs`, monotonic, it is late. */
  private frame(renderer: Renderer, atMs: number, latestMs: number): boolean {
    const { stats, stage } = this;
    stage.retire(atMs, this.retired);
    const arrivals = stage.countArrivals(atMs);
    this.unseen += arrivals;
    const startMs = monotonicMs();
    const drawn = renderer.draw(this.dark ? this.nothing : stage, atMs);
    if (drawn.changed) {
      const composedMs = monotonicMs();
      if (this.output?.present(drawn.damage) === false) this.loseOutput();
      const endMs = monotonicMs();
      this.keepPace(endMs);
      stats.add('composeMs', composedMs - startMs);
      stats.add('presentMs', endMs - composedMs);
      stats.add('presented', 1);
      if (endMs > latestMs) stats.add('late', 1);
      if (this.pacer.wasMoving && this.presentedLast) stats.intervals.record(endMs - this.lastPresentMs);
      this.lastPresentMs = endMs;
      if (this.unseen > 0) {
        stats.changes.record(endMs - startMs);
        stats.add('pictureChanges', this.unseen);
        this.unseen = 0;
      }
      if (drawn.hasContent && stats.get('firstContentAtMs') === 0) stats.set('firstContentAtMs', endMs);
    }
    this.presentedLast = drawn.changed;
    if (this.isContentDue && !drawn.hasContent) stats.add('black', 1);
    this.seams.frame(atMs, arrivals > 0, stage.inTransition(atMs, this.pacer.periodMs));
    stats.set('stageNowMs', atMs);
    if (this.retired.length > 0) this.post({ kind: 'retired', ids: this.retired.splice(0) });
    if (this.receipts.length > 0) this.sendReceipts(atMs);
    return drawn.hasContent;
  }

  private get isContentDue(): boolean {
    return this.stage.contentExpected && !this.dark;
  }

  /** Off: black goes to the screen before it is switched, so that one that cannot be is dark too. On: everything is drawn anew. */
  private switchDisplay(on: boolean): { readonly by?: string; readonly because?: string } {
    this.dark = !on;
    const { output, renderer } = this;
    if (output === undefined) return { because: 'no display is open' };
    if (!on && renderer !== undefined) {
      const { changed, damage } = renderer.draw(this.nothing, 0);
      if (changed && !output.present(damage)) return { because: 'the display is gone' };
    }
    try {
      if (output.power === undefined) return { because: `the output ${output.name} cannot switch its screen` };
      return { by: output.power(on) };
    } catch (cause) {
      return { because: messageOf(cause) };
    } finally {
      if (on) renderer?.invalidate();
    }
  }

  /** Tells the pacer what the display let us know with the frame that it was handed at `nowMs`. */
  private keepPace(nowMs: number): void {
    const { output, pacer } = this;
    if (output?.pace === 'swap') pacer.swapped(nowMs);
    const refreshMs = output?.refreshedAtMs ?? 0;
    if (refreshMs === this.lastRefreshMs) return;
    this.lastRefreshMs = refreshMs;
    if (nowMs - refreshMs < RECENT_PERIODS * pacer.periodMs) pacer.refreshed(refreshMs);
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

  private capture(id: number, address: number): void {
    if (this.surface !== undefined && this.output !== undefined) {
      const bytes = this.output.widthPx * this.output.heightPx * 4;
      this.renderer?.capture(new Uint8Array(this.surface.memory.buffer as unknown as ArrayBuffer, address, bytes));
    }
    this.post({ kind: 'captured', id });
  }

  private tryOpen(wanted: Wanted, backends?: readonly OutputSpec[]): ReturnType<typeof openFirst> {
    const { size, surroundings, rates = [] } = this.asked;
    return openFirst(wanted, { size, rates, ...surroundings } satisfies OutputRequest, this.excluded, backends);
  }

  private openOutput(asked: OpenMessage): void {
    this.asked = asked;
    this.excluded = [...asked.excluded];
    this.time = createStageTime(asked.untimed);
    const { output, attempts } = this.tryOpen(asked.wanted);
    if (output === undefined) {
      // The main thread decides what becomes of it, and ends this one.
      this.post({ kind: 'not-opened', attempts });
      return;
    }
    this.adopt(output, attempts);
  }

  /** Takes an output into use. The main thread answers with a surface of its size. */
  private adopt(output: Output, attempts: readonly Attempt[]): void {
    this.giveUpOutput();
    this.output = output;
    this.nextPollMs = 0;
    this.settledAtMs = monotonicMs() + SETTLING_MS;
    const { name, driver, widthPx, heightPx, refreshHz } = output;
    if (output.context !== undefined) this.trusted.add(name);
    this.pacer = new Pacer({
      originMs: monotonicMs(),
      periodMs: 1000 / Math.min(this.asked.maxFps, refreshHz),
      refreshMs: 1000 / refreshHz,
      pace: output.pace ?? 'timer',
    });
    const renderer = rendererOf(output);
    this.post({ kind: 'opened', output: name, renderer, driver, widthPx, heightPx, refreshHz, attempts });
  }

  /** The renderer first: its textures are the context's. */
  private giveUpOutput(): void {
    this.renderer?.close();
    this.renderer = undefined;
    this.output?.close();
    this.output = undefined;
  }

  private takeSurface(surface: SurfaceMessage): void {
    const { output } = this;
    // Meant for an output that was given up meanwhile: another one is on its way.
    if (output === undefined || (surface.canvas === undefined) !== (output.context !== undefined)) return;
    this.renderer?.close();
    this.renderer = undefined;
    this.surface = surface;
    try {
      this.renderer = this.openRenderer(output, surface);
      // Another display, or the same one again: the order still holds.
      if (this.dark) this.switchDisplay(false);
    } catch (cause) {
      this.replaceBroken(output, messageOf(cause));
    }
  }

  private openRenderer(output: Output, { memory, canvas, textures }: SurfaceMessage): Renderer {
    const { directory } = this;
    const { turn, untimed } = this.asked;
    const { context, widthPx, heightPx } = output;
    if (canvas === undefined) return openGlRenderer({ context: context!, memory, directory, turn, textures });
    const { frame, plan, scratches } = canvas;
    output.attach(new Uint8Array(memory.buffer as unknown as ArrayBuffer, frame, widthPx * heightPx * 4));
    const geometry = { frame, plan, widthPx, heightPx, turn };
    return openCpuRenderer({ memory, directory, geometry, scratches, untimed });
  }

  /** The output does not take frames any more: because its display is gone, or because it broke. */
  private loseOutput(): void {
    const lost = this.output;
    if (lost === undefined) return;
    if (lost.broken !== undefined) this.replaceBroken(lost, lost.broken);
    else if (lost.context !== undefined) this.goOffscreen(lost, []);
    else {
      lost.close();
      this.playInMemory(lost);
    }
  }

  /** The next one of the chain takes the place of a backend that failed on a display that is there. */
  private replaceBroken(broken: Output, reason: string): void {
    const renderer = rendererOf(broken);
    this.excluded.push({ output: broken.name, renderer, reason });
    this.giveUpOutput();
    const failed: Attempt = { output: broken.name, renderer, outcome: 'failed', reason, ms: 0 };
    const { output, attempts } = this.tryOpen({ ...this.asked.wanted, renderer: 'auto' });
    if (output !== undefined) this.adopt(output, [failed, ...attempts]);
    else this.goOffscreen(broken, [failed, ...attempts]);
  }

  /** The show goes on in memory, drawn anew, until a display is there again. */
  private goOffscreen({ name, widthPx, heightPx }: Output, attempts: readonly Attempt[]): void {
    this.post({ kind: 'lost', output: name });
    this.adopt(openMemoryOutput('offscreen', { widthPx, heightPx }), attempts);
    this.nextRetryMs = monotonicMs() + RETRY_MS;
  }

  /** The show goes on in memory, on the same frame, until a display is there again. */
  private playInMemory(lost: Output): void {
    this.output = openMemoryOutput('offscreen', { widthPx: lost.widthPx, heightPx: lost.heightPx });
    this.renderer?.invalidate();
    this.nextRetryMs = monotonicMs() + RETRY_MS;
    this.post({ kind: 'lost', output: lost.name });
  }

  private lookAtDisplay(nowMs: number): void {
    this.nextPollMs = nowMs + (nowMs < this.settledAtMs ? this.pacer.periodMs : STILL_WAKE_MS);
    const { output, asked } = this;
    if (output === undefined) return;
    const event = output.poll();
    if (event === 'lost') this.loseOutput();
    else if (event === 'closed') this.post({ kind: 'closed' });
    else if (event === 'exposed') this.renderer?.invalidate();
    else if (event === 'resized') this.reopen(output);
    if (nowMs < this.nextRetryMs || this.renderer === undefined) return;
    this.nextRetryMs = nowMs + RETRY_MS;
    const current = { output: this.output!.name, renderer: rendererOf(this.output!) };
    for (const spec of betterThan(current, asked.wanted, asked.surroundings, this.excluded)) {
      const { name, renderer } = spec;
      if (renderer === 'gl' && !this.trusted.has(name)) {
        // A driver that hangs or crashes must do so elsewhere.
        if (!this.awaitsTrial) this.post({ kind: 'untried' });
        this.awaitsTrial = true;
        return;
      }
      const { output: better, attempts } = this.tryOpen(asked.wanted, [spec]);
      if (better !== undefined) {
        this.adopt(better, attempts);
        return;
      }
      // GL that cannot be used, or draws on the CPU, is not opened every second to find that again.
      if (renderer === 'gl')
        this.excluded.push({ output: name, renderer, reason: attempts.at(-1)?.reason ?? 'it could not be opened' });
    }
  }

  private hearTrial({ excluded, trusted }: Extract<ToRenderThread, { kind: 'tried' }>): void {
    this.awaitsTrial = false;
    this.excluded.push(...excluded);
    if (trusted !== undefined) this.trusted.add(trusted);
    this.nextRetryMs = 0;
  }

  /** The display has another size now: open it anew, as it is. */
  private reopen(output: Output): void {
    const renderer = rendererOf(output);
    this.giveUpOutput();
    const { output: again, attempts } = this.tryOpen({ output: output.name, renderer });
    if (again !== undefined) this.adopt(again, attempts);
    else this.goOffscreen(output, attempts);
  }
}
