/** Shares: choices that come out by their weights, and are not foreseen. Pure, given a generator. */
import type { Random } from './random';

export interface Claim {
  readonly name: string;
  /** Above 0; its share is its part of the sum. */
  readonly weight: number;
}

/** How many choices each name is behind its share; below 0 it is ahead. Names that are missing are even. */
export type Credits = ReadonlyMap<string, number>;

export interface SharedChoice {
  readonly name: string;
  readonly credits: Credits;
}

export interface Limits {
  /** Passed over while another one is behind its share: the first of them longest. */
  readonly avoided?: readonly string[];
  /** Not chosen now, unless there is nothing else. */
  bars?(name: string): boolean;
}

/**
 * Chooses one of `claims`, which is not empty, each name once. Every choice gives each name its share of a credit and takes a whole
 * one from the name that is chosen, which is drawn from those with credit left. So after any number of choices no name is further
 * from its share than there are names, and in practice by one or two.
 */
export function chooseByShare(
  claims: readonly Claim[],
  credits: Credits,
  random: Random,
  { avoided = [], bars = () => false }: Limits = {},
): SharedChoice {
  const sum = claims.reduce((all, { weight }) => all + weight, 0);
  // Names that left took their credit with them: the rest is level again.
  const excess = claims.reduce((all, { name }) => all + (credits.get(name) ?? 0), 0) / claims.length;
  const now = new Map(
    claims.map(({ name, weight }) => [name, (credits.get(name) ?? 0) - excess + weight / sum] as const),
  );
  const due = claims.filter(({ name }) => now.get(name)! > 0);
  const open = due.filter(({ name }) => !bars(name));
  const creditOf = ({ name }: Claim): number => now.get(name)!;
  if (open.length > 0) {
    let fresh = open;
    for (let kept = avoided.length; kept > 0; kept -= 1) {
      fresh = open.filter(({ name }) => !avoided.slice(0, kept).includes(name));
      if (fresh.length > 0) break;
    }
    const name = draw(fresh.length > 0 ? fresh : open, creditOf, random);
    return { name, credits: now.set(name, now.get(name)! - 1) };
  }
  // Everything that is due is barred: another one has its turn, and the one that is furthest behind loses it.
  const others = claims.filter(({ name }) => !bars(name));
  const name = draw(others.length > 0 ? others : claims, ({ weight }) => weight, random);
  const loser = claims.reduce((most, claim) => (creditOf(claim) > creditOf(most) ? claim : most)).name;
  return { name, credits: now.set(loser, now.get(loser)! - 1) };
}

function draw(claims: readonly Claim[], chanceOf: (claim: Claim) => number, random: Random): string {
  let left = random() * claims.reduce((all, claim) => all + chanceOf(claim), 0);
  for (const claim of claims) {
    left -= chanceOf(claim);
    if (left < 0) return claim.name;
  }
  // Rounding may leave a crumb after the last subtraction.
  return claims.at(-1)!.name;
}
