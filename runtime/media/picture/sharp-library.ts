/** sharp, loaded when the first picture needs it and set up for many small jobs at once. */
import type Sharp from 'sharp';

type SharpModule = typeof Sharp;

let loaded: SharpModule | undefined;

/** Loads sharp on the first call, which blocks for some 40 ms. */
export function loadSharp(): SharpModule {
  if (loaded === undefined) {
    loaded = require('sharp') as SharpModule;
    // One thread a picture and several pictures at once: measured as fast as libvips' own threads alone, and half the CPU of both.
    loaded.concurrency(1);
    // Every file is decoded once and kept in the arena: libvips' operation cache would only hold on to memory.
    loaded.cache(false);
  }
  return loaded;
}
