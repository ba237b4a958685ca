/** The arena: the one shared WebAssembly memory that holds every pixel, and who holds which part of it. */

/** A page of WebAssembly memory. */
const PAGE_BYTES = 65536;
/** WebAssembly's 32-bit addresses end here. */
const LARGEST_BYTES = 4 * 1024 ** 3;
/** Blocks begin on cache lines. */
const ALIGN_BYTES = 64;
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
 * only once they are touched, so a block given back and taken again keeps the process at the size it had.
 */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly capacityBytes: number;
  readonly usedBytes: number;
  /** Undefined where no gap is large enough. */
  allocate(bytes: number): Block | undefined;
}

/** Bytes a block of this size takes. */
export function blockBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / ALIGN_BYTES)) * ALIGN_BYTES;
}

/** Reserves addresses for `capacityBytes` of blocks. Throws RangeError where the system has no such room. */
export function openArena(capacityBytes: number): Arena {
  const pages = Math.min(Math.ceil((capacityBytes + RESERVED_BYTES) / PAGE_BYTES), LARGEST_BYTES / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const usable = pages * PAGE_BYTES - RESERVED_BYTES;
  // Gaps by rising address; neighbours are always joined.
  const gaps: { offset: number; bytes: number }[] = [{ offset: RESERVED_BYTES, bytes: usable }];
  let usedBytes = 0;

  function giveBack(offset: number, bytes: number): void {
    usedBytes -= bytes;
    let at = gaps.findIndex((gap) => gap.offset > offset);
    if (at < 0) at = gaps.length;
    const before = gaps[at - 1];
    const after = gaps[at];
    const joinsBefore = before !== undefined && before.offset + before.bytes === offset;
    const joinsAfter = after !== undefined && offset + bytes === after.offset;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      gaps.splice(at, 1);
    } else if (joinsBefore) before.bytes += bytes;
    else if (joinsAfter) {
      after.offset = offset;
      after.bytes += bytes;
    } else gaps.splice(at, 0, { offset, bytes });
  }

  return {
    memory,
    bytes: new Uint8Array(memory.buffer),
    capacityBytes: usable,
    get usedBytes() {
      return usedBytes;
    },
    allocate(wanted) {
      const bytes = blockBytes(wanted);
      // Best fit, lowest address among equals: touched pages are used again before new ones.
      let best: { offset: number; bytes: number } | undefined;
      for (const gap of gaps) {
        if (gap.bytes >= bytes && (best === undefined || gap.bytes < best.bytes)) best = gap;
      }
      if (best === undefined) return undefined;
      const { offset } = best;
      best.offset += bytes;
      best.bytes -= bytes;
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
