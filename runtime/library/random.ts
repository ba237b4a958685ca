/** Seeded random numbers for the planners. Pure: the same seed and name give the same numbers on every machine. */

/** Numbers from 0 to below 1 (sfc32, a small fast generator with a period of about 2^127). */
export function seededRandom(seed: number, name: string): () => number {
  let a = hash(`${seed}/${name}/a`);
  let b = hash(`${seed}/${name}/b`);
  let c = hash(`${seed}/${name}/c`);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first outputs of similar seeds look alike; 12 rounds mix them.
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** FNV-1a over UTF-16 units, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value | 0;
}
