/** What is decoded next: the chunks that are heard, then clips that somebody waits for, then what is good to have. */
import type { ChunkOrder } from '../chunks/chunk-cache';
import type { DecodedClip } from '../play/source';
import type { DecodeWorker } from './decode-worker';
import type { OrderAhead } from './messages';
import type { TrackSpec } from './producer';

export interface MadeClip {
  readonly clip: DecodedClip;
  /** What decoding and mastering took, from its first frames on. */
  readonly decodeMs: number;
}

interface ClipWish {
  readonly track: TrackSpec;
  readonly mostFrames: number;
  resolve(made: MadeClip): void;
  reject(cause: Error): void;
}

/** Decoders that start beside the one of the order: a cue has two sounds, and a clip may come on with it. */
const MOST_AHEAD = 2;

/** A file that turned out to be longer than a clip may be. */
export class TooLong extends Error {}

/** What happened, for warnings: how long an order took. */
export type Took = (path: string, what: 'chunk' | 'clip', tookMs: number) => void;

/** Main thread only. */
export class DecodeQueue {
  private readonly clips: ClipWish[] = [];
  /** Key of the track that is decoded now. */
  private running: string | undefined;
  /** The orders that were sent ahead last, as text to compare. */
  private sentAhead = '';
  /** Keys of tracks that may have a decoder. */
  private readonly opened = new Set<string>();

  constructor(
    private readonly worker: DecodeWorker,
    private readonly nextChunk: (least: 1 | 2 | 3) => ChunkOrder | undefined,
    private readonly chunksAhead: () => readonly OrderAhead[],
    private readonly took: Took,
    private readonly needsDecoder: (key: string) => boolean,
  ) {}

  /** Whether nothing is being made. */
  get isIdle(): boolean {
    return this.running === undefined && this.clips.length === 0;
  }

  /** Rejects with `TooLong`, or with why the file cannot be decoded. */
  clip(track: TrackSpec, mostFrames: number): Promise<MadeClip> {
    return new Promise((resolve, reject) => {
      this.clips.push({ track, mostFrames, resolve, reject });
      this.pump();
    });
  }

  /** Something may have to be made. */
  pump(): void {
    if (this.running !== undefined) return this.startAhead(this.running);
    const urgent = this.nextChunk(1);
    const clip = urgent === undefined ? this.clips.shift() : undefined;
    const chunk = urgent ?? (clip === undefined ? this.nextChunk(3) : undefined);
    if (chunk !== undefined) this.run(chunk.message.track.key, this.makeChunk(chunk));
    else if (clip !== undefined) this.run(clip.track.key, this.makeClip(clip));
    else this.rest();
  }

  private run(key: string, work: Promise<void>): void {
    this.running = key;
    this.startAhead(key);
    void work.finally(() => {
      this.running = undefined;
      this.pump();
    });
  }

  /** Has the decoders of the next chunks that are heard start beside that of a track. Clips are good to have: never two at once. */
  private startAhead(beside: string): void {
    const orders = this.chunksAhead()
      .filter(({ track }) => track.key !== beside)
      .slice(0, MOST_AHEAD);
    const text = orders.map(({ track, fromFrame }) => `${track.key} ${fromFrame}`).join();
    if (text === this.sentAhead) return;
    this.sentAhead = text;
    for (const { track } of orders) this.opened.add(track.key);
    this.worker.ahead(orders);
  }

  /** Nothing is to be made: decoders that nothing is left for end. */
  private rest(): void {
    this.sentAhead = '';
    for (const key of this.opened) {
      if (this.needsDecoder(key)) continue;
      this.opened.delete(key);
      this.worker.forget(key);
    }
  }

  private async makeChunk(order: ChunkOrder): Promise<void> {
    const startMs = performance.now();
    this.opened.add(order.message.track.key);
    const made = await this.worker.run(order.message);
    this.took(order.message.track.path, 'chunk', performance.now() - startMs);
    if (made.kind === 'chunk') order.done(made);
    else if (made.kind === 'failed') order.failed(made.reason, made.accident);
    else order.failed('the decode thread answered something else', true);
  }

  private async makeClip({ track, mostFrames, resolve, reject }: ClipWish): Promise<void> {
    const startMs = performance.now();
    const made = await this.worker.run({ kind: 'clip', track, mostFrames });
    this.took(track.path, 'clip', performance.now() - startMs);
    if (made.kind !== 'clip') reject(new Error(made.kind === 'failed' ? made.reason : 'no clip came'));
    else if (!made.whole) reject(new TooLong(`${track.path} is longer than it says`));
    else if (made.frames === 0) reject(new Error('has no sound that can be decoded'));
    else {
      const clip = { frames: made.frames, original: made.original.map(own), processed: made.processed.map(own) };
      resolve({ clip, decodeMs: made.decodeMs });
    }
  }
}

/** The same memory as an array of this realm: what comes out of a message may be of another. */
const own = (plane: Float32Array): Float32Array => new Float32Array(plane.buffer, plane.byteOffset, plane.length);
