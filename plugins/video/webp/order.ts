/** What the program for animated WebP is asked for. */
import { builtFile } from '../../../runtime/core/paths';
import type { DecodeOrder } from '../command';

export interface WebpOrder {
  readonly path: string;
  readonly crop: DecodeOrder['target']['crop'];
  /** Upright, before the turn. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly turn: 0 | 90 | 180 | 270;
  readonly fromMs: number;
  /** Of a trial: so much is decoded and thrown away; how many frames that were is told on standard output, and in which time. */
  readonly trialMs?: number;
}

/** Arguments of Node. */
export function webpArguments({ path, target, fromMs }: DecodeOrder, trialMs?: number): string[] {
  const { crop, widthPx, heightPx, turn } = target;
  const trial = trialMs === undefined ? {} : { trialMs };
  const order: WebpOrder = { path, crop, widthPx, heightPx, turn, fromMs, ...trial };
  return [builtFile('..', 'plugins', 'video', 'webp', 'frames-main.js'), JSON.stringify(order)];
}
