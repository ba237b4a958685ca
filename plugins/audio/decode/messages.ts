/** What the main thread and the decode thread say to each other. */
import type { TrackSpec } from './producer';

/** Where a part of a chunk goes: one cell for each channel, with a plane of `planeFrames` for each state in it, the original first. */
export interface ChunkPlace {
  readonly cells: readonly SharedArrayBuffer[];
  readonly planeFrames: number;
  /** In the planes. */
  readonly atFrame: number;
  readonly frames: number;
}

/** An order that follows soon. */
export interface OrderAhead {
  readonly track: TrackSpec;
  readonly fromFrame: number;
}

export type ToDecodeThread =
  /** Make a part of a chunk; one order at a time. */
  | {
      readonly kind: 'chunk';
      readonly id: number;
      readonly track: TrackSpec;
      readonly fromFrame: number;
      readonly place: ChunkPlace;
      /** Decoders that are kept where they are: of this track, and of all. */
      readonly decoders: { readonly ofTrack: number; readonly inAll: number };
    }
  /** Make the whole of a short file, of at most so many frames. */
  | { readonly kind: 'clip'; readonly id: number; readonly track: TrackSpec; readonly mostFrames: number }
  /** These orders follow: their decoders start now, beside the order that runs. In place of the ones named before. */
  | { readonly kind: 'ahead'; readonly orders: readonly OrderAhead[] }
  /** Nothing more is made of this track for now: its decoders end. */
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'stop' };

export type FromDecodeThread =
  | { readonly kind: 'chunk'; readonly id: number; readonly frames: number; readonly ended: boolean }
  /** Planes of each state, `frames` long. `whole` is false where the file is longer than was allowed. */
  | {
      readonly kind: 'clip';
      readonly id: number;
      readonly frames: number;
      readonly whole: boolean;
      /** From the first frames that its decoder gave to the last one: neither the wait in the queue nor the start of thread and child. */
      readonly decodeMs: number;
      readonly original: readonly Float32Array[];
      readonly processed: readonly Float32Array[];
    }
  /** `accident`: it says nothing of the file; the same order may succeed. */
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string; readonly accident: boolean }
  | { readonly kind: 'stopped' };

export interface DecodeThreadData {
  readonly ffmpeg: string;
  /** One number that goes up whenever the thread got on with its order. */
  readonly progress: SharedArrayBuffer;
}
