/** The picture store as plugins see it: room in the shared arena for decoded pictures. */
import { token } from '../core/token';
import type { PictureRef } from './layer';

/** `rgb`: 3 bytes a pixel, opaque. `rgba`: 4 bytes a pixel, premultiplied. Rows are tight, top row first. */
export type PixelLayout = 'rgb' | 'rgba';

/** Size and layout of a picture as it is stored. */
export interface StoredShape {
  /** Size as stored, that is after `turn`, in px. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly layout: PixelLayout;
  /** How far the stored pixels are turned clockwise from upright. */
  readonly turn: 0 | 90 | 180 | 270;
}

/** Room for one picture. Whoever reserved it releases it, and only when no layer shows it any more. */
export interface StoredPicture {
  readonly ref: PictureRef;
  /** widthPx * heightPx * (3 or 4) bytes in shared memory; write them before the picture goes on the stage. */
  readonly pixels: Uint8Array;
  /** Bytes the slab takes from the store, padding included. */
  readonly bytes: number;
  /** Gives the room back; twice is harmless. */
  release(): void;
}

export interface PictureStore {
  /** Undefined when there is no room: evict, shrink or go without. Main thread only. */
  reserve(shape: StoredShape): StoredPicture | undefined;
  /** Bytes a picture of this shape takes, padding included. */
  bytesFor(shape: StoredShape): number;
  readonly capacityBytes: number;
  readonly usedBytes: number;
}

export const PICTURE_STORE = token<PictureStore>('picture-store');
