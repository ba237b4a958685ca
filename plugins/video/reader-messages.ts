/** The words between the main thread and a reader thread. */
import type { RingAddress } from '../../runtime/stage/clip-store';

/** How far a clip is in its ring: a pass of a decoder begins at one place and ends at another. */
export interface Place {
  /** Ring time of the round's first frame, in ms: of a loop, a multiple of its length. */
  readonly roundMs: number;
  /** Frames of this round in the ring. */
  readonly frames: number;
  /** Time of the last one from the first of its round; -Infinity before the first. */
  readonly lastMs: number;
  /** Between the last two of them. */
  readonly stepMs?: number;
  /** Taken from every time that the child gives; missing before the first frame. */
  readonly zeroMs?: number;
  /** The round began in the middle: its number of frames is a guess, and the next one is the first whole one. */
  readonly partial?: boolean;
  /** The first whole round, which every other one equals. */
  readonly first?: { readonly frames: number; readonly lengthMs: number };
}

export const BEGINNING: Place = { roundMs: 0, frames: 0, lastMs: -Infinity };

/** The place after a round of that length. */
export function nextRound({ roundMs, frames, partial, first }: Place, lengthMs: number): Place {
  const place = { roundMs: roundMs + (first?.lengthMs ?? lengthMs), frames: 0, lastMs: -Infinity };
  return partial === true ? place : { ...place, first: first ?? { frames, lengthMs } };
}

/** One child's output. The reader closes both descriptors when it is done, not where it did not begin. */
export interface ReadOrder {
  readonly id: number;
  readonly framesFd: number;
  readonly timesFd: number;
  readonly ring: RingAddress;
  /** Bytes of a frame. */
  readonly frameBytes: number;
  /** Reported as soon as so many frames are in the ring. */
  readonly prefill: number;
  /** Where the child goes on; or the order whose round it follows, if that is complete: else nothing is read. */
  readonly from: Place | { readonly after: number };
  /** Taken from the child's times instead of the place's. */
  readonly zeroMs?: number;
  /** Where frames have no times. */
  readonly frameMs: number;
  /** The end of the picture that the file states: the time of the child's at which it is, or from the first frame. */
  readonly stated?: { readonly ms: number; readonly fromFirst: boolean };
  /** Ms before the stated end at which it is reported as near. */
  readonly nearMs: number;
  /** Another round follows; where the first one stays in the ring whole, the ring repeats. */
  readonly loop: boolean;
}

/** The stated end from the first frame, whose time is `zeroMs`. */
export function statedEnd({ stated }: Pick<ReadOrder, 'stated'>, zeroMs: number): number | undefined {
  if (stated === undefined) return undefined;
  return stated.fromFirst ? stated.ms : stated.ms - zeroMs;
}

export type ReaderReply =
  | { readonly kind: 'filled'; readonly id: number }
  /** The end of the round is near. */
  | { readonly kind: 'near'; readonly id: number }
  /** The child closed its output, or the ring is gone. */
  | {
      readonly kind: 'done';
      readonly id: number;
      /** Frames written by this order. */
      readonly frames: number;
      readonly place: Place;
      /** The round's last frame was written, and its length is known; a clip that does not loop has ended in its ring. */
      readonly complete: boolean;
      /** Of the round, where it is complete. */
      readonly lengthMs?: number;
      /** The ring repeats. */
      readonly repeats: boolean;
      /** Nothing was read, because the order before was not complete: the descriptors are open. */
      readonly unread: boolean;
      readonly fault?: string;
    };
