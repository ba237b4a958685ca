/** One sound of a cue, from its preparation to its end: decoded whole where it is short, streamed where it is not. */
import { messageOf } from '../../runtime/core/errors';
import type { CueSound } from '../../runtime/show/types';
import type { TrackHandle } from './chunks/chunk-cache';
import { TooLong } from './decode/decode-queue';
import type { TrackSpec } from './decode/producer';
import type { Engine } from './engine';
import type { SoundLook } from './facts/sound-probe';
import { ClipSource, type DecodedClip, type VoiceSource } from './play/source';
import type { Voice } from './play/voice';

/** A sound begins at least this much later than now: what is put on the clock has to get there. */
const START_LEAD_MS = 30;
/** Sounds stop and go on so softly when the show is paused. */
const PAUSE_FADE_MS = 15;
/** A deferred clip asks again. */
const RETRY_MS = 250;
/** A start that is later than this is told. */
const LATE_MS = 40;

type Found = Extract<SoundLook, { kind: 'sound' }>;

/** Main thread only. Nothing here throws: a sound that cannot be played is reported, and the show goes on. */
export class CueTrack {
  private found: Promise<Found | undefined> | undefined;
  private clip: { readonly spec: TrackSpec; readonly clip: DecodedClip } | undefined;
  private stream: TrackHandle | undefined;
  private pendingClip: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private playing: { voice: Voice; readonly source: VoiceSource } | undefined;
  private pausedAt: number | undefined;
  private stopped = false;
  private over = false;

  constructor(
    private readonly engine: Engine,
    readonly sound: CueSound,
  ) {}

  /** Frame of the clock at which it ends by itself; Infinity where that is not known or never. */
  get endFrame(): number {
    return this.playing?.voice.endFrame ?? Infinity;
  }

  /** Makes it ready: looks at the file, decodes a short one, begins a long one. Twice is once. */
  prepare(): void {
    this.found ??= this.look();
  }

  private async look(): Promise<Found | undefined> {
    const { engine, sound } = this;
    const look = await engine.probe.look(sound.file);
    if (look.kind !== 'sound') {
      this.fail(look.kind === 'gone' ? 'is not there' : look.reason);
      return undefined;
    }
    if (!this.over) this.decide(look);
    return look;
  }

  private decide(found: Found): void {
    const { engine, sound } = this;
    const { facts, signature } = found;
    const { streamThresholdBytes } = engine.now;
    const key = `${signature.mtimeMs} ${sound.file}`;
    const spec = engine.trackOf(sound.file, facts, signature);
    const isLarge = signature.sizeBytes >= streamThresholdBytes || facts.lengthMs === undefined;
    if (isLarge || engine.forced.has(key)) return this.streamNow(spec, isLarge ? 'size' : 'forced');
    const nowMs = engine.services.clock.nowMs();
    const verdict = engine.budgets.reserve(this, sound.role, facts.lengthMs, nowMs);
    if (verdict === 'stream') return this.streamNow(spec, 'buffer limit');
    if (verdict === 'deferred') {
      this.retry = setTimeout(
        () => this.over || this.clip !== undefined || this.stream !== undefined || this.decide(found),
        RETRY_MS,
      );
      return;
    }
    this.pendingClip = this.decode(spec, key, facts.lengthMs);
  }

  private async decode(spec: TrackSpec, key: string, lengthMs: number): Promise<void> {
    const { engine, sound } = this;
    const kept = engine.clips.get(spec.key);
    if (kept !== undefined) {
      this.clip = { spec, clip: kept };
      return;
    }
    const startMs = performance.now();
    try {
      // Twice the length it says, and a second: files are a little off.
      const mostFrames = Math.ceil((2 * (lengthMs / 1000) + 1) * engine.rateHz);
      const clip = await engine.queue.clip(spec, mostFrames);
      engine.clips.put(spec.key, clip);
      if (performance.now() - startMs > engine.now.slowDecodeMs) engine.forced.add(key);
      if (this.stream === undefined) this.clip = { spec, clip };
    } catch (cause) {
      engine.budgets.release(this);
      if (this.over || this.stream !== undefined) return;
      engine.forced.add(key);
      if (!(cause instanceof TooLong))
        engine.services.log.warn('a clip could not be decoded', { file: sound.file, because: messageOf(cause) });
      this.streamNow(spec, 'forced');
    }
  }

  private streamNow(spec: TrackSpec, because: string): void {
    if (this.stream !== undefined || this.over) return;
    const { engine, sound } = this;
    engine.budgets.release(this);
    engine.services.log.debug('a sound is streamed', { file: sound.file, role: sound.role, because });
    this.stream = engine.cache.open(spec, sound.loop);
  }

  /** Begins at the frame of the clock that is asked for once it is ready, or as soon after it as can be. */
  async start(at: () => number): Promise<void> {
    const { engine, sound } = this;
    this.prepare();
    const found = await this.found;
    if (found !== undefined && !this.over && this.clip === undefined && this.stream === undefined)
      await this.waitForClip(found);
    // Also where nothing comes of it: what it would have followed has to know.
    const clockFrame = at();
    if (found === undefined || this.over) return;
    const source: VoiceSource = this.clip === undefined ? this.stream! : new ClipSource(this.clip.clip);
    const voice = engine.voice(source, sound, this.clip === undefined ? 'stream' : 'clip');
    this.playing = { voice, source };
    const leastFrame = engine.nowFrame + Math.ceil((START_LEAD_MS / 1000) * engine.rateHz);
    const lateMs = ((leastFrame - clockFrame) / engine.rateHz) * 1000;
    if (lateMs > LATE_MS + START_LEAD_MS)
      engine.services.log.warn('slow start', { file: sound.file, ms: Math.round(lateMs) });
    voice.start(Math.max(clockFrame, leastFrame), 0, sound.fadeInMs);
    engine.budgets.plays(this, engine.services.clock.nowMs());
    engine.wake();
  }

  /** Bounded; then it is streamed. */
  private async waitForClip({ facts, signature }: Found): Promise<void> {
    const { engine, sound } = this;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, engine.now.prefetchBlockMs)));
    await Promise.race([this.pendingClip ?? limit, limit]);
    clearTimeout(timer);
    if (this.clip === undefined) this.streamNow(engine.trackOf(sound.file, facts, signature), 'prefetch pending');
  }

  /** Fades out from a frame of the clock on, as its show says or as `fadeMs` does; it is over then. */
  stop(clockFrame: number, fadeMs = this.sound.fadeOutMs): void {
    if (this.stopped) return;
    this.stopped = true;
    const { engine, playing } = this;
    if (playing === undefined || this.pausedAt !== undefined) return this.end();
    playing.voice.stop(Math.max(clockFrame, engine.nowFrame), fadeMs);
    const leftMs = ((playing.voice.endFrame - engine.nowFrame) / engine.rateHz) * 1000;
    setTimeout(() => this.end(), leftMs + 200).unref();
  }

  pause(): void {
    const { engine, playing } = this;
    if (playing === undefined || this.stopped || this.pausedAt !== undefined) return;
    const at = engine.nowFrame + Math.ceil((START_LEAD_MS / 1000) * engine.rateHz);
    this.pausedAt = playing.voice.positionAt(at);
    playing.voice.stop(at, PAUSE_FADE_MS);
    const { voice } = playing;
    setTimeout(() => engine.end(voice), 500).unref();
  }

  resume(): void {
    const { engine, playing, pausedAt, sound } = this;
    if (playing === undefined || pausedAt === undefined) return;
    this.pausedAt = undefined;
    const { source } = playing;
    source.jump(pausedAt);
    const voice = engine.voice(source, sound, 'stream');
    playing.voice = voice;
    voice.start(engine.nowFrame + Math.ceil((START_LEAD_MS / 1000) * engine.rateHz), pausedAt, PAUSE_FADE_MS);
    engine.wake();
  }

  /** At once. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.stopped = true;
    clearTimeout(this.retry);
    this.engine.budgets.release(this);
    if (this.playing !== undefined) this.engine.end(this.playing.voice);
    this.stream?.close();
  }

  private fail(reason: string): void {
    const { file } = this.sound;
    this.engine.services.errors.report('VITRINE_E_SOUND', 'audio', `${file}: ${reason}`);
  }
}
