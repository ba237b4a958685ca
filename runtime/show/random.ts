/** Seeded random numbers: the same seed makes the same choices, on every machine. */

/** The next number, at least 0 and below 1. */
export type Random = () => number;

/**
 * A generator of its own for each seed: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator; passes PractRand, period
 * at least 2^32). Fit for choices, not for secrets. Numbers and texts that look alike are different seeds.
 */
export function createRandom(seed: number | string): Random {
  const hash = hasher(`${typeof seed}:${seed}`);
  let [a, b, c, counter] = [hash(), hash(), hash(), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Its author's number of rounds until seeds that differ in one bit have parted.
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** 32-bit words from a text: FNV-1a, then MurmurHash3's finaliser over a running word. */
function hasher(text: string): () => number {
  let word = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) word = Math.imul(word ^ text.charCodeAt(index), 0x01000193);
  return () => {
    word = (word + 0x9e3779b9) | 0;
    let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
}
