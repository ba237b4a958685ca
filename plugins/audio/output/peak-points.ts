/** The points between two samples at which a mix is looked at: four-fold interpolation (as ITU-R BS.1770-4, annex 2, asks for). Pure. */

/** The point in the middle is made of so many samples on either side. */
export const HALF_TAPS = 19;
/** Those at a quarter and at three quarters of fewer: their error is smaller, as the next sample is nearer. */
export const QUARTER_HALF_TAPS = 10;

/**
 * The middle, the older half of its taps; the other half mirrors it. Least squares, weighted: within 0.0007 up to 16 kHz of 48, 0.004 up to 20,
 * not below 0.96 up to 23. A windowed sinc of this length reads the middle of the last 2 kHz too low by half, and noise is loud there.
 */
const MIDDLE: readonly number[] = [
  0.000967002, -0.001989967, 0.003677639, -0.005946045, 0.00878778, -0.012187782, 0.016132023, -0.02060706, 0.025597121,
  -0.03109766, 0.037151671, -0.043916978, 0.051768943, -0.061482112, 0.074621598, -0.09460233, 0.130301361,
  -0.214147922, 0.637293613,
];

/** A tone at full scale is read so much too high at most. */
export const MOST_OVERREAD = 1.0015;

/** Taps of the point in the middle, the oldest sample first. */
export const middleTaps = (): number[] => [...MIDDLE, ...[...MIDDLE].reverse()];

/** Taps of a point at a share of the way between two samples, the oldest sample first: a windowed sinc (Hann). */
export function quarterTaps(share: 0.25 | 0.75): number[] {
  const taps = Array.from({ length: 2 * QUARTER_HALF_TAPS }, (_, i) => {
    const x = i - (QUARTER_HALF_TAPS - 1) - share;
    return (Math.sin(Math.PI * x) / (Math.PI * x)) * (0.5 + 0.5 * Math.cos((Math.PI * x) / QUARTER_HALF_TAPS));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}
