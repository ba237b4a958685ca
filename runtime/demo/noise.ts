/** Seeded noise in the plane: the raw material of every demo picture. */

const LATTICE = 256;
const LATTICE_MASK = LATTICE - 1;

/** Kept here because it is called a billion times. */
const floor = Math.floor;

/** A small seeded generator (mulberry32): enough for pictures, the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothstep(from: number, to: number, at: number): number {
  const t = Math.min(1, Math.max(0, (at - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

export function mix(a: number, b: number, ratio: number): number {
  return a + (b - a) * ratio;
}

/** Value noise with its slopes. Not re-entrant: `slopeX` and `slopeZ` belong to the last call of `at`. */
export class Noise {
  slopeX = 0;
  slopeZ = 0;
  private readonly order = new Uint8Array(LATTICE * 2);
  private readonly values = new Float64Array(LATTICE);

  constructor(seed: number) {
    const random = seededRandom(seed);
    for (let i = 0; i < LATTICE; i++) {
      this.order[i] = i;
      this.values[i] = random();
    }
    for (let i = LATTICE - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      const kept = this.order[i]!;
      this.order[i] = this.order[j]!;
      this.order[j] = kept;
    }
    this.order.copyWithin(LATTICE, 0, LATTICE);
  }

  /** Value in 0..1, quintic between the lattice points. */
  at(x: number, z: number): number {
    const floorX = floor(x);
    const floorZ = floor(z);
    const fx = x - floorX;
    const fz = z - floorZ;
    const cellX = floorX & LATTICE_MASK;
    const cellZ = floorZ & LATTICE_MASK;
    const near = this.order[cellX]! + cellZ;
    const far = this.order[(cellX + 1) & LATTICE_MASK]! + cellZ;
    const a = this.values[this.order[near]!]!;
    const b = this.values[this.order[far]!]!;
    const c = this.values[this.order[near + 1]!]!;
    const d = this.values[this.order[far + 1]!]!;
    const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
    const v = fz * fz * fz * (fz * (fz * 6 - 15) + 10);
    const cross = a - b - c + d;
    this.slopeX = 30 * fx * fx * (fx * (fx - 2) + 1) * (b - a + cross * v);
    this.slopeZ = 30 * fz * fz * (fz * (fz - 2) + 1) * (c - a + cross * u);
    return a + (b - a) * u + (c - a) * v + cross * u * v;
  }

  /** Sum of `octaves` rotated copies, each half as high and twice as fine; about 0..1. */
  fractal(x: number, z: number, octaves: number): number {
    let sum = 0;
    let height = 0.5;
    for (let octave = 0; octave < octaves; octave++) {
      sum += height * this.at(x, z);
      height *= 0.5;
      const turned = 1.6 * x - 1.2 * z;
      z = 1.2 * x + 1.6 * z;
      x = turned;
    }
    return sum;
  }

  /** Like `fractal`, but slopes hold back finer octaves: sharp ridges over smooth valleys, as erosion leaves them. About 0..1.2. */
  eroded(x: number, z: number, octaves: number): number {
    let sum = 0;
    let height = 0.5;
    let slopeX = 0;
    let slopeZ = 0;
    for (let octave = 0; octave < octaves; octave++) {
      const value = this.at(x, z);
      slopeX += this.slopeX;
      slopeZ += this.slopeZ;
      sum += (height * value) / (1 + slopeX * slopeX + slopeZ * slopeZ);
      height *= 0.5;
      const turned = 1.6 * x - 1.2 * z;
      z = 1.2 * x + 1.6 * z;
      x = turned;
    }
    return sum;
  }
}
