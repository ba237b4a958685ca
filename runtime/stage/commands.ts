/** Stage commands and replies: what the main thread and the render thread say to each other. */
import type { ENVELOPES, Layer } from './layer';

/** What may be changed of a layer that is on the stage already. */
export type LayerChange = Partial<Pick<Layer, (typeof ENVELOPES)[number] | 'untilMs' | 'revealEdge'>>;

export type StageCommand =
  | { readonly op: 'add'; readonly layer: Layer }
  | { readonly op: 'amend'; readonly id: number; readonly change: LayerChange }
  /** Takes the layer away at the next frame edge. */
  | { readonly op: 'remove'; readonly id: number }
  /** Takes a planned layer back and changes those that it was to replace. A layer that has come on meanwhile stays, and nothing is changed. */
  | { readonly op: 'recall'; readonly id: number; readonly before: readonly number[]; readonly change: LayerChange }
  /** Stage time stands still between the two; `atMs` is monotonic. */
  | { readonly op: 'pause'; readonly atMs: number }
  | { readonly op: 'resume'; readonly atMs: number }
  /** There is content to be shown from now on: a frame that shows none of it counts as black. */
  | { readonly op: 'expect-content'; readonly expected: boolean }
  /** Untimed only: stage time may run up to here; main has planned everything before it. */
  | { readonly op: 'horizon'; readonly untilMs: number };

/** Commands of one batch take effect together, at one frame edge. */
export interface StageBatch {
  readonly kind: 'batch';
  readonly commands: readonly StageCommand[];
  /** When given, the first frame that shows the batch is reported under this number. */
  readonly receipt?: number;
}

export type StageReply =
  /** These layers are off the stage; their pictures may be reused. */
  | { readonly kind: 'retired'; readonly ids: readonly number[] }
  /** The frame that first showed the batch; `blackFrames` since the batch arrived. */
  | {
      readonly kind: 'receipt';
      readonly receipt: number;
      readonly frame: number;
      readonly atMs: number;
      readonly blackFrames: number;
      readonly repeatedFrames: number;
    }
  /** A layer that follows a clip has begun, at this stage ms. */
  | { readonly kind: 'began'; readonly id: number; readonly atMs: number }
  /** Untimed only: stage time has come to the horizon. */
  | { readonly kind: 'horizon'; readonly atMs: number };
