/** The contract of a renderer: it draws the stage, and says what of the frame it changed. */
import type { Rect } from '../stage/placement';
import type { StageState } from './stage-state';

/** What one call of `draw` did. Owned by the renderer and reused. */
export interface Drawn {
  /** False: the frame is as it was, and there is nothing to present. */
  changed: boolean;
  /** Whether any layer could be seen (at whatever opacity). */
  hasContent: boolean;
  /** The changed part of the frame, in px as scanned out. */
  readonly damage: Rect;
}

/** How the bytes of a pixel follow each other; the fourth has no meaning. */
export type PixelOrder = 'bgrx' | 'rgbx';

/** Lives on the render thread. Draws nothing when nothing differs from the last frame. */
export interface Renderer {
  readonly name: 'cpu' | 'gl';
  /** Draws the stage at an instant of stage time. Allocates nothing. */
  draw(stage: StageState, atMs: number): Drawn;
  /**
   * Readies pictures that are on the stage and not shown yet, until the monotonic clock says `untilMs`; returns whether all are
   * ready. A renderer that has nothing to ready has no such step.
   */
  prepare?(stage: StageState, untilMs: number): boolean;
  /** Copies the frame as it was last drawn: tight rows, as scanned out. Returns the order of its bytes. */
  capture(into: Uint8Array): PixelOrder;
  /** Makes the next `draw` draw the whole frame. */
  invalidate(): void;
  close(): void;
}
