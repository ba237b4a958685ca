/**
 * A decoder: one clip from its file into its ring, by a child that may die, hang or complain. What breaks is begun again where it broke;
 * three breaks end the clip at its last good frame.
 */
import type { Log } from '../../runtime/core/log';
import { messageOf } from '../../runtime/core/errors';
import type { ClipRing } from '../../runtime/stage/clip-store';
import { lastLine, startChild, workOf, type Child } from '../../runtime/media/child';
import { decodeArguments, type DecodeOrder } from './command';
import { closeQuietly, openSocketPair, type SocketPair } from '../../runtime/media/socket-pair';
import type { ReadEnd, Reading, Readers } from './readers';
import { webpArguments } from './webp/order';

/** How a clip came to its end. `frames` were written in all, until `lastMs`; `strikes` times its decoder broke. */
export interface ClipEnd {
  readonly outcome: 'whole' | 'broken' | 'closed';
  readonly frames: number;
  readonly lastMs: number;
  /** The longest time between two of its frames. */
  readonly longestMs: number;
  readonly strikes: number;
  readonly reason: string;
}

export interface DecoderParts {
  readonly ffmpeg: string;
  readonly readers: Readers;
  readonly log: Log;
  /** Frames that make the clip ready. */
  readonly prefill: number;
  /** Told when hardware did not decode the clip and software goes on. */
  readonly distrust: () => void;
}

const STRIKES = 3;
/** A clip that plays so long without a break has earned new strikes. */
const FORGIVEN_AFTER_FRAMES = 600;
/** How often the decoder is looked at, and how long it may be silent while frames are wanted: with frames behind it, and before any. */
const LOOK_MS = 50;
const SILENT_MS = 250;
const FIRST_SILENT_MS = 5000;

interface Pass {
  readonly child: Child;
  readonly reading: Reading;
}

/** Main thread only. Ends with `close`; nothing of it is left then. */
export class Decoder {
  /** Whether a frame is there. */
  readonly ready: Promise<boolean>;
  readonly over: Promise<ClipEnd>;
  private closed = false;
  private pass: Pass | undefined;
  private settleReady!: (ready: boolean) => void;
  private watch: NodeJS.Timeout | undefined;
  private strikes = 0;
  private trying: readonly string[] = [];

  constructor(
    private readonly parts: DecoderParts,
    private readonly order: DecodeOrder,
    private readonly frameMs: number,
    readonly ring: ClipRing,
    private readonly frameBytes: number,
  ) {
    this.ready = new Promise((resolve) => (this.settleReady = resolve));
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

  /** Ends the child, waits until nobody writes any more, and gives the ring back. Twice is harmless. */
  async close(): Promise<void> {
    this.closed = true;
    this.ring.end();
    this.pass?.child.kill();
    await this.over;
    this.ring.release();
  }

  private async run(): Promise<ClipEnd> {
    let { hardware } = this.order;
    let zeroMs: number | undefined;
    let lastMs = -Infinity;
    let frames = 0;
    let sinceStrike = 0;
    let longestMs = this.frameMs;
    const end = (outcome: ClipEnd['outcome'], reason: string): ClipEnd => {
      this.ring.end();
      return { outcome, frames, lastMs, longestMs, strikes: this.strikes, reason };
    };
    for (;;) {
      let told: { reason: string; whole: boolean; read: ReadEnd };
      this.trying = hardware;
      try {
        told = await this.once({ ...this.order, hardware }, lastMs, zeroMs);
      } catch (cause) {
        return end('broken', messageOf(cause));
      }
      const { read, reason, whole } = told;
      frames += read.frames;
      sinceStrike += read.frames;
      longestMs = Math.max(longestMs, read.longestMs);
      lastMs = read.lastMs;
      if (frames > 0) zeroMs ??= read.zeroMs;
      if (this.closed) return end('closed', '');
      if ((whole || read.complete) && frames > 0) return end('whole', reason);
      if (hardware.length > 0) {
        this.parts.log.info('a clip is decoded in software', { file: this.order.path, because: reason });
        hardware = [];
        this.parts.distrust();
        continue;
      }
      if (frames === 0) return end('broken', reason || 'has no frame that can be decoded');
      if (sinceStrike > FORGIVEN_AFTER_FRAMES) this.strikes = 0;
      sinceStrike = 0;
      this.strikes += 1;
      this.parts.log.warn('a decoder broke', { file: this.order.path, because: reason, strike: this.strikes });
      if (this.strikes >= STRIKES) return end('broken', reason);
    }
  }

  /** One child from its start to its end; it goes on after `lastMs` where there is one. */
  private async once(
    order: DecodeOrder,
    lastMs: number,
    zeroMs: number | undefined,
  ): Promise<{ reason: string; whole: boolean; read: ReadEnd }> {
    const goesOn = lastMs > -Infinity;
    // A loop begins anew, as if the break were its end.
    const fromMs = goesOn && !order.loop ? lastMs + (zeroMs ?? 0) + this.frameMs / 2 : 0;
    const shiftMs = order.loop ? -(lastMs + this.frameMs) : (zeroMs ?? 0) - fromMs;
    const { child, framesFd, timesFd } = this.startPass({ ...order, fromMs });
    const reading = this.parts.readers.read({
      framesFd,
      timesFd,
      ring: this.ring.address,
      frameBytes: this.frameBytes,
      prefill: this.parts.prefill,
      afterMs: lastMs,
      ...(goesOn ? { zeroMs: shiftMs } : {}),
      frameMs: this.frameMs,
      ...(order.loop || order.facts.lengthMs === undefined ? {} : { lengthMs: order.facts.lengthMs }),
    });
    this.pass = { child, reading };
    if (this.closed) child.kill();
    // That there is none is only known when the last try has ended.
    void reading.filled.then(() => this.ring.written > 0 && this.settleReady(true));
    const hung = this.watchOver(child);
    try {
      const [end, read] = await Promise.all([child.ended, reading.done]);
      const said = lastLine(end.complaint);
      const reason = hung.silent
        ? 'it wrote nothing any more'
        : (read.fault ?? (said || `it ended with ${end.signal ?? String(end.code)}`));
      return { reason, whole: end.code === 0 && read.fault === undefined, read };
    } finally {
      clearInterval(this.watch);
      this.pass = undefined;
    }
  }

  /** A child, and where its frames and their times are read. Throws where there is no room for more; nothing is left open then. */
  private startPass(order: DecodeOrder): { child: Child; framesFd: number; timesFd: number } {
    const frames = openSocketPair();
    let times: SocketPair;
    try {
      times = openSocketPair();
    } catch (cause) {
      closeQuietly(frames.readFd);
      closeQuietly(frames.writeFd);
      throw cause;
    }
    const child = order.facts.animatedWebp
      ? startChild(process.execPath, webpArguments(order), frames.writeFd, times.writeFd)
      : startChild(this.parts.ffmpeg, decodeArguments(order), frames.writeFd, times.writeFd);
    closeQuietly(frames.writeFd);
    closeQuietly(times.writeFd);
    return { child, framesFd: frames.readFd, timesFd: times.readFd };
  }

  /** Kills a child that is silent while frames are wanted. */
  private watchOver(child: Child): { silent: boolean } {
    const found = { silent: false };
    const { ring } = this;
    const before = ring.written;
    let written = before;
    let sinceMs = performance.now();
    let lookedAt = '';
    this.watch = setInterval(() => {
      const nowMs = performance.now();
      const wanted = ring.written - ring.shown - ring.skipped <= 1;
      if (ring.written !== written || !wanted) {
        written = ring.written;
        sinceMs = nowMs;
      }
      const silentMs = nowMs - sinceMs;
      if (silentMs < SILENT_MS || (written === before && silentMs < FIRST_SILENT_MS)) return;
      // Slow is not hung: it computes, or waits for its disk.
      const work = workOf(child.pid);
      const works = work !== lookedAt || work.startsWith('D');
      lookedAt = work;
      if (works && silentMs < FIRST_SILENT_MS) return;
      found.silent = true;
      child.kill();
    }, LOOK_MS);
    return found;
  }
}
