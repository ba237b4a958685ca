/** The C allocator's settings: glibc keeps a picture decoder's peak for ever unless it is told otherwise. */
import { foreign, koffi } from './foreign';

// malloc.h
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
const M_ARENA_MAX = -8;

/** Blocks of this size are given back to the system when they are freed (glibc's own default, fixed instead of rising). */
const MAPPED_FROM_BYTES = 128 * 1024;
/** Free memory kept at the end of the heap. */
const KEPT_BYTES = 1024 * 1024;
/** Heaps for all threads: with one for each thread (glibc's default) decoding keeps about a hundred MB more. */
const HEAPS = 2;

/** Bounds what malloc keeps. Does nothing where there is no glibc. Call before the first decode. */
export function boundAllocator(): void {
  try {
    const mallopt = foreign<[number, number], number>(
      koffi().load('libc.so.6'),
      'int mallopt(int parameter, int value)',
    );
    mallopt(M_ARENA_MAX, HEAPS);
    mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
  } catch {
    // musl and others: their allocators give memory back by themselves.
  }
}
