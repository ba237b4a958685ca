/** Two shows side by side, as during a reload: what both together are given. Pure. */
import { VIDEO_CONSUMERS } from './account';
import type { Tuning } from './tune';

/** What adds up: each show's pictures have to be there at the same time. */
const ENTRIES = 'theme.imageCacheEntries';
const BYTES = 'theme.imageCacheBytes';

/**
 * Values for the time in which `next` is readied while `now` plays: of each number the larger one, and of the picture cache the
 * sum, as far as the budget has room beyond the larger of the two plans.
 */
export function besideValues(now: Tuning, next: Tuning): Tuning['values'] {
  const { budgetBytes } = next.account;
  const [larger, other] = bySize(now, next);
  const spareBytes = Math.max(0, budgetBytes - larger.account.plannedBytes - clipBytes(other));
  return Object.fromEntries(
    Object.entries(next.values).map(([key, value]) => {
      const old = now.values[key];
      if (typeof value !== 'number' || typeof old !== 'number') return [key, value];
      const most = Math.max(value, old);
      if (key === ENTRIES) return [key, value + old];
      if (key === BYTES) return [key, Math.min(value + old, most + spareBytes)];
      return [key, most];
    }),
  );
}

const bySize = (a: Tuning, b: Tuning): [Tuning, Tuning] =>
  a.account.plannedBytes > b.account.plannedBytes ? [a, b] : [b, a];

/** Rings, decoders, readers and textures: each show has its own, for clips of both are on in the frame of the change. */
function clipBytes({ account }: Tuning): number {
  return account.consumers.reduce((sum, { owner, bytes }) => sum + (VIDEO_CONSUMERS.has(owner) ? bytes : 0), 0);
}

/** Bytes planned while both are there. */
export function besidePlannedBytes(now: Tuning, next: Tuning): number {
  const cache = (values: Tuning['values']): number => Number(values[BYTES] ?? 0);
  const [larger, other] = bySize(now, next);
  return larger.account.plannedBytes - cache(larger.values) + cache(besideValues(now, next)) + clipBytes(other);
}
