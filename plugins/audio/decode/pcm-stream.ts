/** A decoder at work: frames of a file, one after the other, from a child whose output is taken only as fast as it is asked for. */
import { hasWorked, startChild, lastLine, workOf, type Child } from '../../../runtime/media/child';
import { OwnTime } from '../../../runtime/core/time-limit';
import { pcmArguments, type PcmOrder } from './command';

/** Bytes taken in ahead of what is asked for. */
const AHEAD_BYTES = 1 << 20;
const SAMPLE_BYTES = 4;
/** Frames that are put in order at once. */
const STAGED_FRAMES = 4096;
/** How often a child that gives nothing while frames are wanted is looked at. */
const LOOK_MS = 1000;
/**
 * One that neither computes nor waits for its disk for so many looks hangs; one that does has longer: disks of boards stall for seconds. Looks
 * between which it mostly waited for a processor do not count.
 */
const IDLE_LOOKS = 3;
const STALLED_LOOKS = 30;

/** The decoder was killed, or hung: an accident that says nothing of the file. */
export class Interrupted extends Error {}

/** Files of floats may hold anything: a sample that is no number would silence every filter behind it for good. +24 dBFS is kept. */
const MOST = 16;
const sane = (sample: number): number => (sample - sample === 0 ? Math.max(-MOST, Math.min(MOST, sample)) : 0);

/** Decode thread only. Ends with `close`; no child is left then. */
export class PcmStream {
  private readonly child: Child;
  private readonly frameBytes: number;
  private readonly chunks: Buffer[] = [];
  private readonly samples: Float32Array;
  private readonly staged: Uint8Array;
  /** Bytes of the first chunk that were taken. */
  private takenBytes = 0;
  private waitingBytes = 0;
  private over = false;
  private fault: Error | undefined;
  private wake: () => void = () => {};
  /** When its first frames came. */
  firstMs: number | undefined;

  /** `worked` is called whenever frames came, or the child was seen at work. */
  constructor(
    ffmpeg: string,
    order: PcmOrder,
    private readonly worked: () => void = () => {},
  ) {
    this.frameBytes = order.channels * SAMPLE_BYTES;
    this.samples = new Float32Array(STAGED_FRAMES * order.channels);
    this.staged = new Uint8Array(this.samples.buffer);
    this.child = startChild(ffmpeg, pcmArguments(order), 'pipe');
    const output = this.child.output!;
    output.on('data', (chunk: Buffer) => {
      this.firstMs ??= performance.now();
      this.chunks.push(chunk);
      this.waitingBytes += chunk.length;
      this.worked();
      if (this.waitingBytes > AHEAD_BYTES) output.pause();
      this.wake();
    });
    void this.child.ended.then(({ code, signal, complaint }) => {
      this.over = true;
      if (signal !== null) this.fault ??= new Interrupted(`the decoder was ended by ${signal}`);
      else if (code !== 0) this.fault ??= new Error(lastLine(complaint) || `the decoder ended with ${String(code)}`);
      this.wake();
    });
  }

  /**
   * Fills the planes from frame `at` on with up to `frames` frames. Fewer come only at the end of the file. Rejects where the decoder
   * failed before it gave any of them, and with `Interrupted` wherever an accident ended it.
   */
  async read(planes: readonly Float32Array[], at: number, frames: number): Promise<number> {
    let done = 0;
    while (done < frames) {
      if (this.waitingBytes < this.frameBytes && !(await this.more())) break;
      done += this.take(planes, at + done, frames - done);
    }
    const { fault } = this;
    if (done < frames && fault !== undefined && (done === 0 || fault instanceof Interrupted)) throw fault;
    return done;
  }

  /** Waits for bytes; false when none will come. */
  private async more(): Promise<boolean> {
    this.child.output!.resume();
    const before = this.waitingBytes;
    const watch = this.watchOver();
    while (this.waitingBytes === before && !this.over) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    clearInterval(watch);
    return this.waitingBytes >= this.frameBytes || !this.over;
  }

  /** Looks at a child that is silent, and kills one that hangs. */
  private watchOver(): NodeJS.Timeout {
    let work = workOf(this.child.pid);
    const own = new OwnTime(this.child.pid);
    let [looks, idle, lastMs] = [0, 0, 0];
    return setInterval(() => {
      const before = work;
      work = workOf(this.child.pid);
      const ownMs = own.ms;
      if (ownMs - lastMs > LOOK_MS / 2) looks += 1;
      lastMs = ownMs;
      const works = hasWorked(before, work);
      if (works) this.worked();
      idle = works ? 0 : idle + 1;
      if (idle < IDLE_LOOKS && looks < STALLED_LOOKS) return;
      this.fault = new Interrupted('the decoder gave nothing any more');
      this.child.kill();
    }, LOOK_MS);
  }

  /** Takes whole frames out of what has come in; at least one is there. */
  private take(planes: readonly Float32Array[], at: number, most: number): number {
    const channels = planes.length;
    const frames = Math.min(most, STAGED_FRAMES, Math.floor(this.waitingBytes / this.frameBytes));
    this.stage(frames * this.frameBytes);
    const { samples } = this;
    for (let channel = 0; channel < channels; channel++) {
      const plane = planes[channel]!;
      for (let frame = 0; frame < frames; frame++) plane[at + frame] = sane(samples[frame * channels + channel]!);
    }
    return frames;
  }

  /** Copies so many bytes to where they are aligned, and lets go of them. */
  private stage(bytes: number): void {
    for (let done = 0; done < bytes;) {
      const first = this.chunks[0]!;
      const some = first.subarray(this.takenBytes, this.takenBytes + bytes - done);
      this.staged.set(some, done);
      done += some.length;
      this.takenBytes += some.length;
      if (this.takenBytes < first.length) break;
      this.chunks.shift();
      this.takenBytes = 0;
    }
    this.waitingBytes -= bytes;
  }

  /** Whether its child has ended. */
  get isOver(): boolean {
    return this.over;
  }

  async close(): Promise<void> {
    this.child.kill();
    await this.child.ended;
  }
}
