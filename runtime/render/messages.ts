/** Messages beside the stage commands: how the main thread sets the render thread up, and what it hears from it. */
import type { Attempt, Excluded, Wanted } from '../display/chain';
import type { OutputName, RendererName, Surroundings } from '../display/output';
import type { PixelOrder } from './renderer';
import type { StageBatch, StageReply } from '../stage/commands';

/** Given to the render thread at its start. */
export interface RenderThreadData {
  /** Rung (one word, incremented and notified) after every message. */
  readonly doorbell: SharedArrayBuffer;
  readonly stats: SharedArrayBuffer;
  readonly directory: SharedArrayBuffer;
  readonly clips: SharedArrayBuffer;
}

/** The first message: what to open. The thread is started before it is known, so that both take their time together. */
export interface OpenMessage {
  readonly kind: 'open';
  readonly wanted: Wanted;
  /** Backends not to be tried, with the reason. */
  readonly excluded: readonly Excluded[];
  readonly surroundings: Surroundings;
  readonly size: { readonly widthPx: number; readonly heightPx: number } | undefined;
  readonly turn: 0 | 90 | 180 | 270;
  readonly maxFps: number;
  /** Pictures a second to find a refresh for. */
  readonly rates?: readonly number[];
  readonly untimed: boolean;
}

/** A part of the arena for some rows of a frame. */
export interface Strip {
  /** On a cache line. */
  readonly address: number;
  readonly bytes: number;
}

/** Where in the arena the render thread works. Sent for every size of the output; all addresses are the main thread's to allocate. */
export interface SurfaceMessage {
  readonly kind: 'surface';
  /** Of the output that it is for. */
  readonly opening: number;
  readonly memory: WebAssembly.Memory;
  /** What the `cpu` renderer works in; undefined where the output is drawn on with GL. */
  readonly canvas:
    | {
        /** On a 64 KiB border, whole 64 KiB pages long. */
        readonly frame: number;
        readonly plan: number;
        /** One for each composing thread. */
        readonly scratches: readonly number[];
      }
    | undefined;
  /** Where a GL on the CPU may have colours of video made by kernels; undefined where the CPU draws, or GL is used like a GPU. */
  readonly strip: Strip | undefined;
  readonly textures: {
    /** Bytes of textures beyond which the longest unused go. */
    readonly mostBytes: number;
    /** A texture that nobody used for so long goes. */
    readonly idleMs: number;
    /** Time an upload may take of a frame. */
    readonly sliceMs: number;
  };
}

/** The answer to `untried`: what is to be passed over, and what may be opened. */
export interface TriedMessage {
  readonly kind: 'tried';
  readonly excluded: readonly Excluded[];
  readonly trusted: OutputName | undefined;
}

/** The other answer to `opened`: there is no memory to draw in at that size. */
export interface NoSurfaceMessage {
  readonly kind: 'no-surface';
  /** Of the output that it was for. */
  readonly opening: number;
  readonly because: string;
}

export type ToRenderThread =
  | OpenMessage
  | SurfaceMessage
  | NoSurfaceMessage
  | StageBatch
  | TriedMessage
  /** Switch the display; answered with `powered`. While it is off, black is shown and nothing drawn. */
  | { readonly kind: 'power'; readonly id: number; readonly on: boolean }
  /** Copy the frame to this address of the arena at the next frame edge. */
  | { readonly kind: 'capture'; readonly id: number; readonly address: number }
  /** Draw nothing from now on: the frame that is on stays until the thread stops, whatever becomes of its pictures. Answered with `held`. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'stop' };

/** An output was opened: at the start, or later when a better one appeared or the one in use went. */
export interface OpenedMessage {
  readonly kind: 'opened';
  /** Counts the outputs that were opened: the surface for this one has the same number. */
  readonly opening: number;
  readonly output: OutputName;
  readonly renderer: RendererName;
  readonly driver: string;
  /** As scanned out. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  readonly attempts: readonly Attempt[];
}

export type FromRenderThread =
  | StageReply
  | OpenedMessage
  | { readonly kind: 'not-opened'; readonly attempts: readonly Attempt[] }
  /** The show goes on in memory. `because`, with the display as its subject: `it went away`. */
  | { readonly kind: 'lost'; readonly output: OutputName; readonly because: string }
  /** A display has appeared whose GL was never tried: it is left alone until `tried`. */
  | { readonly kind: 'untried' }
  /** A person closed the window. */
  | { readonly kind: 'closed' }
  /** The first black frame after one with content, although content is due. `layers`: those that the stage holds. */
  | { readonly kind: 'black'; readonly atMs: number; readonly layers: readonly string[] }
  | { readonly kind: 'held' }
  | { readonly kind: 'captured'; readonly id: number; readonly order: PixelOrder }
  /** `by`: how the screen was switched; `because`: why it was not, and only the picture is. */
  | { readonly kind: 'powered'; readonly id: number; readonly by?: string; readonly because?: string };
