/** True peaks, looked at more finely than the program does: sixteen points a sample, by a long windowed sinc. */

const PHASES = 16;
const REACH = 24;
const LOW = 0.3;
const TAPS = 2 * REACH;
/** The taps of one point after those of the other. */
const POINTS = Float64Array.from({ length: PHASES * TAPS }, (_, at) => {
  const x = (at % TAPS) - REACH - Math.floor(at / TAPS) / PHASES;
  const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (REACH + 1));
  return (Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
});

/** The highest point of a signal, at its samples and between them. */
export function highestPoint(block: Float32Array | Float64Array): number {
  let highest = 0;
  for (let i = REACH; i < block.length - REACH; i++) {
    // Between two samples that are so much lower there is no higher point.
    const low = LOW * highest;
    if (block[i - 1]! < low && block[i - 1]! > -low && block[i]! < low && block[i]! > -low) continue;
    const from = i - REACH;
    for (let at = 0; at < POINTS.length; at += TAPS) {
      let sum = 0;
      for (let k = 0; k < TAPS; k++) sum += block[from + k]! * POINTS[at + k]!;
      if (sum > highest) highest = sum;
      else if (-sum > highest) highest = -sum;
    }
  }
  return highest;
}
