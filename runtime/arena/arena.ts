/** The arena: the one shared WebAssembly memory that holds every pixel, and who holds which part of it. */

import { CACHE_LINE_BYTES } from '../core/agreed';
import { giveBackPages } from '../core/allocator';

/** A page of WebAssembly memory. */
const PAGE_BYTES = 65536;
/** WebAssembly's 32-bit addresses end here. */
const LARGEST_BYTES = 4 * 1024 ** 3;
/** The first page belongs to the kernels' module; address 0 stays free to mean "nothing". */
const RESERVED_BYTES = PAGE_BYTES;

/** A part of the arena. `release` gives it back; twice is harmless. */
export interface Block {
  /** Address in the arena. */
  readonly offset: number;
  readonly bytes: number;
  release(): void;
}

/**
 * Opened on the main thread, which alone allocates; other threads get `memory` and addresses. Pages cost real memory
 * only once they are touched, and go on costing it when their block was given back, until it is taken again or `trim`.
 */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly capacityBytes: number;
  readonly usedBytes: number;
  /** Bytes of blocks that were given back and not taken again: resident, for nobody. */
  readonly idleBytes: number;
  /** Gives the pages between the blocks back to the system. Takes about 1 ms for 30 MB, and as long again when they are taken. */
  trim(): void;
  /** Undefined where no gap is large enough. */
  allocate(bytes: number): Block | undefined;
}

/** Bytes a block of this size takes. */
export function blockBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CACHE_LINE_BYTES)) * CACHE_LINE_BYTES;
}

interface Gap {
  offset: number;
  bytes: number;
  /** How much of it belonged to blocks before. */
  idleBytes: number;
}

/** Reserves addresses for `capacityBytes` of blocks. Throws RangeError where the system has no such room. */
export function openArena(capacityBytes: number): Arena {
  const pages = Math.min(Math.ceil((capacityBytes + RESERVED_BYTES) / PAGE_BYTES), LARGEST_BYTES / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const usable = pages * PAGE_BYTES - RESERVED_BYTES;
  // Gaps by rising address; neighbours are always joined.
  const gaps: Gap[] = [{ offset: RESERVED_BYTES, bytes: usable, idleBytes: 0 }];
  let usedBytes = 0;
  let idleBytes = 0;

  function giveBack(offset: number, bytes: number): void {
    usedBytes -= bytes;
    idleBytes += bytes;
    let at = gaps.findIndex((gap) => gap.offset > offset);
    if (at < 0) at = gaps.length;
    const before = gaps[at - 1];
    const after = gaps[at];
    const joinsBefore = before !== undefined && before.offset + before.bytes === offset;
    const joinsAfter = after !== undefined && offset + bytes === after.offset;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      before.idleBytes += bytes + after.idleBytes;
      gaps.splice(at, 1);
    } else if (joinsBefore) {
      before.bytes += bytes;
      before.idleBytes += bytes;
    } else if (joinsAfter) {
      after.offset = offset;
      after.bytes += bytes;
      after.idleBytes += bytes;
    } else gaps.splice(at, 0, { offset, bytes, idleBytes: bytes });
  }

  const all = new Uint8Array(memory.buffer);
  return {
    memory,
    bytes: all,
    capacityBytes: usable,
    get usedBytes() {
      return usedBytes;
    },
    get idleBytes() {
      return idleBytes;
    },
    trim() {
      for (const gap of gaps) {
        if (gap.idleBytes > 0) giveBackPages(all, gap.offset, gap.bytes);
        gap.idleBytes = 0;
      }
      idleBytes = 0;
    },
    allocate(wanted) {
      const bytes = blockBytes(wanted);
      // Best fit, lowest address among equals: touched pages are used again before new ones.
      let best: Gap | undefined;
      for (const gap of gaps) {
        if (gap.bytes >= bytes && (best === undefined || gap.bytes < best.bytes)) best = gap;
      }
      if (best === undefined) return undefined;
      const { offset } = best;
      best.offset += bytes;
      best.bytes -= bytes;
      // What was touched lies at a gap's beginning: the last gap alone is touched in part.
      const reused = Math.min(best.idleBytes, bytes);
      best.idleBytes -= reused;
      idleBytes -= reused;
      if (best.bytes === 0) gaps.splice(gaps.indexOf(best), 1);
      usedBytes += bytes;
      let held = true;
      return {
        offset,
        bytes,
        release() {
          if (!held) return;
          held = false;
          giveBack(offset, bytes);
        },
      };
    },
  };
}
