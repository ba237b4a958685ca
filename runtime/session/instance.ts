/** The instance: the one running show and everything a person can do to it, reloads as transactions included. */
import { isDeepStrictEqual } from 'node:util';
import type { ErrorLog } from '../core/error-log';
import { issuesError, messageOf, VitrineError } from '../core/errors';
import { createEmitter, type Emitter } from '../core/events';
import { collectGarbage } from '../core/heap';
import type { PluginHostRuntime } from '../core/host';
import type { Log } from '../core/log';
import type { Scope } from '../core/scope';
import { visible } from '../core/visible';
import { cueIndex, goTo, startCursor } from '../show/cursor';
import { parseShowBeside } from '../show/parse-beside';
import { createRandom } from '../show/random';
import type { Show } from '../show/types';
import type { MediaNews, StageItem } from '../stage/media';
import type { Panel } from '../stage/panel';
import type { Seek } from '../stage/seek';
import type { SoundNews } from '../stage/sound';
import type { Director } from './director';
import type { Settle } from './grant';
import { createScore, type Aim, type ScorePast, type Wish } from './score';
import type { SeekOutcome } from './seeking';
import { openSession, type Session } from './session';
import type { SessionEvents } from './session-events';
import type { Stage } from './stage';
import type { StageClock } from './stage-clock';

export interface InstanceParts {
  readonly stage: Stage;
  readonly clock: StageClock;
  readonly plugins: PluginHostRuntime;
  readonly errors: ErrorLog;
  readonly log: Log;
  readonly scope: Scope;
  readonly seed: number;
  readonly batchLeadMs: number;
  /** A black picture; undefined while there is no room for one. */
  blank(): StageItem | undefined;
  /** The panel as it is now. */
  panel(): Panel;
  /** Makes room for the show beside the running one. Throws VITRINE_E_SHOW or VITRINE_E_BUDGET where this machine cannot play it. */
  admit(show: Show): Promise<Settle>;
  /** Fits the memory of the show that plays to the files it has now. Rejects, with nothing changed, where it cannot. */
  refit?(show: Show): Promise<void>;
  /** The show cannot go on: a required plugin failed, or the program itself. */
  failed(error: VitrineError): void;
  /** A print of all files of the show, with their state. */
  printOf(show: Show): Promise<string>;
}

const sinceMs = (startMs: number): number => Math.round((performance.now() - startMs) * 10) / 10;

/** How a reload went. */
export interface ReloadReceipt {
  /** False where nothing has changed: the session goes on undisturbed. */
  readonly swapped: boolean;
  readonly unchanged?: true;
  readonly session: string;
  readonly showHash: string;
  readonly readyMs: number;
  readonly swapFrame: number;
  readonly blackFrames: number;
}

interface Running {
  readonly session: Session;
  readonly panel: Panel;
  /** Of the files it began with. */
  readonly print: Promise<string>;
  readonly swapFrame: number;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** It has come to its end. */
  readonly ended: boolean;
}

const internalError = (cause: unknown): VitrineError =>
  cause instanceof VitrineError ? cause : new VitrineError('VITRINE_E_INTERNAL', messageOf(cause), { cause });

/** Files that are copied come one after the other: memory is fitted once for all of them. */
const REFIT_AFTER_MS = 300;

export class Instance {
  readonly events: Emitter<SessionEvents>;
  readonly reloads = { done: 0, refused: 0, unchanged: 0, black: 0 };
  private running: Running | undefined;
  private opening: Promise<unknown> = Promise.resolve();
  private lateBefore = 0;
  private lastSession = 0;
  private refitting: NodeJS.Timeout | undefined;
  /** The scenes chosen so far, by cue. */
  private readonly pasts: ScorePast = new Map();
  private settleOver: () => void = () => {};
  /** Resolves when the show has come to its end by itself. */
  readonly over = new Promise<void>((resolve) => (this.settleOver = resolve));

  constructor(private readonly parts: InstanceParts) {
    this.events = createEmitter((cause) =>
      parts.errors.report('VITRINE_E_INTERNAL', 'events', messageOf(cause), cause),
    );
    const deaf = parts.errors.listen((error) => {
      // An error in emitting an event would be emitted as one.
      if (error.plugin !== 'events') this.events.emit('error', error);
    });
    parts.scope.defer('events of errors', deaf);
    parts.scope.defer('fitting of memory', () => clearTimeout(this.refitting));
  }

  private readonly soundNews: SoundNews = {
    begun: (sound) => this.events.emit('sound', sound),
    silent: (sound) => this.events.emit('sound-silent', sound),
    output: (sink) => this.events.emit('sound-output', { sink }),
    ready: (state) => this.events.emit('sounds-ready', state),
  };

  private readonly mediaNews: MediaNews = {
    filesChanged: () => {
      clearTimeout(this.refitting);
      this.refitting = setTimeout(() => this.fitMemory(), REFIT_AFTER_MS).unref();
    },
  };

  /** Fits the memory to the show that plays, as it is now. */
  fitMemory(): void {
    this.opening = this.opening.then(async () => {
      const { show } = this;
      if (show === undefined || this.parts.scope.closed) return;
      // A theme that is empty for now, or a machine with no room: the show goes on with what it has.
      await this.parts.refit?.(show).catch((cause: unknown) => {
        this.parts.log.info('memory stays as it is', { because: messageOf(cause) });
      });
    });
  }

  get show(): Show | undefined {
    return this.running?.session.show;
  }

  get director(): Director | undefined {
    return this.running?.session.director;
  }

  get sessionId(): string | undefined {
    return this.running?.session.id;
  }

  /** Picture changes of all sessions that waited for a decode. */
  get lateChanges(): number {
    return this.lateBefore + (this.director?.lateChanges ?? 0);
  }

  /** Opens the first session and puts it on the stage. Rejects where it cannot be played. */
  async start(show: Show): Promise<void> {
    await this.bringOn(show, performance.now());
  }

  /** Swaps in a show beside the running one; `file` absolute, else the one in use read again. One reload at a time, in order. */
  reload(file?: string): Promise<ReloadReceipt> {
    const turn = this.opening.then(() => this.reloadNow(file));
    this.opening = turn.catch(() => {});
    return turn;
  }

  private async reloadNow(file: string | undefined): Promise<ReloadReceipt> {
    const startMs = performance.now();
    try {
      const parsed = await parseShowBeside(file ?? this.show!.file, this.parts.scope.signal);
      if (parsed.show === undefined) throw issuesError('VITRINE_E_SHOW', parsed.issues);
      const same = await this.unchanged(parsed.show, startMs);
      if (same !== undefined) return same;
      const settle = await this.parts.admit(parsed.show);
      const receipt = await this.bringOn(parsed.show, startMs).catch((cause: unknown) => {
        settle('refused');
        throw cause;
      });
      settle('played');
      this.reloads.done += 1;
      this.reloads.black += receipt.blackFrames;
      this.events.emit('reload', { session: receipt.session, readyMs: receipt.readyMs, swapFrame: receipt.swapFrame });
      return receipt;
    } catch (cause) {
      this.reloads.refused += 1;
      this.parts.log.warn('reload refused; the show goes on as before', { because: messageOf(cause) });
      this.events.emit('reload-refused', { because: messageOf(cause) });
      throw cause;
    }
  }

  /** The receipt for a show that is on already as it would come on: nothing is done. */
  private async unchanged(show: Show, startMs: number): Promise<ReloadReceipt | undefined> {
    const { running } = this;
    if (running === undefined || running.ended) return undefined;
    const { session, panel, swapFrame } = running;
    const { file, hash } = session.show;
    if (file !== show.file || hash !== show.hash || !isDeepStrictEqual(panel, this.parts.panel())) return undefined;
    if ((await this.parts.printOf(show)) !== (await running.print) || running.ended) return undefined;
    this.reloads.unchanged += 1;
    this.events.emit('reload-unchanged', { session: session.id });
    const readyMs = sinceMs(startMs);
    return { swapped: false, unchanged: true, session: session.id, showHash: hash, readyMs, swapFrame, blackFrames: 0 };
  }

  /** Prepares a session beside the running one, swaps at a frame edge, retires the old one. */
  private async bringOn(show: Show, startMs: number): Promise<ReloadReceipt> {
    const { stage, clock, plugins, errors, scope, seed, batchLeadMs } = this.parts;
    const id = `s${(this.lastSession += 1)}`;
    const random = createRandom(`${seed} ${id} director`);
    const panel = this.parts.panel();
    const session = await openSession(
      {
        id,
        show,
        panel,
        seed,
        time: clock,
        soundNews: this.soundNews,
        mediaNews: this.mediaNews,
        beside: this.running !== undefined,
        errors,
        log: this.parts.log,
        failed: (error) => this.fail(error),
      },
      plugins,
      (providers, sound) => ({
        sessionId: id,
        show,
        score: createScore(show, createRandom(`${seed} ${id} score`), this.pasts, this.director?.now.cue),
        stage,
        clock,
        providers,
        events: this.events,
        errors,
        random,
        batchLeadMs,
        blank: () => this.parts.blank(),
        ...(sound === undefined ? {} : { sound }),
      }),
      scope,
    );
    const readyMs = sinceMs(startMs);
    const old = this.running;
    old?.stop.abort(new DOMException('another show takes its place', 'AbortError'));
    await old?.done;
    old?.session.director.withdraw();
    const first = await session.takeFirst();
    this.events.emit('session-start', { session: id, show: show.name });
    const swapped = await session.director.enter(first, old?.session.director.leave() ?? []);
    this.run(session, panel, swapped.frame);
    if (old !== undefined) await this.retire(old.session, 'replaced');
    return {
      swapped: true,
      session: id,
      showHash: show.hash,
      readyMs,
      swapFrame: swapped.frame,
      blackFrames: swapped.blackFrames,
    };
  }

  private run(session: Session, panel: Panel, swapFrame: number): void {
    const stop = new AbortController();
    for (const cue of this.pasts.keys()) {
      if (!session.show.cuelist.cues.some(({ name }) => name === cue)) this.pasts.delete(cue);
    }
    const done = session.director.play(stop.signal).then(
      () => {
        this.events.emit('session-end', { session: session.id, because: 'over' });
        this.settleOver();
      },
      (cause: unknown) => {
        if (!stop.signal.aborted) this.fail(internalError(cause));
      },
    );
    const running = { session, stop, done, panel, swapFrame, print: this.parts.printOf(session.show), ended: false };
    void done.then(() => (running.ended = true));
    this.running = running;
  }

  /** Ends the program with this error; a service manager restarts it. */
  private fail(error: VitrineError): void {
    const { errors, failed } = this.parts;
    errors.report(error.code, error.plugin ?? 'session', error.message, error.cause);
    const session = this.sessionId;
    if (session !== undefined) this.events.emit('session-end', { session, because: 'failed' });
    failed(error);
  }

  private async retire(session: Session, because: 'stopped' | 'replaced'): Promise<void> {
    this.lateBefore += session.director.lateChanges;
    this.events.emit('session-end', { session: session.id, because });
    await session.close();
    collectGarbage();
  }

  private wish(wish: Wish): Aim {
    return this.runningDirector().wish(wish);
  }

  private runningDirector(): Director {
    const { director } = this;
    if (director === undefined) throw new VitrineError('VITRINE_E_REFUSED', 'no show is running yet');
    return director;
  }

  /** Moves what plays to another place. Rejects with VITRINE_E_REFUSED where nothing can be moved there. */
  async seek(seek: Seek): Promise<SeekOutcome> {
    return this.runningDirector().seek(seek);
  }

  /** Each of these returns the cue that comes. */
  next(): Aim {
    return this.wish({ to: 'next' });
  }

  previous(): Aim {
    return this.wish({ to: 'previous' });
  }

  /** A cue by its name, else by its number from 1. */
  goto(cue: string): Aim {
    const cues = this.show?.cuelist.cues ?? [];
    const names = cues.map(({ name }) => name);
    const found = goTo(startCursor('forever', Math.max(1, cues.length)), names, cue);
    if (found === undefined)
      throw new VitrineError(
        'VITRINE_E_REFUSED',
        visible(`there is no cue "${cue}"; the cues are ${names.join(', ')}`),
      );
    return this.wish({ to: 'cue', index: cueIndex(found) });
  }

  pause(): void {
    if (this.parts.clock.paused) return;
    this.parts.clock.pause();
    this.director?.sound?.pause();
    this.events.emit('pause', {});
  }

  resume(): void {
    if (!this.parts.clock.paused) return;
    this.parts.clock.resume();
    this.director?.sound?.resume();
    this.events.emit('resume', {});
  }

  get paused(): boolean {
    return this.parts.clock.paused;
  }

  /** Ends the show; the stage keeps its last picture until the display is given back. */
  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (running === undefined) return;
    running.stop.abort(new DOMException('the show is stopped', 'AbortError'));
    await running.done;
    await this.retire(running.session, 'stopped');
  }
}
