/** Mutations of files: seeded, so that one that fails can be made again. */

export const MUTATIONS = ['bits', 'truncated', 'swapped', 'head', 'zeros', 'inserted', 'repeated'] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** `random` gives numbers from 0 to 1. */
export function mutate(bytes: Buffer, kind: Mutation, random: () => number): Buffer {
  const at = (most = bytes.length): number => Math.floor(random() * most);
  switch (kind) {
    case 'bits': {
      const copy = Buffer.from(bytes);
      for (let flips = 1 + at(20); flips > 0; flips -= 1) copy[at()]! ^= 1 << at(8);
      return copy;
    }
    case 'truncated':
      return bytes.subarray(0, at());
    case 'swapped': {
      const [a, b] = [at(), at()].sort((x, y) => x - y) as [number, number];
      return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b), bytes.subarray(a, b)]);
    }
    case 'head': {
      const copy = Buffer.from(bytes);
      for (let left = 1 + at(8); left > 0; left -= 1) copy[at(Math.min(64, bytes.length))] = at(256);
      return copy;
    }
    case 'zeros': {
      const copy = Buffer.from(bytes);
      const from = at();
      return copy.fill(0, from, Math.min(copy.length, from + 1 + at(4096)));
    }
    case 'inserted': {
      const from = at();
      const noise = Buffer.from(Array.from({ length: 1 + at(512) }, () => at(256)));
      return Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(from)]);
    }
    case 'repeated': {
      const from = at();
      const part = bytes.subarray(from, from + 1 + at(2048));
      return Buffer.concat([bytes.subarray(0, from), part, part, bytes.subarray(from)]);
    }
  }
}
