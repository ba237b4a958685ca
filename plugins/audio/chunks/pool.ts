/** The chunk pool: room for chunks, one cell for each channel, in memory that the decode thread writes and the main thread reads. Never more than its limit. */
import type { ChunkPlace } from '../decode/messages';
import type { ChunkLayout } from './layout';

/** Both states of a sound: as it is in the file, and mastered. */
export type SoundState = 'original' | 'processed';

const SAMPLE_BYTES = 4;
const STATES = 2;

/** Room for one channel of a chunk in both states, one behind the other. */
export type Cell = SharedArrayBuffer;

/** Bytes of a cell. */
export const cellBytes = ({ chunkFrames }: Pick<ChunkLayout, 'chunkFrames'>): number =>
  chunkFrames * STATES * SAMPLE_BYTES;

/** Main thread. Pages are only taken from the system when a cell is first written. */
export class ChunkPool {
  private readonly free: Cell[] = [];
  private taken = 0;

  /** `limitBytes`: asked each time, because another show may be granted more or less. */
  constructor(
    readonly layout: ChunkLayout,
    private readonly limitBytes: () => number,
  ) {}

  get cellBytes(): number {
    return cellBytes(this.layout);
  }

  get budgetBytes(): number {
    return this.limitBytes();
  }

  /** Cells for all channels of a chunk; undefined where there is no room for all. */
  acquire(channels: number): readonly Cell[] | undefined {
    if ((this.taken + channels) * this.cellBytes > this.limitBytes()) return undefined;
    this.taken += channels;
    return Array.from({ length: channels }, () => this.free.pop() ?? new SharedArrayBuffer(this.cellBytes));
  }

  release(cells: readonly Cell[]): void {
    this.taken -= cells.length;
    const most = Math.max(0, Math.floor(this.limitBytes() / this.cellBytes) - this.taken);
    this.free.push(...cells);
    this.free.length = Math.min(this.free.length, most);
  }

  /** Where the decode thread writes a part of a chunk. */
  place(cells: readonly Cell[], part: number): ChunkPlace {
    const { chunkFrames, partFrames } = this.layout;
    return { cells, planeFrames: chunkFrames, atFrame: part * partFrames, frames: partFrames };
  }

  /** Frames `from` to `to` of a chunk, a view for each channel; valid as long as the cells are. */
  view(cells: readonly Cell[], state: SoundState, from: number, to: number): Float32Array[] {
    const first = (state === 'original' ? 0 : this.layout.chunkFrames) + from;
    return cells.map((cell) => new Float32Array(cell, first * SAMPLE_BYTES, to - from));
  }
}
