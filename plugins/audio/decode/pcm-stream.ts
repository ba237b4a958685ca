/** A decoder at work: frames of a file, one after the other, from a child whose output is taken only as fast as it is asked for. */
import { startChild, lastLine, type Child } from '../../../runtime/media/child';
import { pcmArguments, type PcmOrder } from './command';

/** Bytes taken in ahead of what is asked for. */
const AHEAD_BYTES = 1 << 20;
const SAMPLE_BYTES = 4;
/** Frames that are put in order at once. */
const STAGED_FRAMES = 4096;
/** A child that gives nothing for so long while frames are wanted hangs. */
const SILENT_MS = 5000;

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
  private fault: string | undefined;
  private wake: () => void = () => {};

  constructor(ffmpeg: string, order: PcmOrder) {
    this.frameBytes = order.channels * SAMPLE_BYTES;
    this.samples = new Float32Array(STAGED_FRAMES * order.channels);
    this.staged = new Uint8Array(this.samples.buffer);
    this.child = startChild(ffmpeg, pcmArguments(order), 'pipe');
    const output = this.child.output!;
    output.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.waitingBytes += chunk.length;
      if (this.waitingBytes > AHEAD_BYTES) output.pause();
      this.wake();
    });
    void this.child.ended.then(({ code, signal, complaint }) => {
      this.over = true;
      if (code !== 0) this.fault ??= lastLine(complaint) || `the decoder ended with ${signal ?? String(code)}`;
      this.wake();
    });
  }

  /**
   * Fills the planes from frame `at` on with up to `frames` frames. Fewer come only at the end of the file. Rejects where the decoder
   * failed before it gave any of them.
   */
  async read(planes: readonly Float32Array[], at: number, frames: number): Promise<number> {
    let done = 0;
    while (done < frames) {
      if (this.waitingBytes < this.frameBytes && !(await this.more())) break;
      done += this.take(planes, at + done, frames - done);
    }
    if (done === 0 && frames > 0 && this.fault !== undefined) throw new Error(this.fault);
    return done;
  }

  /** Waits for bytes; false when none will come. */
  private async more(): Promise<boolean> {
    this.child.output!.resume();
    const before = this.waitingBytes;
    while (this.waitingBytes === before && !this.over) {
      const timer = setTimeout(() => {
        this.fault = 'the decoder gave nothing any more';
        this.child.kill();
      }, SILENT_MS);
      await new Promise<void>((resolve) => (this.wake = resolve));
      clearTimeout(timer);
    }
    return this.waitingBytes >= this.frameBytes || !this.over;
  }

  /** Takes whole frames out of what has come in; at least one is there. */
  private take(planes: readonly Float32Array[], at: number, most: number): number {
    const channels = planes.length;
    const frames = Math.min(most, STAGED_FRAMES, Math.floor(this.waitingBytes / this.frameBytes));
    this.stage(frames * this.frameBytes);
    const { samples } = this;
    for (let channel = 0; channel < channels; channel++) {
      const plane = planes[channel]!;
      for (let frame = 0; frame < frames; frame++) plane[at + frame] = samples[frame * channels + channel]!;
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

  async close(): Promise<void> {
    this.child.kill();
    this.child.output!.resume();
    await this.child.ended;
  }
}
