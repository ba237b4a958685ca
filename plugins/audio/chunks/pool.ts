/** The chunk pool: room for chunks of equal size, in memory that the decode thread writes and the main thread reads. Never grows. */
import type { ChunkPlace } from '../decode/messages';

/** Both states of a sound: as it is in the file, and mastered. */
export type SoundState = 'original' | 'processed';

const SAMPLE_BYTES = 4;
/** Every slot has room for both. */
const CHANNELS = 2;
const STATES = 2;

/** Bytes of a slot: both states of a chunk. */
export const slotBytes = (chunkFrames: number): number => chunkFrames * CHANNELS * STATES * SAMPLE_BYTES;

/** Main thread. Pages are only taken from the system when a slot is first written. */
export class ChunkPool {
  private readonly memory: SharedArrayBuffer;
  private readonly free: number[];

  constructor(
    readonly chunkFrames: number,
    readonly slots: number,
  ) {
    this.memory = new SharedArrayBuffer(slots * slotBytes(chunkFrames));
    // The lowest first: what was never used costs nothing.
    this.free = Array.from({ length: slots }, (_, at) => slots - 1 - at);
  }

  acquire(): number | undefined {
    return this.free.pop();
  }

  release(slot: number): void {
    this.free.push(slot);
    this.free.sort((a, b) => b - a);
  }

  /** Where the decode thread writes. */
  place(slot: number): ChunkPlace {
    const original = slot * slotBytes(this.chunkFrames);
    const processed = original + slotBytes(this.chunkFrames) / STATES;
    return { memory: this.memory, original, processed, planeFrames: this.chunkFrames };
  }

  /** Frames `from` to `to` of a chunk, a view for each channel; valid as long as the slot is. */
  view(slot: number, state: SoundState, channels: number, from: number, to: number): Float32Array[] {
    const place = this.place(slot);
    return Array.from({ length: channels }, (_, channel) => {
      const offset = place[state] + (channel * this.chunkFrames + from) * SAMPLE_BYTES;
      return new Float32Array(this.memory, offset, to - from);
    });
  }
}
