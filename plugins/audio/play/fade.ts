/** Fades, as curves of gains. Pure. */

/** Points of a curve; between them the gain moves evenly. At most 0.0001 away from the true curve. */
const POINTS = 129;

const QUARTER = Math.PI / 2;

/** How a sound comes, and how the one before it goes meanwhile. */
export interface Fade {
  readonly in: readonly number[];
  readonly out: readonly number[];
}

const rising = (gain: (share: number) => number): readonly number[] =>
  Array.from({ length: POINTS }, (_, at) => gain(at / (POINTS - 1)));
const both = (curve: readonly number[]): Fade => ({ in: curve, out: [...curve].reverse() });

/** Of equal power: where one sound gives way to another one there is no hole. */
export const POWER_FADE: Fade = both(rising((share) => Math.sin(share * QUARTER)));
/** A rest of a fade that comes on at its gain within this time. */
const REST_MS = 15;

/** The rest of a fade that has come to `share` of its time, for a voice that begins there: from nothing to its gain first. */
export function restOfFade(fade: Fade, share: number, leftMs: number): readonly number[] {
  const steps = Math.max(1, Math.min(POINTS - 1, Math.floor(leftMs / REST_MS)));
  const gainAt = (at: number): number => {
    const place = (share + (at / steps) * (1 - share)) * (fade.in.length - 1);
    const before = Math.floor(place);
    const [from, to] = [fade.in[before]!, fade.in[Math.min(before + 1, fade.in.length - 1)]!];
    return from + (place - before) * (to - from);
  };
  return Array.from({ length: steps + 1 }, (_, at) => (at === 0 ? 0 : gainAt(at)));
}
