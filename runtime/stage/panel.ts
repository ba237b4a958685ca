/** The panel: the screen as the show sees it. */
import { token } from '../core/token';

export interface Panel {
  /** Upright size in px: what a person before the screen calls width and height. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** How far the picture is turned clockwise on its way to the scan-out. */
  readonly turn: 0 | 90 | 180 | 270;
  readonly refreshHz: number;
}

/** The panel a session is prepared for. */
export const PANEL = token<Panel>('panel', 'session');
