/** True peaks, looked at more finely than the program does: sixteen points a sample, by a long windowed sinc. */

const PHASES = 16;
const REACH = 24;
const LOW = 0.3;
const FINE = Array.from({ length: PHASES }, (_, phase) =>
  Float64Array.from({ length: 2 * REACH }, (_tap, at) => {
    const x = at - REACH - phase / PHASES;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (REACH + 1));
    return (Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
  }),
);

/** The highest point of a signal, at its samples and between them. */
export function highestPoint(block: Float32Array | Float64Array): number {
  let highest = 0;
  for (let i = REACH; i < block.length - REACH; i++) {
    // Between two samples that are so much lower there is no higher point.
    if (Math.max(Math.abs(block[i - 1]!), Math.abs(block[i]!)) < LOW * highest) continue;
    for (const taps of FINE) {
      let sum = 0;
      for (let k = 0; k < taps.length; k++) sum += block[i - REACH + k]! * taps[k]!;
      highest = Math.max(highest, Math.abs(sum));
    }
  }
  return highest;
}
