/** A trial: a second of a clip decoded the way it would be played, as fast as it goes, and thrown away. */
import { messageOf } from '../../../runtime/core/errors';
import { run } from '../../../runtime/media/child';
import { TRIAL_S, trialArguments, type DecodeOrder } from '../command';
import type { Tools } from '../../../runtime/media/tools';
import { webpArguments } from '../webp/order';

/** Much slower than any clip that can be played. */
const TRIAL_LIMIT_MS = 20_000;
/** Lines of progress. */
const TRIAL_BYTES = 1 << 20;
/** ffmpeg tells its own time in thousandths of a second. */
const SHORTEST_S = 0.001;

export type TrialResult =
  { readonly kind: 'decoded'; readonly framesPerSecond: number } | { readonly kind: 'broken'; readonly reason: string };

/** Never rejects. The start of the program is not counted. */
export async function tryClip({ ffmpeg }: Tools, order: DecodeOrder): Promise<TrialResult> {
  try {
    const [program, args] = order.facts.animatedWebp
      ? [process.execPath, webpArguments(order, 1000 * TRIAL_S)]
      : [ffmpeg, trialArguments(order)];
    const { output, said } = await run(program, args, TRIAL_LIMIT_MS, TRIAL_BYTES);
    // Progress comes again and again; the last one counts.
    const frames = Number([...output.matchAll(/^frame=\s*(\d+)/gm)].at(-1)?.[1] ?? 0);
    const seconds = Number(/\brtime=([\d.]+)s/.exec(said)?.[1] ?? 0);
    if (frames === 0) return { kind: 'broken', reason: 'has no frame that can be decoded' };
    return { kind: 'decoded', framesPerSecond: frames / Math.max(seconds, SHORTEST_S) };
  } catch (cause) {
    return { kind: 'broken', reason: messageOf(cause).replaceAll(`file:${order.path}: `, '') };
  }
}
