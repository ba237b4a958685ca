/** What the main thread and a reader thread say to each other. */
import type { RingAddress } from '../../runtime/stage/clip-store';

/** One child's output. The reader closes both descriptors when it is done. */
export interface ReadOrder {
  readonly id: number;
  readonly framesFd: number;
  readonly timesFd: number;
  readonly ring: RingAddress;
  /** Bytes of a frame. */
  readonly frameBytes: number;
  /** Told of as soon as so many frames are in the ring. */
  readonly prefill: number;
  /** The child goes on with a clip: frames up to this time are in the ring already. -Infinity at the begin. */
  readonly afterMs: number;
  /** Taken from every time that the child tells; where it is missing, the time of the first frame is. */
  readonly zeroMs?: number;
  /** Where frames have no times. */
  readonly frameMs: number;
  /** Of the whole clip; missing where it is not known, and for one that goes round. */
  readonly lengthMs?: number;
}

export type ReaderReply =
  | { readonly kind: 'filled'; readonly id: number }
  /** The child closed its output, or the ring is gone. */
  | {
      readonly kind: 'done';
      readonly id: number;
      /** Frames written, and the time of the last one; -Infinity before the first. */
      readonly frames: number;
      readonly lastMs: number;
      /** The longest time between two of them; 0 where there are not two. */
      readonly longestMs: number;
      /** The clip's last frame was written, and the ring was told so. */
      readonly complete: boolean;
      /** What was taken from every time. */
      readonly zeroMs: number;
      readonly fault?: string;
    };
