/** A preparation: a sound on its way to be played: decoded whole where it is short and there is room, streamed where not. */
import { within } from '../../../runtime/core/within';
import { messageOf } from '../../../runtime/core/errors';
import type { TrackHandle } from '../chunks/track';
import { TooLong } from '../decode/decode-queue';
import type { TrackSpec } from '../decode/producer';
import type { Engine } from '../engine';
import type { KnownSound } from '../facts/sound-probe';
import type { Role } from '../output/mixer';
import { ClipSource, type DecodedClip, type VoiceSource } from '../play/source';
import { LoudnessWait } from './loudness-wait';

/** So long before its cue a sound is decoded, whether or not its loudness is known: decoders that start on a busy board take a second. */
const DECODE_MS = 3000;
/** A deferred clip asks again. */
const RETRY_MS = 250;

export interface Ready {
  readonly kind: 'clip' | 'stream';
  readonly source: VoiceSource;
  readonly known: KnownSound;
}

/** How far a preparation is. */
export interface Progress {
  readonly state: 'ready' | 'preparing' | 'deferred' | 'failed';
  readonly from?: 'memory' | 'chunks';
  readonly because?: string;
}

export interface PreparedSound {
  readonly file: string;
  readonly role: Role;
  readonly loop: boolean;
}

/** Main thread only. Nothing here throws: what cannot be played is reported once. Begins at once; `end` gives everything back. */
export class Preparation {
  private readonly looked: Promise<KnownSound | undefined>;
  private readonly loudness: LoudnessWait;
  private found: KnownSound | undefined;
  private clip: DecodedClip | undefined;
  private stream: TrackHandle | undefined;
  private decoding: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private over = false;
  /** Somebody plays it: its source stays. */
  private taken = false;
  /** Why it is streamed, and why nothing can be heard of it. */
  private streamedBecause = '';
  private failure: string | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly sound: PreparedSound,
  ) {
    this.loudness = new LoudnessWait(engine, sound.file);
    this.looked = this.look();
  }

  private async look(): Promise<KnownSound | undefined> {
    const { engine, sound } = this;
    const look = await engine.probe.look(sound.file);
    if (this.over) return undefined;
    if (look.kind === 'sound') {
      // The gain of a play is chosen before it begins, and stays: what becomes known later is for the next play.
      const { prefetchLeadMs: leadMs } = engine.now;
      await this.loudness.measured(look, Math.max(leadMs / 2, leadMs - DECODE_MS));
      if (this.over) return undefined;
      this.found = look;
      this.decide(look);
      return look;
    }
    this.failure = look.kind === 'gone' ? 'is not there' : look.reason;
    engine.fail(sound.file, this.failure);
    engine.wakeSoon();
    return undefined;
  }

  private decide(known: KnownSound): void {
    const { engine, sound } = this;
    const { facts, signature } = known;
    const key = `${signature.mtimeMs} ${sound.file}`;
    const spec = engine.trackOf(sound.file, known);
    const isLarge = signature.sizeBytes >= engine.now.streamThresholdBytes || facts.lengthMs === undefined;
    if (isLarge) return this.streamNow(spec, 'size');
    const nowMs = engine.services.clock.nowMs();
    // A clip that lies decoded costs nothing.
    const because = engine.clips.has(spec.key) ? undefined : engine.streamed.because(key, nowMs);
    if (because !== undefined) return this.streamNow(spec, because);
    const verdict = engine.budgets.reserve(this, sound.role, facts.lengthMs, nowMs);
    if (verdict === 'stream') return this.streamNow(spec, 'buffer limit');
    if (verdict === 'deferred') {
      engine.services.log.debug('a sound waits for room', { file: sound.file, role: sound.role });
      const again = (): void => {
        this.retry = undefined;
        if (!this.over && this.stream === undefined) this.decide(known);
      };
      this.retry = setTimeout(again, RETRY_MS).unref();
      return;
    }
    this.decoding = this.decode(spec, key, facts.lengthMs);
  }

  private async decode(spec: TrackSpec, key: string, lengthMs: number): Promise<void> {
    const { engine, sound } = this;
    this.clip = engine.clips.get(spec.key);
    if (this.clip !== undefined) return;
    try {
      // Twice the stated length, and a second: files are a little off.
      const { clip, decodeMs } = await engine.queue.clip(spec, Math.ceil((2 * (lengthMs / 1000) + 1) * engine.rateHz));
      engine.clips.put(spec.key, clip, sound.file);
      this.judge(key, decodeMs);
      if (!this.over && (this.stream === undefined || this.givesWay(lengthMs))) this.clip = clip;
      engine.wakeSoon();
    } catch (cause) {
      engine.budgets.release(this);
      if (this.over || this.stream !== undefined) return;
      const because = cause instanceof TooLong ? 'is longer than it says' : 'its decode failed';
      engine.streamed.add(key, because, engine.services.clock.nowMs());
      if (!(cause instanceof TooLong))
        engine.services.log.warn('a clip could not be decoded', { file: sound.file, because: messageOf(cause) });
      this.streamNow(spec, because);
    }
  }

  /** Ends the stream that was opened because the clip was late, where the clip is there first all the same. Returns whether it did. */
  private givesWay(lengthMs: number): boolean {
    const { engine, sound, stream, taken } = this;
    if (stream === undefined || taken || stream.isThere) return false;
    if (engine.budgets.reserve(this, sound.role, lengthMs, engine.services.clock.nowMs()) !== 'granted') return false;
    stream.close();
    this.stream = undefined;
    return true;
  }

  /** A file whose decode took too long is streamed from then on, for a while: it may have been the machine that was busy. */
  private judge(key: string, decodeMs: number): void {
    const { engine, sound } = this;
    if (decodeMs <= engine.now.slowDecodeMs) return engine.streamed.forgive(key);
    const forMs = engine.streamed.add(key, 'its decode was too slow', engine.services.clock.nowMs());
    const { slowDecodeMs: limitMs } = engine.now;
    const about = { file: sound.file, decodeMs: Math.round(decodeMs), limitMs, forMs };
    engine.services.log.info('a file is streamed from now on, because its decode was too slow', about);
  }

  private streamNow(spec: TrackSpec, because: string): void {
    if (this.stream !== undefined || this.over) return;
    const { engine, sound } = this;
    engine.budgets.release(this);
    engine.services.log.debug('a sound is streamed', { file: sound.file, role: sound.role, because });
    this.streamedBecause = because;
    this.stream = engine.cache.open(spec, sound.loop);
  }

  /**
   * Decides what is played: a clip that is not decoded yet is waited for, but not for long; then it is streamed instead. Resolves once the
   * first samples are there, or it is certain that none come.
   */
  async ready(waitMs = this.engine.now.prefetchBlockMs): Promise<void> {
    await this.choose(waitMs);
    await this.engine.until(() => this.isSettled);
  }

  private async choose(waitMs: number): Promise<void> {
    const { engine, sound } = this;
    this.loudness.endIn(waitMs);
    const known = await this.looked;
    if (known === undefined || this.over || this.clip !== undefined || this.stream !== undefined) return;
    await within(this.decoding, waitMs);
    if (!this.over && this.clip === undefined) this.streamNow(engine.trackOf(sound.file, known), 'prefetch pending');
  }

  /** The source that is played from now on, whatever else comes; as `result`. */
  take(): Ready | undefined {
    this.taken = true;
    return this.result;
  }

  /** The source to play, once that is decided; undefined where there is no sound to play. */
  get result(): Ready | undefined {
    const { clip, stream, found: known } = this;
    if (known === undefined || this.over) return undefined;
    if (clip !== undefined) return { kind: 'clip', source: new ClipSource(clip), known };
    return stream === undefined ? undefined : { kind: 'stream', source: stream, known };
  }

  /** Whether its first samples are there, or never will be. */
  get isSettled(): boolean {
    const { state } = this.progress;
    return this.over || state === 'ready' || state === 'failed';
  }

  get progress(): Progress {
    const { clip, stream, failure, streamedBecause } = this;
    if (failure !== undefined) return { state: 'failed', because: failure };
    if (clip !== undefined) return { state: 'ready', from: 'memory' };
    if (stream === undefined)
      return this.retry === undefined ? { state: 'preparing' } : { state: 'deferred', because: 'waits for room' };
    if (stream.frames === 0) return { state: 'failed', because: 'has no sound that can be decoded' };
    if (stream.failure?.fromFrame === 0) return { state: 'failed', because: stream.failure.reason };
    return { state: stream.isThere ? 'ready' : 'preparing', from: 'chunks', because: `streamed: ${streamedBecause}` };
  }

  /** It is heard from now on: its share of the budget decays. */
  plays(): void {
    this.engine.budgets.plays(this, this.engine.services.clock.nowMs());
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.loudness.end();
    clearTimeout(this.retry);
    this.engine.budgets.release(this);
    this.stream?.close();
  }
}
