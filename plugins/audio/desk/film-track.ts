/** The sound of a clip, in step with its picture: put on the clock where the picture is, and put right where that has moved. */
import type { CardSound, ClipSound, SoundNews, SoundState, StageTime } from '../../../runtime/stage/sound';
import type { TrackHandle } from '../chunks/track';
import type { TrackSpec } from '../decode/producer';
import type { Engine } from '../engine';
import type { KnownSound } from '../facts/sound-probe';
import type { Voice } from '../play/voice';
import { PAUSE_FADE_MS } from './cue-track';
import { LoudnessWait } from './loudness-wait';

/** Sound is put right where it is this far off: below what is noticed, 45 ms early and 125 ms late (ITU-R BT.1359). */
const OFF_MS = 20;
/** Not more often than this: what was put on the clock has to be heard first. */
const RIGHT_MS = 1000;
/** One place of a sound gives way to another one in this time, and a cut of the picture takes as long. */
const SPLICE_MS = 10;
/** So long before its picture a sound is decoded, whether or not its loudness is known; clips are made known two seconds ahead. */
const DECODE_MS = 700;
/** Rounds are put on the clock this far ahead. */
const AHEAD_MS = 1500;
/** A shorter round would be a tone. */
const SHORTEST_ROUND_MS = 100;

/** The first samples are waited for, but not for ever: what comes late comes in step. */
const FIRST_LOOK_MS = 20;
const FIRST_LOOKS = 100;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** A time from the beginning of a clip to its end. */
interface Round {
  readonly number: number;
  readonly voice: Voice;
  readonly handle: TrackHandle;
}

/** Main thread only. Times are stage ms. Begins to be made ready at once. */
export class FilmTrack {
  readonly sound: ClipSound;
  private readonly volume: number;
  private readonly known: Promise<KnownSound | undefined>;
  private readonly loudness: LoudnessWait;
  /** The track that its rounds are decoded to. */
  private spec: TrackSpec | undefined;
  private found: KnownSound | undefined;
  /** Keeps the beginning at hand until it is heard. */
  private ready: TrackHandle | undefined;
  private rounds: Round[] = [];
  /** When its picture was meant to come. */
  private plannedMs = NaN;
  private stopping: { readonly atMs: number; readonly overMs: number } | undefined;
  private paused = false;
  private over = false;
  private rightMs = -Infinity;
  private untold = true;
  /** Nothing of it can be heard. */
  private silent = false;

  constructor(
    private readonly engine: Engine,
    private readonly time: StageTime,
    { sound, volume }: CardSound,
    private readonly news: SoundNews,
  ) {
    this.sound = sound;
    this.volume = volume;
    this.loudness = new LoudnessWait(engine, sound.file);
    this.known = this.look();
  }

  private async look(): Promise<KnownSound | undefined> {
    const { engine, sound } = this;
    const look = await engine.probe.look(sound.file);
    if (this.over) return undefined;
    if (look.kind !== 'sound') {
      this.silent = true;
      engine.fail(sound.file, look.kind === 'gone' ? 'is not there' : look.reason);
      return undefined;
    }
    await this.loudness.measured(look, Infinity);
    if (this.over) return undefined;
    this.spec = engine.trackOf(sound.file, look);
    this.ready = this.open(this.fromFrame);
    return look;
  }

  /** Its first frame that is heard, from the beginning of its file. */
  private get fromFrame(): number {
    return Math.round(((this.sound.fromMs ?? 0) / 1000) * this.engine.rateHz);
  }

  /** How far it is. */
  get state(): Omit<SoundState, 'cue'> {
    const { sound, rounds, paused, engine } = this;
    const own = { file: sound.file, role: 'clips', from: 'chunks' } as const;
    const current = rounds.find(({ number }) => number === this.roundNow);
    if (current === undefined) return { ...own, state: paused ? 'plays' : 'preparing' };
    const positionMs = Math.round((current.voice.positionAt(engine.nowFrame) / engine.rateHz) * 1000);
    if (current.voice.endFrame <= engine.nowFrame) return { ...own, state: 'over', positionMs };
    return { ...own, state: current.voice.isFlowing ? 'plays' : 'late', positionMs };
  }

  private open(fromFrame = 0): TrackHandle {
    const { engine, sound, spec } = this;
    return engine.cache.open(spec!, sound.roundMs !== undefined, fromFrame);
  }

  /** Readies its first samples, for `limitMs` at most. Resolves with whether they are there, or it is certain that none come. */
  async warm(limitMs: number): Promise<boolean> {
    this.loudness.endIn(limitMs / 2);
    return this.engine.until(() => this.isAtHand, limitMs);
  }

  /** Whether its first samples are there, or never will be. */
  get isAtHand(): boolean {
    return this.over || this.silent || this.ready?.isThere === true || this.ready?.failure !== undefined;
  }

  /** Its picture comes on at `fromMs`. */
  async start(fromMs: number, overMs: number): Promise<void> {
    const { engine, sound, time } = this;
    this.plannedMs = fromMs;
    this.loudness.endIn(Math.max(0, fromMs - time.nowMs() - DECODE_MS));
    if (!this.paused) engine.await(this, sound.file, engine.frameIn(fromMs - time.nowMs()));
    this.found = await this.known;
    if (this.found === undefined) return engine.arrived(this);
    for (let looks = 0; looks < FIRST_LOOKS && !this.isPrimed; looks++) await sleep(FIRST_LOOK_MS);
    // The show may have been paused meanwhile, and gone on.
    if (!this.over && !this.paused && this.rounds.length === 0) this.begin(overMs);
  }

  /** Whether the samples are there that belong to where the picture is, or will be. */
  private get isPrimed(): boolean {
    if (this.ready === undefined || this.over) return true;
    const { roundNow } = this;
    const soonFrame = this.soonFrame - this.zeroFrame(roundNow);
    return this.ready.read(Math.max(this.firstFrame(roundNow), soonFrame), 1) !== undefined;
  }

  /** Of a round, from the beginning of its file: the first one begins where its picture does. */
  private firstFrame(round: number): number {
    return round === 0 ? this.fromFrame : 0;
  }

  /** The stage ms at which a round's picture begins. */
  private beginMs(round: number): number {
    const { beganMs, roundMs = 0, fromMs = 0 } = this.sound;
    return (Number.isNaN(beganMs) ? this.plannedMs - fromMs : beganMs) + round * roundMs;
  }

  /** Frame of the clock at which the first sample of a round belongs. */
  private zeroFrame(round: number): number {
    const { engine, time } = this;
    return engine.frameIn(this.beginMs(round) + (this.found!.facts.behindPictureMs ?? 0) - time.nowMs());
  }

  private get roundNow(): number {
    const { roundMs } = this.sound;
    if (roundMs === undefined || roundMs < SHORTEST_ROUND_MS) return 0;
    return Math.max(0, Math.floor((this.time.nowMs() - this.beginMs(0)) / roundMs));
  }

  private get soonFrame(): number {
    return this.engine.soonFrame;
  }

  /** Once, when its first frame is on the clock. */
  private tell(beganFrame: number, dueFrame: number): void {
    if (!this.untold) return;
    this.untold = false;
    const { engine, sound } = this;
    const lateMs = Math.round(((beganFrame - dueFrame) / engine.rateHz) * 1000);
    this.news.begun({ file: sound.file, role: 'clips', from: 'chunks', lateMs: Math.max(0, lateMs) });
  }

  /** From where the picture is now, or will be. */
  private begin(fadeMs: number): void {
    this.engine.arrived(this);
    this.put(this.roundNow, fadeMs);
    this.rightMs = this.time.nowMs();
    if (this.stopping !== undefined) this.halt();
    this.follow();
  }

  private put(number: number, fadeMs: number): void {
    const { engine } = this;
    const zeroFrame = this.zeroFrame(number);
    // Where it begins farther on, so does its picture: nothing is heard before that.
    const dueFrame = zeroFrame + this.firstFrame(number);
    const clockFrame = Math.max(dueFrame, this.soonFrame);
    const handle = this.open(clockFrame - zeroFrame);
    this.ready?.close();
    this.ready = undefined;
    const voice = engine.voice(
      handle,
      { file: this.sound.file, role: 'clips', volume: this.volume, loop: false },
      'stream',
    );
    voice.whenBegun = (beganFrame) => this.tell(beganFrame, dueFrame);
    voice.start(clockFrame, clockFrame - zeroFrame, fadeMs);
    this.rounds.push({ number, voice, handle });
    engine.wake();
  }

  /** Looks where picture and sound are. Returns whether anything is left to be heard. */
  follow(): boolean {
    const { engine, found } = this;
    if (this.over) return false;
    if (found === undefined || this.paused) return true;
    this.rounds = this.rounds.filter((round) => this.keeps(round));
    if (this.stopping !== undefined) {
      if (this.rounds.length > 0) return true;
      this.end();
      return false;
    }
    const current = this.rounds.find(({ number }) => number === this.roundNow);
    if (current?.voice.isFlowing === true && this.time.nowMs() - this.rightMs > RIGHT_MS) {
      const offMs = ((current.voice.zeroFrame - this.zeroFrame(current.number)) / engine.rateHz) * 1000;
      const isOff = Math.abs(offMs) > OFF_MS;
      engine.lookedAtStep(offMs, isOff);
      if (isOff) this.putRight(offMs);
    }
    this.goRound();
    return true;
  }

  private keeps({ voice, handle }: Round): boolean {
    if (voice.endFrame > this.engine.nowFrame) return true;
    this.engine.end(voice);
    handle.close();
    return false;
  }

  private putRight(offMs: number): void {
    const { engine, sound } = this;
    engine.services.log.info('sound is put right', { file: sound.file, offMs: Math.round(offMs) });
    for (const { voice } of this.rounds) voice.stop(this.soonFrame, SPLICE_MS);
    this.put(this.roundNow, SPLICE_MS);
    this.rightMs = this.time.nowMs();
  }

  /** The rounds that begin soon. */
  private goRound(): void {
    const { roundMs } = this.sound;
    if (roundMs === undefined || roundMs < SHORTEST_ROUND_MS) return;
    for (;;) {
      const last = this.rounds.at(-1)?.number ?? this.roundNow;
      if (this.beginMs(last + 1) - this.time.nowMs() > AHEAD_MS) return;
      // A sound that is longer than its picture ends with it; one that is as long goes on without a seam.
      for (const { voice, number } of this.rounds) if (number === last) voice.stop(this.zeroFrame(last + 1), SPLICE_MS);
      // A round is a play: its gain is what is known of its loudness now.
      this.spec = this.engine.trackOf(this.sound.file, this.found!);
      this.put(last + 1, 0);
    }
  }

  /** Its picture goes at `atMs`, over `overMs`. */
  stop(atMs: number, overMs: number): void {
    this.stopping = { atMs, overMs: Math.max(SPLICE_MS, overMs) };
    if (this.found === undefined) this.end();
    else if (!this.paused) this.halt();
  }

  private halt(): void {
    const { atMs, overMs } = this.stopping!;
    const inMs = atMs - this.time.nowMs();
    const frame = Math.max(this.engine.nowFrame, this.engine.frameIn(inMs));
    // Of a fade that has begun the rest, where the show was paused in it.
    const leftMs = Math.max(SPLICE_MS, overMs + Math.min(0, inMs));
    for (const { voice } of this.rounds) voice.stop(frame, leftMs);
  }

  /** Its picture was to go, and does not. */
  goOn(): void {
    this.stopping = undefined;
    for (const { voice } of this.rounds) voice.goOn();
    this.engine.wake();
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.engine.arrived(this);
    for (const { voice } of this.rounds) voice.hush(this.soonFrame, PAUSE_FADE_MS);
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.rounds = this.rounds.filter(({ voice, handle }) => {
      this.engine.end(voice);
      handle.close();
      return false;
    });
    if (this.found !== undefined && !this.over) this.begin(PAUSE_FADE_MS);
  }

  /** At once. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.loudness.end();
    this.engine.arrived(this);
    for (const { voice, handle } of this.rounds) {
      this.engine.end(voice);
      handle.close();
    }
    this.rounds = [];
    this.ready?.close();
  }
}
