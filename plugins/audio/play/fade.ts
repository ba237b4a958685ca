/** Fades: curves of equal power, so that one sound that gives way to another one leaves no hole. Pure. */

/** Points of a curve; between them the gain moves evenly. At most 0.0001 away from the true curve. */
const POINTS = 129;

const QUARTER = Math.PI / 2;

export const FADE_IN: readonly number[] = Array.from({ length: POINTS }, (_, at) =>
  Math.sin((at / (POINTS - 1)) * QUARTER),
);
export const FADE_OUT: readonly number[] = [...FADE_IN].reverse();
