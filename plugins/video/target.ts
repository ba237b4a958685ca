/** How large a clip is decoded: no larger than it is shown, and no larger than its ring has room for. Pure. */
import type { Panel } from '../../runtime/stage/panel';
import type { ClipFacts } from './clip-facts';

export interface ClipTarget {
  readonly fit: 'cover' | 'contain';
  /** The part of the upright clip that is seen; all of it where nothing is cut off. In px of the clip as shown. */
  readonly crop: { readonly widthPx: number; readonly heightPx: number };
  /** Upright, even where it is not the clip's own size. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly turn: Panel['turn'];
}

const even = (px: number): number => Math.max(2, 2 * Math.round(px / 2));

/** `mostPixels`: what a frame may have. */
export function clipTarget(facts: ClipFacts, fit: 'cover' | 'contain', panel: Panel, mostPixels: number): ClipTarget {
  const { widthPx, heightPx } = facts;
  const crop = fit === 'contain' ? { widthPx, heightPx } : seen(widthPx, heightPx, panel);
  const shown = Math.min(1, panel.widthPx / crop.widthPx, panel.heightPx / crop.heightPx);
  const fitted = shown * Math.min(1, Math.sqrt(mostPixels / (crop.widthPx * crop.heightPx * shown ** 2)));
  const whole = fitted === 1;
  return {
    fit,
    crop,
    widthPx: whole ? crop.widthPx : even(crop.widthPx * fitted),
    heightPx: whole ? crop.heightPx : even(crop.heightPx * fitted),
    turn: panel.turn,
  };
}

/** The part of the panel's shape; the clip's own where they differ by less than a pixel pair. */
function seen(widthPx: number, heightPx: number, panel: Panel): ClipTarget['crop'] {
  const aspect = panel.widthPx / panel.heightPx;
  const width = Math.min(widthPx, even(heightPx * aspect));
  const height = Math.min(heightPx, even(widthPx / aspect));
  return {
    widthPx: widthPx - width < 2 ? widthPx : width,
    heightPx: heightPx - height < 2 ? heightPx : height,
  };
}
