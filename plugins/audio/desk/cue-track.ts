/** One sound of a cue, from its preparation to its end. */
import type { CueSound } from '../../../runtime/show/types';
import type { SoundNews, SoundState } from '../../../runtime/stage/sound';
import type { Engine } from '../engine';
import { NOT_BEGUN, targetOf, type Seek, type Sought } from '../../../runtime/stage/seek';
import { POWER_FADE, restOfFade } from '../play/fade';
import type { Voice } from '../play/voice';
import { Preparation, type Ready } from './preparation';

/** Sounds stop and go on so softly when the show is paused. */
export const PAUSE_FADE_MS = 15;
/** A start that is later than this is logged. */
const LATE_MS = 40;
/** A voice that is over stays so long: its last pieces may be heard a little later. */
const LINGER_MS = 200;
const LATE = 'is due, and its samples are not there yet';

interface Playing {
  readonly voice: Voice;
  readonly ready: Ready;
}

/** A track that is silent because the show is paused. */
interface Held {
  readonly ready: Ready;
  /** Where it goes on, and how much later than the show. */
  readonly fileFrame: number;
  readonly delayFrames: number;
  readonly fadeInMs: number;
  /** It was to stop so much later. */
  readonly stop?: { readonly delayFrames: number; readonly fadeMs: number };
}

/** Main thread only. */
export class CueTrack {
  private readonly preparation: Preparation;
  private playing: Playing | undefined;
  private held: Held | undefined;
  private stopping: { readonly clockFrame: number; readonly fadeMs: number } | undefined;
  /** Calls its end off. */
  private stay: () => void = () => {};
  private paused = false;
  private untold = true;
  /** The fade with which the cue brings it in, and the voice that begins it. */
  private arrival: { readonly voice: Voice; readonly ms: number } | undefined;
  /** Frame of the clock at which it is to begin; Infinity while its cue has not come. */
  private dueFrame = Infinity;
  private over = false;
  /** Stage ms at which its first sample was meant to be heard. */
  plannedMs = NaN;

  /** Begins to be made ready at once. */
  constructor(
    private readonly engine: Engine,
    readonly sound: CueSound,
    private readonly news: SoundNews,
  ) {
    this.preparation = new Preparation(engine, sound);
  }

  /** Frame of the clock at which it ends; Infinity where that is not known or never. */
  get endFrame(): number {
    return this.playing?.voice.endFrame ?? Infinity;
  }

  /** Frames of its file, as far as they are known; of a long one a few ms more or less than there are. */
  private get lengthFrames(): number | undefined {
    const { engine, preparation } = this;
    const { source, known } = this.playing?.ready ?? preparation.result ?? {};
    const lengthMs = known?.facts.lengthMs;
    return source?.frames ?? (lengthMs === undefined ? undefined : Math.round((lengthMs / 1000) * engine.rateHz));
  }

  /** Where it will end, as far as that is known before its end is decoded, or before it has begun. */
  get expectedEndFrame(): number {
    const { endFrame, lengthFrames, sound, held, playing, over, engine } = this;
    if (endFrame < Infinity || lengthFrames === undefined || sound.loop || held !== undefined || over) return endFrame;
    return (playing?.voice.zeroFrame ?? Math.max(this.dueFrame, engine.soonFrame)) + lengthFrames;
  }

  /** Stage ms at which it would end had it begun when it was meant to: neither what is late nor a clock that drifts moves it. */
  get plannedEndMs(): number | undefined {
    const { lengthFrames, plannedMs, engine } = this;
    return lengthFrames === undefined ? undefined : plannedMs + (lengthFrames / engine.rateHz) * 1000;
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Whether it plays, is held by a pause, is over, or never begins. */
  get hasBegun(): boolean {
    const { over, playing, held, preparation } = this;
    return over || playing !== undefined || held !== undefined || preparation.progress.state === 'failed';
  }

  private get soonFrame(): number {
    return this.engine.soonFrame;
  }

  /** Its cue has come, at a frame of the clock: a decode is waited for only so long now. Resolves once it can begin, or never will. */
  async due(clockFrame: number): Promise<void> {
    const { engine, sound } = this;
    this.dueFrame = clockFrame;
    if (!this.paused) engine.await(this, sound.file, clockFrame);
    await this.preparation.ready();
  }

  /** Readies its first samples, for `limitMs` at most. Resolves with whether they are there, or it is certain that none come. */
  async warm(limitMs: number): Promise<boolean> {
    // The rest of the time is for a chunk in place of a clip that takes too long.
    void this.preparation.ready(limitMs / 2);
    return this.engine.until(() => this.isSettled, limitMs);
  }

  /** Whether it can begin, or never will. */
  get isSettled(): boolean {
    return this.over || this.preparation.isSettled;
  }

  /**
   * Makes the voice that begins at this frame of the clock, where anything can be heard of it now; nothing of it is on the clock yet. A show
   * that is paused has it begin later.
   */
  start(clockFrame: number): Voice | undefined {
    const { engine, sound } = this;
    engine.arrived(this);
    const ready = this.preparation.take();
    if (ready === undefined || this.over) return undefined;
    this.dueFrame = clockFrame;
    if (this.paused) {
      const delayFrames = Math.max(0, clockFrame - engine.soonFrame);
      this.held = { ready, fileFrame: 0, delayFrames, fadeInMs: sound.fadeInMs };
      return undefined;
    }
    const voice = this.play(ready, Math.max(clockFrame, engine.startFrame), 0, sound.fadeInMs);
    this.arrival = { voice, ms: sound.fadeInMs };
    return voice;
  }

  /** Once, when its first frame is on the clock. */
  private tell({ kind }: Ready, beganFrame: number): void {
    if (!this.untold) return;
    this.untold = false;
    const { engine, dueFrame } = this;
    const { file, role } = this.sound;
    const lateMs = Math.max(0, Math.round(((beganFrame - dueFrame) / engine.rateHz) * 1000));
    if (lateMs > LATE_MS) engine.services.log.warn('slow start', { file, ms: lateMs });
    this.news.begun({ file, role, from: kind === 'clip' ? 'memory' : 'chunks', lateMs });
  }

  private play(ready: Ready, clockFrame: number, fileFrame: number, fadeInMs: number, shape = POWER_FADE): Voice {
    const { engine, sound } = this;
    const voice = engine.voice(ready.source, sound, ready.kind);
    this.playing = { voice, ready };
    voice.whenBegun = (beganFrame) => this.tell(ready, beganFrame);
    voice.start(clockFrame, fileFrame, fadeInMs, shape);
    this.preparation.plays();
    return voice;
  }

  /** How far it is. */
  get state(): Omit<SoundState, 'cue'> {
    const { engine, sound, playing, held } = this;
    const own = { file: sound.file, role: sound.role };
    const { ready } = held ?? playing ?? {};
    if (ready === undefined) {
      const { progress } = this.preparation;
      const isLate = progress.state === 'preparing' && this.dueFrame <= engine.nowFrame;
      return { ...own, ...progress, ...(isLate ? { state: 'late', because: LATE } : {}) };
    }
    const msOf = (frames: number): number => Math.round((frames / engine.rateHz) * 1000);
    const lengthMs = ready.source.frames === undefined ? ready.known.facts.lengthMs : msOf(ready.source.frames);
    const positionMs = msOf(held?.fileFrame ?? playing!.voice.positionAt(engine.nowFrame));
    const of = { ...(lengthMs === undefined ? {} : { lengthMs: Math.round(lengthMs) }), positionMs };
    const { because } = this.preparation.progress;
    const from = {
      from: ready.kind === 'clip' ? 'memory' : 'chunks',
      ...(because === undefined ? {} : { because }),
    } as const;
    if (held !== undefined) return { ...own, state: 'plays', ...from, ...of };
    const { voice } = playing!;
    if (this.over || voice.endFrame <= engine.nowFrame) return { ...own, state: 'over', ...of };
    if (voice.isFlowing)
      return { ...own, state: voice.startFrame > engine.nowFrame ? 'ready' : 'plays', ...from, ...of };
    const failed = ready.source.failure;
    if (failed?.fromFrame === 0) return { ...own, state: 'failed', because: failed.reason };
    if (voice.startFrame > engine.nowFrame) return { ...own, ...this.preparation.progress };
    return { ...own, state: 'late', ...from, because: LATE, ...of };
  }

  /** Goes to another place of its file, as its show lets it: a looping sound stays in its loop. Undefined where nothing comes of it any more. */
  seek(seek: Seek): Sought | undefined {
    const { engine, playing, held, sound, soonFrame } = this;
    const { ready } = held ?? playing ?? {};
    if (this.over || (ready === undefined && this.hasBegun)) return undefined;
    if (ready === undefined) return { file: sound.file, role: sound.role, positionMs: 0, because: NOT_BEGUN };
    const msOf = (frames: number): number => (frames / engine.rateHz) * 1000;
    const { source, known } = ready;
    const lengthMs = source.frames === undefined ? known.facts.lengthMs : msOf(source.frames);
    const positionMs = msOf(held?.fileFrame ?? playing!.voice.positionAt(soonFrame));
    const target = targetOf(seek, { positionMs, lengthMs, loops: sound.loop });
    const found = { file: sound.file, role: sound.role, ...(lengthMs === undefined ? {} : { lengthMs }) };
    if ('because' in target) return { ...found, positionMs, because: target.because };
    const fileFrame = Math.round((target.toMs / 1000) * engine.rateHz);
    if (held === undefined) this.jump(playing!, soonFrame, fileFrame);
    else this.held = { ...held, fileFrame };
    return { ...found, positionMs: target.toMs };
  }

  /** The voice gives way to one at another place, which has what is left of the fades of the cue. */
  private jump(playing: Playing, atFrame: number, fileFrame: number): void {
    const { engine, arrival, stopping } = this;
    this.silence(playing.voice, atFrame);
    playing.ready.source.jump(fileFrame);
    const fadedMs = arrival === undefined ? Infinity : ((atFrame - arrival.voice.startFrame) / engine.rateHz) * 1000;
    const leftMs = (arrival?.ms ?? 0) - Math.max(0, fadedMs);
    if (leftMs > PAUSE_FADE_MS) {
      const rest = restOfFade(POWER_FADE, 1 - leftMs / arrival!.ms, leftMs);
      this.play(playing.ready, atFrame, fileFrame, leftMs, { in: rest, out: POWER_FADE.out });
    } else this.play(playing.ready, atFrame, fileFrame, PAUSE_FADE_MS);
    engine.wake();
    if (stopping !== undefined) this.stop(stopping.clockFrame, stopping.fadeMs);
  }

  /** At once, but softly. */
  private silence(voice: Voice, atFrame: number): void {
    voice.hush(atFrame, PAUSE_FADE_MS);
    this.engine.inSound(PAUSE_FADE_MS + LINGER_MS, () => this.engine.end(voice));
  }

  /** Fades out from a frame of the clock on, as its show asks or as `fadeMs` does; it is over then. Called again, the new time counts. */
  stop(clockFrame: number, fadeMs = this.sound.fadeOutMs): void {
    const { engine, playing, held } = this;
    if (held !== undefined) {
      this.held = { ...held, stop: { delayFrames: Math.max(0, clockFrame - this.soonFrame), fadeMs } };
      return;
    }
    if (playing === undefined) return this.end();
    this.stopping = { clockFrame: Math.max(clockFrame, engine.nowFrame), fadeMs };
    playing.voice.stop(this.stopping.clockFrame, fadeMs);
    this.endLater(playing.voice);
  }

  private endLater({ endFrame }: Voice): void {
    const leftMs = ((endFrame - this.engine.nowFrame) / this.engine.rateHz) * 1000;
    this.stay();
    this.stay = this.engine.inSound(leftMs + LINGER_MS, () => this.end());
  }

  /** Takes the order to stop back, where nothing of that was heard yet. */
  goOn(): void {
    this.stay();
    this.stopping = undefined;
    if (this.held !== undefined) this.held = withoutStop(this.held);
    this.playing?.voice.goOn();
    this.engine.wake();
  }

  /** Falls silent at a frame of the clock. */
  pause(at: number): void {
    if (this.paused || this.over) return;
    this.paused = true;
    this.engine.arrived(this);
    const { playing, stopping } = this;
    if (playing === undefined) return;
    const { voice, ready } = playing;
    this.silence(voice, at);
    // A voice that fades out already does not go on.
    if (stopping !== undefined && stopping.clockFrame <= at) return;
    this.stay();
    this.playing = undefined;
    this.arrival = undefined;
    this.held = {
      ready,
      fileFrame: voice.positionAt(at),
      delayFrames: Math.max(0, voice.startFrame - at),
      fadeInMs: PAUSE_FADE_MS,
      ...(stopping === undefined ? {} : { stop: { delayFrames: stopping.clockFrame - at, fadeMs: stopping.fadeMs } }),
    };
  }

  /** Makes the voice that goes on at a frame of the clock, where there is one; nothing of it is on the clock yet. */
  resume(at: number): Voice | undefined {
    if (!this.paused) return undefined;
    this.paused = false;
    const { held } = this;
    this.held = undefined;
    if (held === undefined || this.over) return undefined;
    const { ready, fileFrame, delayFrames, fadeInMs, stop } = held;
    ready.source.jump(fileFrame);
    this.dueFrame = at + delayFrames;
    const voice = this.play(ready, this.dueFrame, fileFrame, fadeInMs);
    if (stop !== undefined) this.stop(Math.max(at + stop.delayFrames, this.soonFrame), stop.fadeMs);
    return voice;
  }

  /** At once. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.engine.arrived(this);
    this.stay();
    if (this.playing !== undefined) this.engine.end(this.playing.voice);
    this.preparation.end();
  }
}

const withoutStop = ({ stop: _, ...held }: Held): Held => held;
