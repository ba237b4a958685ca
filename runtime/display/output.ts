/** The contract of an output: a way to own a screen. One file each, each ending in one constant. */
import type { GlContext } from '../gl/gl';
import type { Rect } from '../stage/placement';

export type OutputName = 'wayland' | 'x11' | 'kms' | 'fbdev' | 'offscreen' | 'null';
export type RendererName = 'cpu' | 'gl';

/** Where outputs look for a display. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Kernel drivers of the graphics cards. */
  readonly drivers: readonly string[];
  /** Paths of framebuffer devices. */
  readonly framebuffers: readonly string[];
}

export interface OutputRequest extends Surroundings {
  /** Size asked for, as scanned out; undefined takes the display's own and the whole screen. */
  readonly size: { readonly widthPx: number; readonly heightPx: number } | undefined;
  /** Pictures a second of the show: on the console a refresh is looked for that suits them all. Left out: the display's own. */
  readonly rates?: readonly number[];
}

/** What became of the display since the last look. `lost`: gone. `resized`: open it anew. `closed`: a person closed the window. */
export type OutputEvent = 'none' | 'exposed' | 'resized' | 'closed' | 'lost';

/**
 * What is known of the display's refreshes. `timer`: nothing. `refresh`: when each frame was taken, afterwards. `swap`: `present`
 * waits for them, if the driver does what it was asked for.
 */
export type Pace = 'timer' | 'refresh' | 'swap';

/** An open output. Render thread only. */
export interface Output {
  readonly name: OutputName;
  /** The driver behind it, for reports. */
  readonly driver: string;
  /** As scanned out. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  /** `timer` where left out. */
  readonly pace?: Pace;
  /** Of a `refresh` pace: when the display took a frame last, monotonic ms; 0 while it did not tell. */
  readonly refreshedAtMs?: number;
  /** What to draw with, of an output for the `gl` renderer. */
  readonly context?: GlContext;
  /** Why this output can no longer be drawn on though its display is there: another one is tried. */
  readonly broken?: string | undefined;
  /**
   * Names the frame to show from: BGRX, `widthPx * heightPx * 4` bytes of the arena, beginning on a 64 KiB border and owned by
   * the output alone up to the next such border until `close`. The output may put memory that it shares with the display in
   * its place.
   */
  attach(frame: Uint8Array): void;
  /**
   * Shows the changed part of the frame. May block until the display has taken it. False when the display is gone.
   * Allocates nothing.
   */
  present(damage: Rect): boolean;
  /** Takes in what the display has to say. Never blocks. */
  poll(): OutputEvent;
  /**
   * Switches the screen itself. Returns how, in a word (`DPMS`); throws with words where it cannot. Nothing is presented while it
   * is off; the whole frame is, once it is on again. Left out where there is no screen.
   */
  power?(on: boolean): string;
  /**
   * Keeps the display as it is, while another output of it is opened, until the returned act is done. Left out where a display does not mind
   * that nobody is connected. Throws with words.
   */
  hold?(): () => void;
  close(): void;
}

/** Whether an output could be there. "Not here" is a value, not a throw. */
export type Fits = { readonly fits: true } | { readonly fits: false; readonly because: string };

/** A backend: an output together with the renderer that draws for it. */
export interface OutputSpec {
  readonly name: OutputName;
  readonly renderer: RendererName;
  /** Cheap: looks at names and sockets only. */
  fits(surroundings: Surroundings): Fits;
  /** Opens it, or throws with the reason. */
  open(request: OutputRequest): Output;
}

/** Where neither a size was asked for nor a display has one. */
export const DEFAULT_SIZE = { widthPx: 1920, heightPx: 1080 } as const;

/** Where the display does not say. */
export const DEFAULT_REFRESH_HZ = 60;
