/** Buffers of the audio engine, used again and again: each is memory outside of the heap, which nobody but the collector would free. */
import type { BaseContext, Buffer } from '../output/web-audio';

/** Main thread only. */
export class BufferPool {
  private readonly free = new Map<number, Buffer[]>();
  private readonly channelsOf = new WeakMap<Buffer, number>();
  private readonly silence: Float32Array;
  private made = 0;

  /** `frames`: of every buffer. */
  constructor(
    private readonly context: BaseContext,
    readonly frames: number,
  ) {
    this.silence = new Float32Array(frames);
  }

  /** Bytes of all that were made. */
  get bytes(): number {
    return this.made * this.frames * 4;
  }

  /** A buffer of these frames, and silence behind them. */
  take(planes: readonly Float32Array[], count: number): Buffer {
    const channels = planes.length;
    const buffer = this.free.get(channels)?.pop() ?? this.make(channels);
    if (count > this.frames) throw new RangeError(`${count} frames do not fit a buffer of ${this.frames}`);
    for (const [channel, plane] of planes.entries()) {
      buffer.copyToChannel(plane, channel);
      if (count < this.frames) buffer.copyToChannel(this.silence.subarray(count), channel, count);
    }
    return buffer;
  }

  give(buffer: Buffer): void {
    const channels = this.channelsOf.get(buffer)!;
    const free = this.free.get(channels) ?? [];
    free.push(buffer);
    this.free.set(channels, free);
  }

  private make(channels: number): Buffer {
    const buffer = this.context.createBuffer(channels, this.frames, this.context.sampleRate);
    this.channelsOf.set(buffer, channels);
    this.made += channels;
    return buffer;
  }
}
