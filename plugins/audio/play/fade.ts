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
/** Even: where a sound gives way to the same sound nothing is heard of it. */
export const EVEN_FADE: Fade = both(rising((share) => share));
