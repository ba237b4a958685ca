/** The clip store: rings of frames in the arena with their places in the clip table. */
import { READ_BEYOND_BYTES } from '../core/agreed';
import { clipFrameBytes, type ClipRing, type ClipShape, type ClipStore } from '../stage/clip-store';
import { blockBytes, type Arena } from './arena';
import { CLIP_PLACES, MOST_RING_FRAMES, type ClipTable } from './clip-table';

/** The same before the first frame. */
const LEAD_BYTES = 64;

/** The store as its owner sees it. */
export interface RingStore extends ClipStore {
  /** From now on at most this much. Rings that are open stay. */
  limit(capacityBytes: number): void;
}

export function openRingStore(
  arena: Arena,
  table: ClipTable,
  doorbell: SharedArrayBuffer,
  firstCapacityBytes: number,
): RingStore {
  let capacityBytes = firstCapacityBytes;
  let usedBytes = 0;
  const free = Array.from({ length: CLIP_PLACES }, (_, clip) => clip);
  const frameBytes: ClipStore['frameBytes'] = ({ widthPx, heightPx }) =>
    blockBytes(clipFrameBytes(widthPx, heightPx) + READ_BEYOND_BYTES);
  return {
    get capacityBytes() {
      return capacityBytes;
    },
    get usedBytes() {
      return usedBytes;
    },
    limit(bytes) {
      capacityBytes = bytes;
    },
    frameBytes,
    open(shape: ClipShape, frames: number): ClipRing | undefined {
      if (frames < 1 || frames > MOST_RING_FRAMES)
        throw new RangeError(`a ring has 1 to ${MOST_RING_FRAMES} frames, not ${frames}`);
      const strideBytes = frameBytes(shape);
      const bytes = blockBytes(LEAD_BYTES + strideBytes * frames);
      const clip = free[0];
      if (clip === undefined || usedBytes + bytes > capacityBytes) return undefined;
      const block = arena.allocate(bytes);
      if (block === undefined) return undefined;
      free.shift();
      usedBytes += bytes;
      const generation = table.enter(clip, block.offset + LEAD_BYTES, strideBytes, frames, shape);
      const turned = shape.turn === 90 || shape.turn === 270;
      const { widthPx, heightPx } = shape;
      /** Counters as they were when the place was given back. */
      let last: Pick<ClipRing, 'written' | 'shown' | 'skipped' | 'starvedMs' | 'beganMs'> | undefined;
      const now = (): NonNullable<typeof last> =>
        last ?? {
          written: table.written(clip),
          shown: table.shown(clip),
          skipped: table.skipped(clip),
          starvedMs: table.starvedMs(clip),
          beganMs: table.beganMs(clip),
        };
      return {
        ref: { clip, generation, widthPx: turned ? heightPx : widthPx, heightPx: turned ? widthPx : heightPx },
        address: { memory: arena.memory, table: table.buffer, doorbell, clip, generation },
        frames,
        bytes,
        get written() {
          return now().written;
        },
        get shown() {
          return now().shown;
        },
        get skipped() {
          return now().skipped;
        },
        get starvedMs() {
          return now().starvedMs;
        },
        get beganMs() {
          return now().beganMs;
        },
        end(endMs) {
          if (last === undefined) table.end(clip, endMs);
        },
        repeat(roundMs) {
          if (last === undefined) table.repeat(clip, roundMs);
        },
        release() {
          if (last !== undefined) return;
          last = now();
          table.void(clip);
          free.push(clip);
          usedBytes -= bytes;
          block.release();
          // Rings are large and of many sizes: what one leaves behind is not kept for the next.
          arena.trim();
        },
      };
    },
  };
}
