/**
 * A voice: one sound from one instant of the audio clock on. It puts pieces on the clock ahead of time, each beginning at the very frame
 * at which the one before ends, in both states.
 */
import { STATES, type Mixer, type Role } from '../output/mixer';
import type { Buffer, BufferSource } from '../output/web-audio';
import { POWER_FADE, type Fade } from './fade';
import type { BufferPool } from './buffer-pool';
import { Pieces } from './pieces';
import type { VoiceSource } from './source';
import { VoiceFades } from './voice-fades';

/** How far ahead of the clock pieces lie: what the main thread may sleep without being heard. */
export const HORIZON_S = 2.5;
/** A piece: small enough that little memory waits on the clock, large enough that few are made. */
export const PIECE_S = 1;
/** Shorter is not repeated: it would be a tone. */
const SHORTEST_LOOP_S = 0.05;
/** A clock that was held up makes up for it in a burst: the last try is 60 ms ahead of it. */
const MOST_TRIES = 6;
/** A late piece begins so much later than the earliest frame that can be ordered; twice as much with each further try. */
const LATE_LEAD_S = 0.002;

/** A piece that is made and not on the clock yet. */
interface Made {
  readonly voice: Voice;
  readonly buffers: readonly Buffer[];
  readonly count: number;
}

export interface VoiceOptions {
  /** Absolute. */
  readonly file: string;
  readonly role: Role;
  readonly volume: number;
  readonly loop: boolean;
}

/** Main thread only. Frames of the clock are those of the context since its start; frames of the file are the file's at the context's rate. */
export class Voice {
  private readonly fades: VoiceFades;
  private readonly pieces: Pieces;
  /** The next piece is put on the clock there, from this frame of the file on. */
  private clockFrame = 0;
  private fileFrame = 0;
  private fadeIn: { readonly values: readonly number[]; readonly seconds: number } | undefined;
  /** Where file and clock were last put together: for the position. */
  private anchor = { clockFrame: 0, fileFrame: 0 };
  private complete = false;
  private starved = false;
  private started = false;
  private begun = false;
  /** Called once, when its first frame is on the clock, with the frame of the clock at which that is. */
  whenBegun: ((clockFrame: number) => void) | undefined;
  /** Of the piece that is being put on: it comes after the end of the one before. */
  private isLate = false;
  /** Times that frames were not there when they were due. */
  underruns = 0;

  constructor(
    private readonly mixer: Mixer,
    private readonly buffers: BufferPool,
    readonly source: VoiceSource,
    private readonly options: VoiceOptions,
  ) {
    this.fades = new VoiceFades(mixer, options.role, options.volume);
    this.pieces = new Pieces(buffers);
  }

  private get rateHz(): number {
    return this.mixer.context.sampleRate;
  }

  private get nowFrame(): number {
    return Math.round(this.mixer.context.currentTime * this.rateHz);
  }

  /** Begins at a frame of the clock that is still to come; later where its first frames are. Nothing is on the clock before `pump`. */
  start(clockFrame: number, fileFrame: number, fadeInMs: number, shape: Fade = POWER_FADE): void {
    this.started = true;
    this.clockFrame = clockFrame;
    this.fileFrame = fileFrame;
    this.anchor = { clockFrame, fileFrame };
    this.fadeIn = { values: shape.in, seconds: fadeInMs / 1000 };
  }

  /**
   * Fades out from a frame of the clock on, and is over then. Called again, the new time counts; a fade that is heard already goes on as it
   * was.
   */
  stop(clockFrame: number, fadeOutMs: number, shape: Fade = POWER_FADE): void {
    this.fades.stop(clockFrame, fadeOutMs, shape);
  }

  /** Takes `stop` back. A fade that is heard already goes on. */
  goOn(): void {
    this.fades.goOn();
  }

  /** Silent from a frame of the clock on, after a short fade: whatever else it does. */
  hush(clockFrame: number, overMs: number): void {
    this.fades.hush(clockFrame, overMs);
  }

  /** Another voice takes its place: it goes down to nothing from a frame of the clock on, and `stop` may be called meanwhile. Once. */
  giveWay(clockFrame: number, overMs: number, shape: Fade = POWER_FADE): void {
    this.fades.giveWay(clockFrame, overMs, shape);
  }

  /** Nothing of it is heard from here on. */
  private get quietFrame(): number {
    return this.fades.quietFrame;
  }

  /** Where on the clock it begins, or came back after a gap. */
  get startFrame(): number {
    return this.anchor.clockFrame;
  }

  /** Where on the clock the first frame of the file lies, or would lie. Of a voice that loops: of its first round. */
  get zeroFrame(): number {
    return this.anchor.clockFrame - this.anchor.fileFrame;
  }

  /** The file it plays. */
  get file(): string {
    return this.options.file;
  }

  /** The frame of the clock since which it should be heard and has no samples; undefined where nothing is missing. */
  missingSince(nowFrame: number): number | undefined {
    const isDue = this.started && !this.complete && this.clockFrame < nowFrame && nowFrame < this.quietFrame;
    return isDue ? this.clockFrame : undefined;
  }

  /** Whether it has frames on the clock, and none are waited for. */
  get isFlowing(): boolean {
    return this.begun && !this.starved;
  }

  /** The frame of the clock at which the sound has come to its end by itself or by `stop`; Infinity while that is not known. */
  get endFrame(): number {
    const { frames } = this.source;
    const own =
      this.options.loop || frames === undefined ? Infinity : this.clockFrame + Math.max(0, frames - this.fileFrame);
    return Math.min(this.complete ? this.clockFrame : own, this.quietFrame);
  }

  /** Frame of the file that is heard at a frame of the clock. */
  positionAt(clockFrame: number): number {
    const { frames } = this.source;
    const at = this.anchor.fileFrame + Math.max(0, clockFrame - this.anchor.clockFrame);
    return frames === undefined || frames === 0 ? at : this.options.loop ? at % frames : Math.min(at, frames);
  }

  /** Puts pieces on the clock as far as they are there. Returns whether the voice has anything left to do. */
  pump(nowFrame: number): boolean {
    this.pieces.tidy(nowFrame, this.quietFrame);
    const horizon = nowFrame + HORIZON_S * this.rateHz;
    while (!this.complete && this.clockFrame < Math.min(horizon, this.quietFrame)) {
      if (!this.advance(nowFrame)) break;
    }
    return !this.pieces.isEmpty || (!this.complete && nowFrame < this.quietFrame);
  }

  /** One more piece; false where none is there. */
  private advance(nowFrame: number): boolean {
    const { source, options, rateHz } = this;
    const { frames } = source;
    if (frames !== undefined && this.fileFrame >= frames) {
      if (!options.loop || frames < SHORTEST_LOOP_S * rateHz) {
        this.complete = true;
        return false;
      }
      this.fileFrame = 0;
    }
    const made = this.make();
    if (made === undefined) {
      if (this.fileFrame >= (source.failure?.fromFrame ?? Infinity)) this.complete = true;
      else this.starve(nowFrame);
      return false;
    }
    Voice.putOn([made]);
    return true;
  }

  /** The next piece; undefined where its frames are not there. */
  private make(): Made | undefined {
    const found = this.source.read(this.fileFrame, this.buffers.frames);
    if (found === undefined) return undefined;
    const buffers = STATES.map((state) => this.buffers.take(found.view(state), found.count));
    return { voice: this, buffers, count: found.count };
  }

  /**
   * Begins voices that were started for one frame of the clock at one frame: that one, or a later one where it is too near for any of them.
   * A voice whose first frames are not there begins by itself.
   */
  static beginTogether(voices: readonly Voice[]): void {
    const made = voices.flatMap((voice) => (voice.begun ? [] : (voice.make() ?? [])));
    if (made.length > 0) Voice.putOn(made);
  }

  /**
   * Puts pieces on the clock, all at the frame of the first. A piece that comes too late would begin late and run into what follows it: so
   * everything is made first, what is late already begins a little later, and what may have come too late is taken back and put on again.
   */
  private static putOn(made: readonly Made[]): void {
    const [{ voice: first }] = made as [Made];
    const { blockFrames } = first.mixer.output;
    for (const { voice } of made) voice.isLate = false;
    for (let tries = 1; ; tries++) {
      const sources = made.map(({ voice, buffers }) => voice.sourcesOf(buffers));
      const clockFrame = first.reachableFrame(tries);
      for (const { voice } of made) voice.meetTheClock(clockFrame);
      for (const source of sources.flat()) source.start(clockFrame / first.rateHz);
      // Whatever is rendered now, the block after it finds the order.
      if (clockFrame >= first.nowFrame + blockFrames || tries === MOST_TRIES) {
        made.forEach((each, at) => each.voice.isOn(each, sources[at]!));
        return;
      }
      made.forEach(({ voice, buffers }, at) =>
        buffers.forEach((buffer, lane) => voice.buffers.retire(sources[at]![lane]!, buffer)),
      );
    }
  }

  private sourcesOf(buffers: readonly Buffer[]): BufferSource[] {
    return buffers.map((buffer, lane) => {
      const node = this.mixer.context.createBufferSource();
      node.buffer = buffer;
      node.connect(this.fades.input(lane));
      return node;
    });
  }

  /** The piece is on the clock. */
  private isOn({ buffers, count }: Made, sources: readonly BufferSource[]): void {
    if (!this.begun) this.whenBegun?.(this.clockFrame);
    this.fadeIn = undefined;
    this.begun = true;
    this.starved = false;
    if (this.isLate) this.underruns += 1;
    this.pieces.add(this.clockFrame, sources, buffers);
    this.clockFrame += count;
    this.fileFrame += count;
  }

  /** Counts an underrun where frames are due and missing. Before its first frame a voice is late instead. */
  private starve(nowFrame: number): void {
    if (this.starved || this.clockFrame > nowFrame) return;
    this.starved = true;
    if (this.begun) this.underruns += 1;
  }

  /** Where the next piece can begin: where it belongs, or a little later than what can be ordered now. */
  private reachableFrame(tries: number): number {
    const { clockFrame, nowFrame, rateHz } = this;
    const { startLeadS } = this.mixer.output;
    if (clockFrame >= nowFrame + startLeadS * rateHz) return clockFrame;
    return nowFrame + Math.ceil((startLeadS + LATE_LEAD_S * 2 ** (tries - 1)) * rateHz);
  }

  private meetTheClock(clockFrame: number): void {
    const { begun, starved, fadeIn } = this;
    if (clockFrame !== this.clockFrame) {
      this.isLate ||= begun && !starved;
      this.clockFrame = clockFrame;
      this.anchor = { clockFrame, fileFrame: this.fileFrame };
    }
    if (fadeIn !== undefined) this.fades.fadeIn(clockFrame, fadeIn.values, fadeIn.seconds);
  }

  /** Takes everything off the clock at once; the source is not its own. */
  close(): void {
    this.pieces.clear();
    this.complete = true;
    this.fades.close();
  }
}
