/** The picture store: slabs of the arena with their entries in the directory. */
import { READ_BEYOND_BYTES } from '../core/agreed';
import type { PictureStore, StoredPicture, StoredShape } from '../stage/picture-store';
import { blockBytes, type Arena } from './arena';
import { DIRECTORY_SLOTS, type Directory } from './directory';

/** Pages in use and idle, over the capacity: with less than this much idle, giving them back costs more than it saves. */
const IDLE_RATIO = 1.05;

function pixelBytes(shape: StoredShape): number {
  return shape.widthPx * shape.heightPx * (shape.layout === 'rgb' ? 3 : 4);
}

/** The store as its owner sees it. */
export interface SlabStore extends PictureStore {
  /** From now on at most this much. What is stored stays: above the limit there is no room until enough was released. */
  limit(capacityBytes: number): void;
}

/**
 * Opens a store that uses at most `capacityBytes` of the arena. The budget is the store's own, so that pictures never
 * take the room of the frame.
 */
export function openSlabStore(arena: Arena, directory: Directory, firstCapacityBytes: number): SlabStore {
  let capacityBytes = firstCapacityBytes;
  const freeSlots: number[] = [];
  let nextSlot = 0;
  let usedBytes = 0;
  const bytesFor = (shape: StoredShape): number => blockBytes(pixelBytes(shape) + READ_BEYOND_BYTES);
  /** Pictures of many sizes leave gaps that fit no other: resident memory beyond the capacity goes back to the system. */
  const trimIdle = (): void => {
    if (usedBytes + arena.idleBytes > capacityBytes * IDLE_RATIO) arena.trim();
  };
  return {
    get capacityBytes() {
      return capacityBytes;
    },
    limit(bytes) {
      capacityBytes = bytes;
      trimIdle();
    },
    get usedBytes() {
      return usedBytes;
    },
    bytesFor,
    reserve(shape): StoredPicture | undefined {
      const bytes = bytesFor(shape);
      if (usedBytes + bytes > capacityBytes) return undefined;
      const slot = freeSlots.pop() ?? (nextSlot < DIRECTORY_SLOTS ? nextSlot++ : undefined);
      if (slot === undefined) return undefined;
      const block = arena.allocate(bytes);
      if (block === undefined) {
        freeSlots.push(slot);
        return undefined;
      }
      usedBytes += bytes;
      trimIdle();
      const generation = directory.enter(slot, block.offset, shape);
      const turned = shape.turn === 90 || shape.turn === 270;
      let held = true;
      return {
        ref: {
          slot,
          generation,
          widthPx: turned ? shape.heightPx : shape.widthPx,
          heightPx: turned ? shape.widthPx : shape.heightPx,
        },
        pixels: arena.bytes.subarray(block.offset, block.offset + pixelBytes(shape)),
        bytes,
        release() {
          if (!held) return;
          held = false;
          directory.void(slot);
          freeSlots.push(slot);
          usedBytes -= bytes;
          block.release();
          trimIdle();
        },
      };
    },
  };
}
