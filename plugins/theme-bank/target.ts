/** Targets: the size and form in which a scene's pictures are stored. Pure. */
import type { Rgb } from '../../runtime/stage/layer';
import { KEN_BURNS_ZOOM } from '../../runtime/core/agreed';
import type { Panel } from '../../runtime/stage/panel';
import type { Scene } from '../../runtime/show/types';

export interface Target {
  /** The box the picture covers exactly (`cover`) or fits into (`contain`), upright, in px. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fit: 'cover' | 'contain';
  /** Shows through transparent pictures. */
  readonly background: Rgb;
  readonly turn: Panel['turn'];
}

/** Opaque pictures are stored as RGB. */
export const PIXEL_BYTES = 3;

/** Part of every cache key: raise it when the pipeline's output changes. */
const PIPELINE_VERSION = 2;

/** Bytes of the largest picture of this target. */
export function targetBytes(target: Pick<Target, 'widthPx' | 'heightPx'>): number {
  return target.widthPx * target.heightPx * PIXEL_BYTES;
}

/** The target of a scene on a panel; smaller than the panel where a picture would take more than `entryBytes`. */
export function targetOf(scene: Scene, panel: Panel, entryBytes: number): { target: Target; shrunk: boolean } {
  const zoom = scene.motion === 'ken-burns' ? KEN_BURNS_ZOOM : 1;
  const full = { widthPx: Math.ceil(panel.widthPx * zoom), heightPx: Math.ceil(panel.heightPx * zoom) };
  const scale = Math.min(1, Math.sqrt(entryBytes / targetBytes(full)));
  const shrunk = scale < 1;
  const size = shrunk
    ? {
        widthPx: Math.max(1, Math.floor(full.widthPx * scale)),
        heightPx: Math.max(1, Math.floor(full.heightPx * scale)),
      }
    : full;
  return { target: { ...size, fit: scene.fit, background: scene.background, turn: panel.turn }, shrunk };
}

/** Formats without transparency: the background makes no difference to them. */
const OPAQUE = /\.(jpe?g|jpe|jfif)$/i;

/** The part of a stored picture's key beside the file's contents. */
export function variantOf(path: string, target: Target): string {
  const background = OPAQUE.test(path) ? '' : target.background.toString(16);
  return [target.widthPx, target.heightPx, target.fit, background, target.turn, PIPELINE_VERSION].join(',');
}

/** Where a picture of a target is kept: its key but for the file's state. */
export function placeOf(path: string, target: Target): string {
  return `${variantOf(path, target)}\n${path}`;
}
