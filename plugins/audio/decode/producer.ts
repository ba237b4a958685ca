/** A track as it is produced: chunk after chunk, each as it is in the file and mastered, both continuous over the borders. */
import { MasteringChain, type ChainSettings } from '../mastering/chain';
import type { PcmOrder } from './command';
import { PlanarQueue } from './planar-queue';

export interface TrackSpec extends Omit<PcmOrder, 'fromFrame'> {
  /** File, state of the file, and everything that decides what its samples are. */
  readonly key: string;
  readonly mastering: Pick<ChainSettings, 'gainDb' | 'ceilingDb'>;
}

/** Where frames come from: fills planes from `at` on, with fewer frames than asked for only at the end. */
export interface FrameSource {
  read(planes: readonly Float32Array[], at: number, frames: number): Promise<number>;
  close(): Promise<void>;
  /** When its first frames came, on the thread's clock. */
  readonly firstMs?: number | undefined;
}

export interface Produced {
  /** How many of the planes' frames were written; fewer than they hold only at the end. */
  readonly frames: number;
  /** None follow. */
  readonly ended: boolean;
}

/** After so much of the signal nothing is left of what filters and limiter knew before: e^-16 of a release. */
const SETTLE_S = 2;
/** Frames that are read and mastered at once. */
const BLOCK_FRAMES = 2048;

/**
 * Padding at the end of AAC and Vorbis is shorter (8192 frames of 44,100 a second are 0.19 s, of 16,000 half a second). More than that
 * behind the end that a file states is sound: a recording put together of several says how long one of them is.
 */
const MOST_PADDING_S = 0.6;

/** Decode thread only. Ends with `close`. */
export class Producer {
  private source: FrameSource | undefined;
  /** Frame of the file at which the queues begin. */
  private atFrame = -1;
  private chain!: MasteringChain;
  /** Mastered frames still to come out that lie before `atFrame`. */
  private early = 0;
  private atEnd = false;
  /** Until the end that the file states, where it states one, and the decoder has not given more. */
  private leftFrames = Infinity;
  /** Frames before `atFrame` that only the chain is still to be given. */
  private before = 0;
  /** Frames behind the stated end that turned out to be sound. */
  private readonly ahead: PlanarQueue;
  private readonly raw: PlanarQueue;
  private readonly mastered: PlanarQueue;
  private readonly block: readonly Float32Array[];
  private readonly work: readonly Float64Array[];

  constructor(
    private readonly track: TrackSpec,
    private readonly open: (order: PcmOrder) => FrameSource,
  ) {
    const { channels } = track;
    this.raw = new PlanarQueue(channels);
    this.ahead = new PlanarQueue(channels);
    this.mastered = new PlanarQueue(channels);
    this.block = Array.from({ length: channels }, () => new Float32Array(BLOCK_FRAMES));
    this.work = Array.from({ length: channels }, () => new Float64Array(BLOCK_FRAMES));
  }

  /** The frame it can give at once; -1 where it has not begun. */
  get nextFrame(): number {
    return this.atFrame;
  }

  /** When its decoder gave its first frames. */
  get firstMs(): number | undefined {
    return this.source?.firstMs;
  }

  /** Writes the frames from `fromFrame` on. Cheap where they follow the last ones. Rejects where the file cannot be decoded there. */
  async produce(
    fromFrame: number,
    original: readonly Float32Array[],
    processed: readonly Float32Array[],
  ): Promise<Produced> {
    if (fromFrame !== this.atFrame) await this.close();
    if (this.source === undefined) this.begin(fromFrame);
    while (this.before > 0 && !this.atEnd) {
      const got = await this.readInto(Math.min(this.before, BLOCK_FRAMES));
      this.master(got);
      this.before -= got;
    }
    const wanted = original[0]!.length;
    // Nothing is known of the end before a read came back short.
    while (this.mastered.frames < wanted + 1 && !this.atEnd) await this.readBlock();
    const frames = this.raw.shift(original);
    this.mastered.shift(processed);
    this.atFrame += frames;
    return { frames, ended: this.atEnd && this.raw.frames === 0 };
  }

  /** Starts the decoder at a frame, without waiting for it. Only before the first `produce`, or after `close`. */
  begin(fromFrame: number): void {
    const { rateHz, channels, mastering } = this.track;
    const startFrame = Math.max(0, fromFrame - SETTLE_S * rateHz);
    this.chain = new MasteringChain({ rateHz, channels, ...mastering });
    this.early = this.chain.delayFrames + fromFrame - startFrame;
    this.raw.clear();
    this.ahead.clear();
    this.mastered.clear();
    this.atEnd = false;
    this.atFrame = fromFrame;
    this.leftFrames = Math.max(0, (this.track.frames ?? Infinity) - startFrame);
    this.before = fromFrame - startFrame;
    this.source = this.open({ ...this.track, fromFrame: startFrame });
  }

  private async readBlock(): Promise<void> {
    const got = await this.readInto(BLOCK_FRAMES);
    this.raw.push(this.block, 0, got);
    this.master(got);
    if (!this.atEnd) return;
    // What waits in the chain comes out when silence follows.
    for (let left = this.chain.delayFrames; left > 0; left -= BLOCK_FRAMES) {
      for (const plane of this.block) plane.fill(0);
      this.master(Math.min(left, BLOCK_FRAMES));
    }
  }

  private async readInto(frames: number): Promise<number> {
    const wanted = Math.min(frames, this.leftFrames);
    let got = this.ahead.shift(this.block.map((plane) => plane.subarray(0, wanted)));
    if (got < wanted) got += await this.source!.read(this.block, got, wanted - got);
    this.leftFrames -= got;
    if (got < wanted) this.atEnd = true;
    else if (this.leftFrames === 0) await this.lookBeyond();
    return got;
  }

  /** At the stated end: what little comes behind it is padding; where more comes, the decoder is right and the file is not. */
  private async lookBeyond(): Promise<void> {
    const most = Math.ceil(MOST_PADDING_S * this.track.rateHz);
    const beyond = this.block.map(() => new Float32Array(most));
    // A decoder that fails there has given all that it was to give.
    const got = await this.source!.read(beyond, 0, most).catch(() => 0);
    if (got < most) {
      this.atEnd = true;
      return;
    }
    this.leftFrames = Infinity;
    this.ahead.push(beyond, 0, got);
  }

  /** Masters the first frames of the block; what is older than the queue is dropped. */
  private master(frames: number): void {
    this.work.forEach((plane, channel) => plane.set(this.block[channel]!.subarray(0, frames)));
    this.chain.process(this.work, frames);
    const dropped = Math.min(frames, this.early);
    this.early -= dropped;
    this.mastered.push(this.work, dropped, frames);
  }

  async close(): Promise<void> {
    const { source } = this;
    this.source = undefined;
    await source?.close();
  }
}
