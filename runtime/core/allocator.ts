/** What the system is told about memory: how much of its peak the C allocator keeps, and which pages nobody needs any more. */
import { foreign, library } from './foreign';

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

type MallocTrim = (padBytes: number) => number;
let mallocTrim: MallocTrim | undefined;

/**
 * Gives the free pages inside malloc's heaps back to the system; by itself it gives back only what lies at their ends. Takes
 * about 1 ms. Call it now and then where many threads allocate and free, such as after some dozens of decodes.
 */
export function trimAllocator(): void {
  findMallocTrim()(0);
}

function findMallocTrim(): MallocTrim {
  try {
    mallocTrim ??= foreign<[number], number>(library('libc.so.6'), 'int malloc_trim(size_t pad)');
  } catch {
    mallocTrim = () => 0; // Not glibc.
  }
  return mallocTrim;
}

/**
 * Bounds what malloc keeps. Does nothing where there is no glibc. Call before the first decode, and before any thread loads a library that may
 * hang: nothing else can be found in libraries meanwhile.
 */
export function boundAllocator(): void {
  findMallocTrim();
  findMadviseAt();
  try {
    const mallopt = foreign<[number, number], number>(library('libc.so.6'), 'int mallopt(int parameter, int value)');
    mallopt(M_ARENA_MAX, HEAPS);
    mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
  } catch {
    // musl and others: their allocators give memory back by themselves.
  }
}

const MADV_DONTNEED = 4;
/** The largest page size of the systems we run on (64-bit ARM may have 64 KiB). */
const PAGE_BYTES = 64 * 1024;

let madvise: ((address: Uint8Array, length: number, advice: number) => number) | undefined;

/**
 * Gives the whole pages of a part of `memory` (page-aligned, private to this process) back to the system; they read as zero afterwards.
 * Does nothing where the system does not know the call: the memory stays resident then.
 */
export function giveBackPages(memory: Uint8Array, offset: number, bytes: number): void {
  const from = Math.ceil(offset / PAGE_BYTES) * PAGE_BYTES;
  const to = Math.floor((offset + bytes) / PAGE_BYTES) * PAGE_BYTES;
  if (to <= from) return;
  try {
    madvise ??= foreign(library(null), 'int madvise(void *addr, size_t length, int advice)');
    madvise(memory.subarray(from, to), to - from, MADV_DONTNEED);
  } catch {
    madvise = () => 0;
  }
}

type MadviseAt = (address: bigint, length: number, advice: number) => number;
let madviseAt: MadviseAt | undefined;

/** The same for whole mappings of files, which read as the file afterwards. The caller knows that no page in them was changed. */
export function adviseUnneeded({ fromAddress, bytes }: { readonly fromAddress: bigint; readonly bytes: number }): void {
  findMadviseAt()(fromAddress, bytes, MADV_DONTNEED);
}

const findMadviseAt = (): MadviseAt =>
  (madviseAt ??= foreign(library(null), 'int madvise(uintptr_t addr, size_t length, int advice)'));
