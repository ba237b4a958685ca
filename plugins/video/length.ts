/** How long a clip truly is: where its decoder and its file contradict each other, the decoder is right. Pure. */

/** Times in files are rounded to whole ms (Matroska, FLV). */
const ROUNDED_MS = 1.01;
/** An end that is this much of a frame before or after the usual one is a frame's own, rounded or a little longer. */
const NEAR = { least: 0.25, most: 1.25 };
/** A header alone is believed in a last frame of up to a minute: longer ones are headers of what was cut off. */
const LONGEST_STAND_MS = 60_000;

/** What a decoder has seen when it comes to the end of its file. In ms. */
export interface Seen {
  /** The time of the last frame, from the first. */
  readonly lastMs: number;
  /** Between the last two frames; undefined where there is one only. */
  readonly stepMs: number | undefined;
  /** A frame's time by the rate that the file states. */
  readonly frameMs: number;
  /** The end that the file states, from the first frame; undefined where it states none for the picture. */
  readonly statedMs: number | undefined;
}

/** How long a frame usually stays. An average says nothing where the rate varies: then it is the time between the last two. */
export function usualMs({ stepMs, frameMs }: Pick<Seen, 'stepMs' | 'frameMs'>): number {
  return stepMs === undefined || Math.abs(stepMs - frameMs) <= ROUNDED_MS ? frameMs : stepMs;
}

/** The end; `doubtful` where the file states that the last frame stays much longer than the others did. */
export function endOf(seen: Seen): { readonly endMs: number; readonly doubtful: boolean } {
  const { lastMs, statedMs } = seen;
  const usual = usualMs(seen);
  if (statedMs === undefined) return { endMs: lastMs + usual, doubtful: false };
  const restMs = statedMs - lastMs;
  if (restMs > usual * NEAR.most + ROUNDED_MS) return { endMs: lastMs + usual, doubtful: true };
  const isRounded = Math.abs(restMs - usual) <= ROUNDED_MS;
  return { endMs: restMs < usual * NEAR.least || isRounded ? lastMs + usual : statedMs, doubtful: false };
}

/** What is known of a file whose stated end is doubtful. */
export interface Doubt {
  /** Whether its container gives every frame a length of its own. */
  readonly exact: boolean;
  /** Of the last frame, as its container says; undefined where it does not. */
  readonly packetMs: number | undefined;
  /** Whether the decoder complained: then the file is damaged or cut off. */
  readonly complained: boolean;
}

/** The end where it is doubtful: the last frame of a screen recording stands long, the header of a file that is cut off lies. */
export function settledEnd(seen: Seen, { exact, packetMs, complained }: Doubt): number {
  const { lastMs, statedMs = 0 } = seen;
  const usual = usualMs(seen);
  const restMs = statedMs - lastMs;
  if (exact) return lastMs + Math.max(packetMs ?? usual, Math.min(usual, restMs));
  return complained || restMs > LONGEST_STAND_MS ? lastMs + usual : statedMs;
}
