/**
 * A decoder: one clip from its file into its ring, by a child that may die, hang or complain. A loop is a chain of rounds, each with a child
 * of its own. A child that breaks is started again where it broke; three breaks end the clip at its last good frame.
 */
import { messageOf } from '../../runtime/core/errors';
import type { ClipRing } from '../../runtime/stage/clip-store';
import { lastLine } from '../../runtime/media/child';
import { framesOf, INDEXED } from './clip-facts';
import { plainerOrder, type DecodeOrder } from './command';
import { startDecoding, type Decoding } from './decoding';
import { watchOver } from './hang-watch';
import { closeQuietly, endReading } from '../../runtime/media/socket-pair';
import type { ClipEnd, DecoderParts } from './decoder-parts';
import type { ReadEnd, Reading } from './readers';
import { endOf, settledEnd, usualMs, type Seen } from './length';
import { BEGINNING, nextRound, statedEnd, type Place, type ReadOrder } from './reader-messages';

const STRIKES = 3;
/** A clip that plays so long without a break has earned new strikes. */
const FORGIVEN_AFTER_FRAMES = 600;
/** The child of the next round starts this long before its round: a Raspberry Pi 3 needs 1 s until the first frame. */
const NEAR_MS = 2000;

/** In streams without an index, places up to here are reached by decoding: seeking may land on a picture that builds on others. */
const DECODED_MS = 5000;
const WITHOUT_INDEX = /mpeg|h264|hevc|obu|ivf/;

/** A child that was killed is gone after that, if it is not the kernel that holds it. */
const KILLED_MS = 1000;
/** A picture that stays so much longer than usual is seen to stand. */
const STANDS_MS = 20;
/** A child that has written all its frames has this long to end by itself: a driver may hang. */
const ENDING_MS = 1000;

/** A child that decodes one round, or the rest of one. */
interface Pass extends Decoding {
  readonly order: DecodeOrder;
  /** It began by seeking. */
  readonly sought: boolean;
  /** What it decodes and throws away first. */
  readonly beforeMs: number;
  reading: Reading;
}

/** Main thread only. Ends with `close`; nothing of it is left then. */
export class Decoder {
  /** Whether a frame is there. */
  readonly ready: Promise<boolean>;
  readonly over: Promise<ClipEnd>;
  private closed = false;
  private readonly passes = new Set<Pass>();
  /** Of the next round of a loop, started before its time. */
  private upcoming: Pass | undefined;
  private settleReady!: (ready: boolean) => void;
  private readonly closing: Promise<void>;
  private settleClosing!: () => void;
  private strikes = 0;
  private trying: readonly string[] = [];
  /** Seeking found nothing. */
  private cannotSeek = false;
  private measuredMs: number | undefined;
  /** Of a whole round: its frames, and how much longer than usual the last one stays because the file says so. */
  private measured: { readonly frames: number; readonly standsMs: number } | undefined;

  constructor(
    private readonly parts: DecoderParts,
    private readonly order: DecodeOrder,
    private readonly frameMs: number,
    readonly ring: ClipRing,
    private readonly frameBytes: number,
  ) {
    this.ready = new Promise((resolve) => (this.settleReady = resolve));
    this.closing = new Promise((resolve) => (this.settleClosing = resolve));
    this.over = this.run().finally(() => this.settleReady(ring.written > 0));
  }

  /** What decodes it: the last word of the arguments that ask for hardware, else `software`. */
  get decodedBy(): string {
    return this.ring.written > 0 && this.trying.length > 0 ? this.trying[1]! : 'software';
  }

  /** Decoders that broke and were begun again. */
  get restarts(): number {
    return Math.min(this.strikes, STRIKES - 1);
  }

  /** Of a round, in ms: as measured, before that as the file states; undefined where it does not. */
  get lengthMs(): number | undefined {
    return this.measuredMs ?? this.order.facts.lengthMs;
  }

  /** Seams of a loop that were shown, and how long the picture stands at each by the clip's own times. */
  get seams(): { readonly count: number; readonly standsMs: number } {
    const { frames, standsMs } = this.measured ?? { frames: Infinity, standsMs: 0 };
    const seen = this.ring.shown + this.ring.skipped;
    return { count: this.order.loop && frames > 1 ? Math.floor(Math.max(0, seen - 1) / frames) : 0, standsMs };
  }

  /** Ends the child, waits until nobody writes any more, and gives the ring back. Twice is harmless. */
  async close(): Promise<void> {
    this.closed = true;
    this.ring.end();
    this.settleClosing();
    for (const { child } of this.passes) child.kill();
    await Promise.race([this.over, this.abandoned()]);
    this.ring.release();
  }

  /** A child that waits for a disk that hangs does not end: what it would write is no longer read, and it is left to itself. */
  private async abandoned(): Promise<void> {
    const timer = new Promise((wake) => setTimeout(wake, KILLED_MS).unref());
    await Promise.race([this.over, timer]);
    const passes = [...this.passes];
    for (const { framesFd, timesFd } of passes) [framesFd, timesFd].forEach(endReading);
    await Promise.all(passes.map(({ reading }) => reading.done));
    this.settleReady(this.ring.written > 0);
  }

  private async run(): Promise<ClipEnd> {
    let { order } = this;
    let place = this.firstPlace;
    let frames = 0;
    let sinceStrike = 0;
    const end = async (outcome: ClipEnd['outcome'], reason: string, lengthMs?: number): Promise<ClipEnd> => {
      await this.dropUpcoming();
      const lastMs = place.frames > 0 ? (lengthMs ?? place.lastMs + this.frameMs) : 0;
      const endMs = place.roundMs + lastMs;
      this.ring.end(endMs);
      return { outcome, frames, endMs, strikes: this.strikes, reason };
    };
    for (;;) {
      let heard: Awaited<ReturnType<Decoder['follow']>>;
      let pass: Pass;
      try {
        pass = this.takeUpcoming() ?? this.begin(place, order);
        this.trying = pass.order.hardware;
        heard = await this.follow(pass, place);
      } catch (cause) {
        return end('broken', messageOf(cause));
      }
      const { read, reason, whole, complaint } = heard;
      frames += read.frames;
      sinceStrike += read.frames;
      place = read.place;
      if (this.closed) return end('closed', '', read.lengthMs);
      if (whole && pass.sought && read.frames === 0) {
        this.cannotSeek = true;
        continue;
      }
      if ((whole || read.complete) && place.frames > 0) {
        const lengthMs = read.lengthMs ?? place.first?.lengthMs ?? (await this.settle(place, complaint !== ''));
        if (place.partial !== true) {
          if (this.measured === undefined && this.strikes === 0) this.parts.measured(lengthMs);
          this.measuredMs ??= lengthMs;
          const standsMs = lengthMs - place.lastMs - usualMs({ stepMs: place.stepMs, frameMs: this.frameMs });
          this.measured ??= { frames: place.frames, standsMs: standsMs > STANDS_MS ? standsMs : 0 };
        }
        if (!this.order.loop) return end('whole', reason, lengthMs);
        if (read.repeats || this.repeats(place, lengthMs)) {
          await this.closing;
          return end('closed', '', lengthMs);
        }
        place = nextRound(place, lengthMs);
        continue;
      }
      await this.dropUpcoming();
      const plainer = plainerOrder(order, complaint, frames);
      if (plainer !== undefined) {
        const way = order.hardware.length > 0 ? 'in software' : 'for pictures of any size';
        this.parts.log.info(`a clip is decoded ${way}`, { file: order.path, because: reason });
        this.parts.distrust(order, reason);
        order = plainer;
        continue;
      }
      if (frames === 0) return end('broken', `has no frame that can be decoded${reason === '' ? '' : ` (${reason})`}`);
      if (sinceStrike > FORGIVEN_AFTER_FRAMES) this.strikes = 0;
      sinceStrike = 0;
      this.strikes += 1;
      this.parts.log.warn('a decoder broke', { file: this.order.path, because: reason, strike: this.strikes });
      if (this.strikes >= STRIKES) return end('broken', reason);
    }
  }

  /** As if what lies before the frame it begins with had been decoded. */
  private get firstPlace(): Place {
    const { fromMs, facts } = this.order;
    const last = facts.lengthMs === undefined ? Infinity : Math.ceil(facts.lengthMs / this.frameMs) - 1;
    // Times are rounded: a frame that begins within a hundredth of its time is meant.
    const frames = Math.min(last, Math.floor(fromMs / this.frameMs + 0.01));
    if (frames <= 0) return BEGINNING;
    const { frameMs } = this;
    return {
      roundMs: 0,
      frames,
      lastMs: (frames - 1) * frameMs,
      stepMs: frameMs,
      zeroMs: facts.startMs,
      partial: true,
    };
  }

  /** The length of the first round, where the reader could not know it. */
  private async settle(place: Place, complained: boolean): Promise<number> {
    const { facts } = this.order;
    const { lastMs, stepMs, zeroMs = 0 } = place;
    const { stated } = this;
    const statedMs = statedEnd(stated === undefined ? {} : { stated }, zeroMs);
    const seen: Seen = { lastMs, stepMs, frameMs: this.frameMs, statedMs };
    const { endMs, doubtful } = endOf(seen);
    if (!doubtful) return endMs;
    const exact = INDEXED.test(facts.container);
    const packetMs = exact ? await this.parts.lastFrameMs(zeroMs + lastMs) : undefined;
    return settledEnd(seen, { exact, packetMs, complained });
  }

  /** Lets the ring repeat where the whole clip is in it. */
  private repeats({ roundMs, frames }: Place, lengthMs: number): boolean {
    const { ring } = this;
    if (this.closed || roundMs > 0 || ring.written !== frames || frames > ring.frames) return false;
    ring.repeat(lengthMs);
    return true;
  }

  private get stated(): ReadOrder['stated'] {
    const { lengthMs, lengthFrom, startMs } = this.order.facts;
    if (lengthMs === undefined || lengthFrom === 'file') return undefined;
    return lengthFrom === 'picture' ? { ms: startMs + lengthMs, fromFirst: false } : { ms: lengthMs, fromFirst: true };
  }

  /** Starts a child that goes on at a place of the clip, and has it read. Throws where there is no room for one. */
  private begin(place: Place, order: DecodeOrder): Pass {
    const { lastMs, zeroMs = 0 } = place;
    const fromMs = place.frames > 0 ? lastMs + zeroMs + this.frameMs / 2 : 0;
    const sought = fromMs > 0 && !this.isReachedByDecoding(fromMs);
    const reach = sought ? 'seek' : 'decode';
    const output = startDecoding(this.parts.ffmpeg, { ...order, fromMs, reach });
    const { framesFd, timesFd } = output;
    const shift = sought ? { zeroMs: zeroMs - fromMs } : {};
    const reading = this.parts.readers.read({ ...this.readOrder, ...shift, framesFd, timesFd, from: place });
    const pass: Pass = { ...output, order, sought, beforeMs: sought ? 0 : fromMs, reading };
    this.passes.add(pass);
    // That there is none is only known when the last try has ended.
    void reading.filled.then(() => this.ring.written > 0 && this.settleReady(true));
    return pass;
  }

  private isReachedByDecoding(fromMs: number): boolean {
    return this.cannotSeek || (fromMs <= DECODED_MS && WITHOUT_INDEX.test(this.order.facts.container));
  }

  private get readOrder() {
    const { stated } = this;
    return {
      ring: this.ring.address,
      frameBytes: this.frameBytes,
      prefill: this.parts.prefill,
      frameMs: this.frameMs,
      loop: this.order.loop,
      nearMs: NEAR_MS,
      ...(stated === undefined ? {} : { stated }),
    };
  }

  /** Starts the child of the next round beside the one that is at work, where the clip does not stay in its ring. */
  private prepare(pass: Pass, place: Place): void {
    const { loop, facts } = this.order;
    if (!loop || this.closed || this.upcoming !== undefined || !this.parts.readers.isLast(pass.reading)) return;
    // It may turn out to stay in its ring whole.
    if (place.roundMs === 0 && place.partial !== true && framesOf(facts) <= this.ring.frames) return;
    let output: Decoding;
    try {
      output = startDecoding(this.parts.ffmpeg, { ...pass.order, fromMs: 0 });
    } catch {
      // There is no room for it now: it starts when the one before has ended.
      return;
    }
    const { framesFd, timesFd } = output;
    const reading = this.parts.readers.readAfter(pass.reading, { ...this.readOrder, framesFd, timesFd });
    this.upcoming = { ...output, order: pass.order, sought: false, beforeMs: 0, reading };
    this.passes.add(this.upcoming);
  }

  private takeUpcoming(): Pass | undefined {
    const pass = this.upcoming;
    this.upcoming = undefined;
    return pass;
  }

  private async dropUpcoming(): Promise<void> {
    const pass = this.takeUpcoming();
    if (pass === undefined) return;
    pass.child.kill();
    const [{ unread }] = await Promise.all([pass.reading.done, pass.child.ended]);
    if (unread) [pass.framesFd, pass.timesFd].forEach(closeQuietly);
    this.passes.delete(pass);
  }

  /** Follows a child from its start to its end. `place` is where it goes on. */
  private async follow(
    pass: Pass,
    place: Place,
  ): Promise<{ reason: string; whole: boolean; complaint: string; read: ReadEnd }> {
    const { child } = pass;
    if (this.closed) child.kill();
    let ending: NodeJS.Timeout | undefined;
    const hung = watchOver(child, this.ring, pass.beforeMs);
    try {
      void pass.reading.near.then(() => this.prepare(pass, place));
      let read = await pass.reading.done;
      if (read.unread) {
        // The round before was complete, which only its child's end has shown.
        const { framesFd, timesFd } = pass;
        pass.reading = this.parts.readers.read({ ...this.readOrder, framesFd, timesFd, from: place });
        void pass.reading.near.then(() => this.prepare(pass, place));
        read = await pass.reading.done;
      }
      // The sound of the next rounds needs it; a child may take its time to end.
      if (read.complete && read.place.partial !== true) this.measuredMs ??= read.lengthMs;
      if (read.complete) ending = setTimeout(() => child.kill(), ENDING_MS);
      const end = await child.ended;
      const { complaint } = end;
      const said = lastLine(complaint);
      const reason = hung.silent
        ? 'it wrote nothing any more'
        : (read.fault ?? (said || `it ended with ${end.signal ?? String(end.code)}`));
      return { reason, whole: end.code === 0 && read.fault === undefined, complaint, read };
    } finally {
      hung.stop();
      clearTimeout(ending);
      this.passes.delete(pass);
    }
  }
}
