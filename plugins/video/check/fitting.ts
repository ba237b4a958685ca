/** Whether a machine keeps up with a clip, and the ffmpeg command that would make one of it that it keeps up with. Pure. */
import type { Panel } from '../../../runtime/stage/panel';
import type { ClipFacts } from '../clip-facts';

/** Upright. */
export type PanelSize = Pick<Panel, 'widthPx' | 'heightPx'>;

/** Decoding has to be so much faster than playing: the rest is for drawing, and for the next clip beside it. */
export const HEADROOM = 1.5;
/** Fewer frames a second are seen as single pictures; a faster clip is halved before it is made smaller. */
const SMOOTH_HZ = 30;
/** Smaller is not worth showing. */
const SMALLEST_PX = 64;

/** `decodesHz`: frames a second that were decoded here when nothing else ran. */
export function keepsUp({ rateHz }: Pick<ClipFacts, 'rateHz'>, decodesHz: number): boolean {
  return decodesHz >= HEADROOM * rateHz;
}

export interface Fitted {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rateHz: number;
}

/**
 * The largest and smoothest version that is decoded in time, if its time goes by pixels: no larger than the panel, then half the rate
 * where that is still smooth, then smaller.
 */
export function fitted(facts: ClipFacts, panel: PanelSize, decodesHz: number): Fitted {
  const { widthPx, heightPx, rateHz } = facts;
  const pixelsInTime = (decodesHz * widthPx * heightPx) / HEADROOM;
  const shown = Math.min(1, Math.max(panel.widthPx / widthPx, panel.heightPx / heightPx));
  const pixels = widthPx * heightPx * shown ** 2;
  const halved = pixels * rateHz > pixelsInTime && rateHz / 2 >= SMOOTH_HZ * 0.8;
  const rate = halved ? rateHz / 2 : rateHz;
  const scale = shown * Math.min(1, Math.sqrt(pixelsInTime / (pixels * rate)));
  const even = (px: number): number => Math.max(SMALLEST_PX, 2 * Math.floor((px * scale) / 2));
  return { widthPx: even(widthPx), heightPx: even(heightPx), rateHz: Math.round(rate * 1000) / 1000 };
}

/** What a person types to make it; the new file lies beside the old one. */
export function fittingCommand(path: string, facts: ClipFacts, { widthPx, heightPx, rateHz }: Fitted): string {
  const steps = [
    ...(facts.interlaced ? ['bwdif'] : []),
    `scale=${widthPx}:${heightPx}`,
    'setsar=1',
    ...(rateHz < facts.rateHz ? [`fps=${rateHz}`] : []),
  ];
  const sound = facts.hasSound ? '-c:a aac' : '-an';
  const made = `${path.replace(/\.[^./]+$/, '')}-${heightPx}p.mp4`;
  return `ffmpeg -i ${quoted(path)} -vf ${steps.join(',')} -c:v libx264 -crf 20 -pix_fmt yuv420p -tune fastdecode ${sound} ${quoted(made)}`;
}

/** For a shell, only where it is needed. */
function quoted(text: string): string {
  return /^[\w./,:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
