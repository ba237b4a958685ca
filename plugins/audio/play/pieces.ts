/** The pieces of a voice that are on the clock: their sources and buffers, until nothing of them is heard any more. */
import type { Buffer, BufferSource } from '../output/web-audio';
import type { BufferPool } from './buffer-pool';

interface Piece {
  /** Of the clock, where its buffers end: silence, most of the time, after the last frame of a chunk. */
  readonly endFrame: number;
  readonly sources: readonly BufferSource[];
  readonly buffers: readonly Buffer[];
}

/** Main thread only. */
export class Pieces {
  private pieces: Piece[] = [];

  /** The buffers are given back to the pool. */
  constructor(private readonly pool: BufferPool) {}

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  /** Owns the sources and buffers from here on; they begin at a frame of the clock. */
  add(clockFrame: number, sources: readonly BufferSource[], buffers: readonly Buffer[]): void {
    this.pieces.push({ endFrame: clockFrame + this.pool.frames, sources, buffers });
  }

  /** Takes off what is over at `nowFrame`; all of it where the voice is quiet from an earlier frame on. */
  tidy(nowFrame: number, quietFrame: number): void {
    this.pieces = this.pieces.filter((piece) => {
      if (Math.min(piece.endFrame, quietFrame) > nowFrame) return true;
      this.take(piece);
      return false;
    });
  }

  /** Takes everything off the clock at once. */
  clear(): void {
    for (const piece of this.pieces) this.take(piece);
    this.pieces = [];
  }

  private take({ sources, buffers }: Piece): void {
    for (const [lane, source] of sources.entries()) this.pool.retire(source, buffers[lane]!);
    for (const buffer of buffers) this.pool.give(buffer);
  }
}
