/** How many bytes things take: the formulas and constants that the memory account and the running parts share. */
import { CACHE_LINE_BYTES, KEN_BURNS_ZOOM, READ_BEYOND_BYTES } from '../core/agreed';
import { GIB, MIB } from './row';

/** Streamed sounds that `soundBytes` counts. */
export const SOUNDS_COUNTED = 2;
/** The chunk that is heard and the next one, each in two states, of two channels of 32-bit floats. */
const TIER1_FRAME_BYTES = 2 * 2 * 2 * 4;

/** Bytes that tier 1 takes for each ms of a chunk, where so many sounds are streamed at a time. */
export const tier1BytesPerMs = (sounds: number, rateHz: number): number => (sounds * rateHz * TIER1_FRAME_BYTES) / 1000;

/** Chunks are never shorter: a short stall of the disk must not be heard. */
export const SHORTEST_CHUNK_MS = 1000;

export interface PanelSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What the account counts without a formula. */
export const FOOTPRINT = {
  /**
   * Node, V8's heap, the status page and the display library once the pages of the start are given back (measured on x86-64 with Node 20: 41 to
   * 46 MiB beside the other consumers).
   */
  processBytes: 46 * MIB,
  /** Pages of the program that only its start needs, until the first picture is on (measured: 27 MiB, some of which come back). */
  startBytes: 24 * MIB,
  /** A decoder that begins while the one before it has not ended yet, where clips follow each other. */
  childStartBytes: 8 * MIB,
  /** sharp with libvips and its threads while they do nothing, where pictures or texts are shown (measured: 6 to 9 MiB). */
  pictureLibraryBytes: 10 * MIB,
  /** One more worker thread: its V8 isolate, stack and instance of the kernels. */
  threadBytes: 8 * MIB,
  /**
   * The name of a media file in the lists of a show, while a list is made anew beside the one in use (measured: 6 KiB for each of 10,000, 3 KiB for
   * each of 50,000).
   */
  fileBytes: 4 * 1024,
  /** The names of so many files are in `processBytes`. */
  filesCounted: 2000,
  /**
   * The audio library with its threads and buffers, the thread that decodes, and the child it reads, without that child's libraries: so that a
   * show of four pictures and two streamed sounds of 10 minutes is planned with what it takes (measured on x86-64: 388 to 404 MiB, of which
   * 111 are chunks).
   */
  soundBytes: 82 * MIB,
  /** Another child that decodes sound: its libraries are shared with those (measured: 49 MiB, 10 of them its own). */
  soundDecoderBytes: 10 * MIB,
} as const;

/** Opaque pictures are stored as RGB, everything with an alpha channel and every frame as RGBA. */
const RGB_BYTES = 3;
const RGBA_BYTES = 4;

/** Pictures that are stored alike: slabs of the same size. */
export interface PictureClass {
  readonly count: number;
  readonly slabBytes: number;
}

/** Bytes of the `slabs` largest of these pictures; `classes` from large to small. */
export function largestBytes(classes: readonly PictureClass[], slabs: number): number {
  let left = slabs;
  let bytes = 0;
  for (const { count, slabBytes } of classes) {
    const taken = Math.min(left, count);
    bytes += taken * slabBytes;
    left -= taken;
  }
  return bytes;
}

/** How many of the largest of these pictures fit into `limitBytes` together. */
export function slabsWithin(classes: readonly PictureClass[], limitBytes: number): number {
  let leftBytes = limitBytes;
  let slabs = 0;
  for (const { count, slabBytes } of classes) {
    const taken = Math.min(count, Math.floor(leftBytes / slabBytes));
    slabs += taken;
    leftBytes -= taken * slabBytes;
    if (taken < count) break;
  }
  return slabs;
}

/** Most bytes of cached pictures: WebAssembly's memory ends at 4 GiB, and frames, texts and gaps need the rest. */
export const ARENA_PICTURE_BYTES = 3 * GIB;

/** Text overlays alive at once: the one that is shown and the one that takes its place. */
export const TEXT_OVERLAYS = 2;

/** A text overlay is at most as wide as the panel and this share of its height. */
export const TEXT_HEIGHT_RATIO = 0.25;

/** Pictures in textures at once: the one shown, the one coming in, the one after it and the one just gone. */
const TEXTURE_PICTURES = 4;

/** Bytes of textures that the largest pictures and the texts take; drivers keep RGB as RGBA. */
export function textureBytes(panel: PanelSize, motion: boolean): number {
  const { widthPx, heightPx } = storedSize(panel, motion);
  return TEXTURE_PICTURES * widthPx * heightPx * RGBA_BYTES + TEXT_OVERLAYS * textOverlayBytes(panel);
}

/** Fewest pictures the cache usually has: the one shown, the one coming in, the one decoded ahead. */
export const FEWEST_SLABS = 3;
/** Where nothing else fits: the next picture is decoded once a transition is over. */
export const BAREST_SLABS = 2;

/** Size of the largest stored picture in px. */
export function storedSize(panel: PanelSize, motion: boolean): PanelSize {
  const factor = motion ? KEN_BURNS_ZOOM : 1;
  return { widthPx: Math.ceil(panel.widthPx * factor), heightPx: Math.ceil(panel.heightPx * factor) };
}

/** Bytes of a picture's slab in the arena, padding included. */
export function slabBytes(widthPx: number, heightPx: number, layout: 'rgb' | 'rgba' = 'rgb'): number {
  const bytes = widthPx * heightPx * (layout === 'rgb' ? RGB_BYTES : RGBA_BYTES);
  return Math.ceil((bytes + READ_BEYOND_BYTES) / CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
}

/** Bytes of the largest slab this panel can need. */
export function largestSlabBytes(panel: PanelSize, motion: boolean): number {
  const { widthPx, heightPx } = storedSize(panel, motion);
  return slabBytes(widthPx, heightPx);
}

/** Bytes of one composed frame, of an output's surface, of a capture. */
export function frameBytes(panel: PanelSize): number {
  return panel.widthPx * panel.heightPx * RGBA_BYTES;
}

/** Bytes of a video frame as large as the panel: 4:2:0, 8 bits. */
export function videoFrameBytes(panel: PanelSize): number {
  return slabBytes(panel.widthPx, Math.ceil(panel.heightPx / 2), 'rgb');
}

/** Bytes of the largest text overlay. */
export function textOverlayBytes(panel: PanelSize): number {
  return slabBytes(panel.widthPx, Math.ceil(panel.heightPx * TEXT_HEIGHT_RATIO), 'rgba');
}
