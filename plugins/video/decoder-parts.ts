/** The words between a decoder and whoever starts it. */
import type { Log } from '../../runtime/core/log';
import type { DecodeOrder } from './command';
import type { Readers } from './readers';

/** How a clip came to its end. `frames` were written in all; the last one has been shown for its time at `endMs` of the clip's clock. */
export interface ClipEnd {
  readonly outcome: 'whole' | 'broken' | 'closed';
  readonly frames: number;
  readonly endMs: number;
  /** Times that its decoder broke. */
  readonly strikes: number;
  readonly reason: string;
}

export interface DecoderParts {
  readonly ffmpeg: string;
  readonly readers: Readers;
  readonly log: Log;
  /** Frames that make the clip ready. */
  readonly prefill: number;
  /** Called when an order did not decode the clip and a plainer one goes on. */
  readonly distrust: (order: DecodeOrder, reason: string) => void;
  /** Called with the length of the clip, from its first frame to its end, when it has been decoded whole. */
  readonly measured: (lengthMs: number) => void;
  /** How long the last frame of the file stays by its container, in ms; undefined where it does not say. Never rejects. */
  readonly lastFrameMs: (fromMs: number) => Promise<number | undefined>;
}
