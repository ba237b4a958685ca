/** Where a voice has its frames from: chunks of a track, or a clip that is there whole. */
import type { Frames } from '../chunks/track';
import type { SoundState } from '../chunks/pool';

export interface VoiceSource {
  readonly channels: number;
  /** Frames in all; undefined while not known. */
  readonly frames: number | undefined;
  /** From which frame on nothing will come, and why. */
  readonly failure: { readonly fromFrame: number; readonly reason: string } | undefined;
  /** Frames from there on, at most so many, as far as they lie in one piece; undefined where they are not there (yet). */
  read(atFrame: number, most: number): Frames | undefined;
  /** A jump to another place. */
  jump(atFrame: number): void;
  close(): void;
}

/** A short sound, decoded whole. */
export interface DecodedClip {
  readonly frames: number;
  readonly original: readonly Float32Array[];
  readonly processed: readonly Float32Array[];
}

export const clipBytes = ({ original, processed }: DecodedClip): number =>
  [...original, ...processed].reduce((sum, plane) => sum + plane.byteLength, 0);

export class ClipSource implements VoiceSource {
  readonly failure = undefined;

  constructor(private readonly clip: DecodedClip) {}

  get channels(): number {
    return this.clip.original.length;
  }

  get frames(): number {
    return this.clip.frames;
  }

  read(atFrame: number, most: number): Frames | undefined {
    const to = Math.min(this.clip.frames, atFrame + most);
    if (to <= atFrame) return undefined;
    return {
      count: to - atFrame,
      view: (state: SoundState) => this.clip[state].map((plane) => plane.subarray(atFrame, to)),
    };
  }

  jump(): void {}
  close(): void {}
}
