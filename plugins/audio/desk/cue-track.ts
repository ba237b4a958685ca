/** One sound of a cue, from its preparation to its end. */
import type { CueSound } from '../../../runtime/show/types';
import type { SoundNews, SoundState } from '../../../runtime/stage/sound';
import type { Engine } from '../engine';
import { targetOf, type Seek, type Sought } from '../../../runtime/stage/seek';
import { EVEN_FADE, POWER_FADE, restOfFade, type Fade } from '../play/fade';
import type { Voice } from '../play/voice';
import { Preparation, type Ready } from './preparation';

/** Sounds stop and go on so softly when the show is paused. */
export const PAUSE_FADE_MS = 15;
/** A start that is later than this is told. */
const LATE_MS = 40;
/** A voice that is over stays so long: what it put on the clock may be heard a little later. */
const LINGER_MS = 200;
/** A sound whose loudness became known while it was heard comes to its level in this time. */
const LEVEL_MS = 1000;
/** Its frames are looked for so often, and given up after so many times. */
const LEVEL_LOOK_MS = 50;
const LEVEL_LOOKS = 200;
const LEVEL_LEAD_MS = 200;

interface Playing {
  readonly voice: Voice;
  readonly ready: Ready;
  /** The same sound at its former level, which gives way to it. */
  readonly former?: Voice;
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
  private preparation: Preparation;
  private playing: Playing | undefined;
  private held: Held | undefined;
  private stopping: { readonly clockFrame: number; readonly fadeMs: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private paused = false;
  private untold = true;
  /** The fade with which the cue brings it in, and the voice that begins it. */
  private arrival: { readonly voice: Voice; readonly ms: number } | undefined;
  /** Frame of the clock at which it should begin. */
  private dueFrame = Infinity;
  private over = false;

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

  get isOver(): boolean {
    return this.over;
  }

  private get soonFrame(): number {
    return this.engine.soonFrame;
  }

  /**
   * Begins at the frame of the clock that is asked for once it is ready, or as soon after it as can be. `dueFrame`: where its cue says that
   * it begins.
   */
  async start(at: () => number, dueFrame: number): Promise<void> {
    const { engine, sound } = this;
    if (!this.paused) engine.await(this, sound.file, dueFrame);
    const ready = await this.preparation.ready();
    engine.arrived(this);
    // Also where nothing comes of it: what it would have followed has to know.
    const clockFrame = at();
    if (ready === undefined || this.over) return;
    if (this.paused) {
      const delayFrames = Math.max(0, clockFrame - engine.soonFrame);
      this.held = { ready, fileFrame: 0, delayFrames, fadeInMs: sound.fadeInMs };
      return;
    }
    const { startFrame } = engine;
    this.dueFrame = clockFrame;
    const voice = this.play(ready, Math.max(clockFrame, startFrame), 0, sound.fadeInMs);
    this.arrival = { voice, ms: sound.fadeInMs };
    void this.level(ready);
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

  private play(
    ready: Ready,
    clockFrame: number,
    fileFrame: number,
    fadeInMs: number,
    former?: Voice,
    shape: Fade = former === undefined ? POWER_FADE : EVEN_FADE,
  ): Voice {
    const { engine, sound } = this;
    const voice = engine.voice(ready.source, sound, ready.kind);
    this.playing = { voice, ready, ...(former === undefined ? {} : { former }) };
    // Of one that was held back by a pause, lateness counts from where it goes on.
    if (former === undefined && this.untold) this.dueFrame = Math.min(this.dueFrame, clockFrame);
    voice.whenBegun = (beganFrame) => this.tell(ready, beganFrame);
    voice.start(clockFrame, fileFrame, fadeInMs, shape);
    this.preparation.plays();
    engine.wake();
    return voice;
  }

  /** How far it is. */
  get state(): Omit<SoundState, 'cue'> {
    const { engine, sound, playing, held } = this;
    const own = { file: sound.file, role: sound.role };
    const { ready } = held ?? playing ?? {};
    if (ready === undefined) return { ...own, ...this.preparation.progress };
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
    return { ...own, state: 'late', ...from, because: 'is due, and its samples are not there yet', ...of };
  }

  /** Goes to another place of its file, as its show lets it: a looping sound stays in its loop. Undefined while it is not there yet. */
  seek(seek: Seek): Sought | undefined {
    const { engine, playing, held, sound, soonFrame } = this;
    const { ready } = held ?? playing ?? {};
    if (ready === undefined || this.over) return undefined;
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
    for (const each of voices(playing)) {
      each.hush(atFrame, PAUSE_FADE_MS);
      setTimeout(() => engine.end(each), PAUSE_FADE_MS + LINGER_MS).unref();
    }
    playing.ready.source.jump(fileFrame);
    const fadedMs = arrival === undefined ? Infinity : ((atFrame - arrival.voice.startFrame) / engine.rateHz) * 1000;
    const leftMs = (arrival?.ms ?? 0) - Math.max(0, fadedMs);
    if (leftMs > PAUSE_FADE_MS) {
      const rest = restOfFade(POWER_FADE, 1 - leftMs / arrival!.ms, leftMs);
      this.play(playing.ready, atFrame, fileFrame, leftMs, undefined, { in: rest, out: POWER_FADE.out });
    } else this.play(playing.ready, atFrame, fileFrame, PAUSE_FADE_MS);
    if (stopping !== undefined) this.stop(stopping.clockFrame, stopping.fadeMs);
  }

  /** Fades out from a frame of the clock on, as its show says or as `fadeMs` does; it is over then. Said again, the new time counts. */
  stop(clockFrame: number, fadeMs = this.sound.fadeOutMs): void {
    const { engine, playing, held } = this;
    if (held !== undefined) {
      this.held = { ...held, stop: { delayFrames: Math.max(0, clockFrame - this.soonFrame), fadeMs } };
      return;
    }
    if (playing === undefined) return this.end();
    this.stopping = { clockFrame: Math.max(clockFrame, engine.nowFrame), fadeMs };
    playing.former?.stop(this.stopping.clockFrame, fadeMs);
    playing.voice.stop(this.stopping.clockFrame, fadeMs);
    this.endLater(playing.voice);
  }

  private endLater({ endFrame }: Voice): void {
    const leftMs = ((endFrame - this.engine.nowFrame) / this.engine.rateHz) * 1000;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), leftMs + LINGER_MS).unref();
  }

  /** It was told to stop, and does not: where nothing of that was heard yet. */
  goOn(): void {
    clearTimeout(this.timer);
    this.stopping = undefined;
    if (this.held !== undefined) this.held = withoutStop(this.held);
    this.playing?.former?.goOn();
    this.playing?.voice.goOn();
    this.engine.wake();
  }

  pause(): void {
    if (this.paused || this.over) return;
    this.paused = true;
    this.engine.arrived(this);
    const { engine, playing, stopping, soonFrame: at } = this;
    if (playing === undefined) return;
    const { voice, ready, former } = playing;
    for (const each of voices(playing)) {
      each.hush(at, PAUSE_FADE_MS);
      setTimeout(() => engine.end(each), PAUSE_FADE_MS + LINGER_MS).unref();
    }
    // What fades out already does not go on.
    if (stopping !== undefined && stopping.clockFrame <= at) return;
    clearTimeout(this.timer);
    this.playing = undefined;
    this.arrival = undefined;
    const heard = former !== undefined && voice.startFrame > at ? former : voice;
    this.held = {
      ready,
      fileFrame: heard.positionAt(at),
      delayFrames: Math.max(0, heard.startFrame - at),
      fadeInMs: PAUSE_FADE_MS,
      ...(stopping === undefined ? {} : { stop: { delayFrames: stopping.clockFrame - at, fadeMs: stopping.fadeMs } }),
    };
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    const { engine, held } = this;
    this.held = undefined;
    if (held === undefined || this.over) return;
    const { ready, fileFrame, delayFrames, fadeInMs, stop } = held;
    ready.source.jump(fileFrame);
    // A stop is ordered once: it needs more time.
    const atFrame = stop === undefined ? engine.startFrame : engine.soonFrame;
    this.play(ready, atFrame + delayFrames, fileFrame, fadeInMs);
    if (stop !== undefined) this.stop(atFrame + stop.delayFrames, stop.fadeMs);
  }

  /** Its loudness may not be known yet: then it is measured, and the sound glides to its level while it is heard. */
  private async level({ known }: Ready): Promise<void> {
    const { engine, sound } = this;
    if (!(await engine.measure(sound.file, known)) || this.over || this.stopping !== undefined) return;
    const position = this.playing?.voice.positionAt(this.soonFrame) ?? 0;
    const preparation = new Preparation(engine, sound, position);
    // It is the same sound at another level: it takes no room from others.
    engine.budgets.handOver(this.preparation, preparation);
    const ready = await preparation.ready();
    for (let looks = 0; looks < LEVEL_LOOKS; looks += this.paused ? 0 : 1) {
      if (this.paused && !this.over) {
        await new Promise((resolve) => setTimeout(resolve, LEVEL_LOOK_MS).unref());
        continue;
      }
      // Not so soon that one of both may come late: they are the same sound, to the sample.
      const at = this.soonFrame + Math.ceil((LEVEL_LEAD_MS / 1000) * engine.rateHz);
      const { playing } = this;
      if (ready === undefined || playing === undefined || this.over || this.stopping !== undefined) break;
      if (playing.voice.endFrame < at + (2 * LEVEL_MS * engine.rateHz) / 1000) break;
      const fileFrame = playing.voice.positionAt(at);
      if (playing.voice.startFrame <= at && ready.source.read(fileFrame, 1) !== undefined) {
        playing.voice.giveWay(at, LEVEL_MS, EVEN_FADE);
        const old = this.preparation;
        this.preparation = preparation;
        this.play(ready, at, fileFrame, LEVEL_MS, playing.voice);
        setTimeout(
          () => {
            engine.end(playing.voice);
            old.end();
          },
          LEVEL_LEAD_MS + LEVEL_MS + LINGER_MS,
        ).unref();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LEVEL_LOOK_MS).unref());
    }
    engine.budgets.handOver(preparation, this.preparation);
    preparation.end();
  }

  /** At once. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.engine.arrived(this);
    clearTimeout(this.timer);
    if (this.playing !== undefined) for (const voice of voices(this.playing)) this.engine.end(voice);
    this.preparation.end();
  }
}

const voices = ({ voice, former }: Playing): readonly Voice[] => (former === undefined ? [voice] : [voice, former]);

const withoutStop = ({ stop: _, ...held }: Held): Held => held;
