/** The clip store as plugins see it: rings of video frames in the shared arena, written by a reader thread, shown by the render thread. */
import { token } from '../core/token';
import type { VideoColour } from './colour';
import type { ClipRef } from './layer';

/** A clip's frames as they are stored: planar YUV 4:2:0, 8 bits, tight rows, luma then Cb then Cr. */
export interface ClipShape {
  /** Size as stored, that is after `turn`, in px. Chroma planes have half of each, rounded up. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** How far the stored frames are turned clockwise from upright. */
  readonly turn: 0 | 90 | 180 | 270;
  /** Its chroma as in upright frames: `turnedPlace` says where stored ones have it. */
  readonly colour: VideoColour;
  /** How long a frame stays where nothing else is known: the last one, and those without a time. */
  readonly frameMs: number;
}

/** Bytes of a frame's planes, without padding. */
export function clipFrameBytes(widthPx: number, heightPx: number): number {
  return widthPx * heightPx + 2 * ((widthPx + 1) >> 1) * ((heightPx + 1) >> 1);
}

/** What another thread needs to write frames: structured-cloneable. */
export interface RingAddress {
  readonly memory: WebAssembly.Memory;
  readonly table: SharedArrayBuffer;
  /** Rung after each frame, so that a render thread that waits for one wakes. */
  readonly doorbell: SharedArrayBuffer;
  readonly clip: number;
  readonly generation: number;
}

/** A ring of one clip. Whoever opened it releases it, and only when no layer shows it and no thread writes to it any more. */
export interface ClipRing {
  readonly ref: ClipRef;
  readonly address: RingAddress;
  readonly frames: number;
  readonly bytes: number;
  /** Frames written since it was opened. */
  readonly written: number;
  /** Frames that were on the screen. */
  readonly shown: number;
  /** Frames whose time had passed before they could be shown. */
  readonly skipped: number;
  /** Ms of waiting for frames that were due. */
  readonly starvedMs: number;
  /**
   * The clip's clock: stage ms of its beginning, NaN before a frame is shown; a frame of time t is on from `beganMs` + t. It
   * moves when a decoder had to be waited for: what goes with the clip, as its sound does, follows it.
   */
  readonly beganMs: number;
  /**
   * No frame will follow: the frame written last is the clip's last, and has been shown for its time at `endMs`, counted from the first
   * frame; without it after `frameMs`. Any thread; only the first call counts.
   */
  end(endMs?: number): void;
  /** The frames in the ring are the whole clip: it repeats every `roundMs` without a writer. */
  repeat(roundMs: number): void;
  /** Gives the room back; twice is harmless. */
  release(): void;
}

export interface ClipStore {
  /** Undefined when there is no room for `frames` frames of this shape, or no place in the table. Main thread only. */
  open(shape: ClipShape, frames: number): ClipRing | undefined;
  /** Bytes of one frame of a ring, padding included. */
  frameBytes(shape: Pick<ClipShape, 'widthPx' | 'heightPx'>): number;
  readonly capacityBytes: number;
  readonly usedBytes: number;
}

export const CLIP_STORE = token<ClipStore>('clip-store');
