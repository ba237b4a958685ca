/** The stage as a looker-on sees it: how far it is, its picture, its status. Nothing here changes the show. */
import { token } from '../core/token';

/** A picture read back from the stage: upright, rows tight, top row first. */
export interface CapturedPicture {
  readonly pixels: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** RGB or RGBA. */
  readonly channels: 3 | 4;
}

export interface StageView {
  /** Resolves when the first content frame is on the screen; never when the show ends before. */
  readonly firstFrame: Promise<void>;
  /** Distinct frames shown so far; while it and `displayOn` rest, so does the picture. */
  readonly framesPresented: number;
  /** False while the display is switched off, by hand or by its hours; what is captured then is black. */
  readonly displayOn: boolean;
  /** The picture on the screen. `maxWidthPx` is a wish: a smaller picture saves copying. Owned by the caller. */
  capture(maxWidthPx?: number): Promise<CapturedPicture>;
  /** The document behind `vitrine status --json`; plain data. */
  status(): unknown;
  /** What the caches of sound hold and how they did; undefined where nothing plays sound. */
  cache(): unknown;
}

export const STAGE_VIEW = token<StageView>('stage-view');
