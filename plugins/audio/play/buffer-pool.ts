/** Buffers of the audio engine, used again and again: each is memory outside of the heap, which nobody but the collector would free. */
import type { BaseContext, Buffer, BufferSource } from '../output/web-audio';
import type { SpentSources } from './spent-sources';

const SAMPLE_BYTES = 4;

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
    private readonly spent: SpentSources,
  ) {
    this.silence = new Float32Array(frames);
  }

  /** Bytes of all that were made. */
  get bytes(): number {
    return this.made * this.frames * SAMPLE_BYTES;
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

  /** Takes a source off the clock, which played the buffer; nothing may refer to the source any more. */
  retire(source: BufferSource, buffer: Buffer): void {
    source.disconnect();
    this.spent.add(source, this.channelsOf.get(buffer)! * this.frames * SAMPLE_BYTES);
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
