/** Two shows side by side, as during a reload: what both together are given. Pure. */
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
  const spareBytes = Math.max(0, budgetBytes - Math.max(now.account.plannedBytes, next.account.plannedBytes));
  return Object.fromEntries(
    Object.entries(next.values).map(([key, value]) => {
      const old = now.values[key];
      if (typeof value !== 'number' || typeof old !== 'number') return [key, value];
      const larger = Math.max(value, old);
      if (key === ENTRIES) return [key, value + old];
      if (key === BYTES) return [key, Math.min(value + old, larger + spareBytes)];
      return [key, larger];
    }),
  );
}

/** Bytes planned while both are there. */
export function besidePlannedBytes(now: Tuning, next: Tuning): number {
  const cache = (values: Tuning['values']): number => Number(values[BYTES] ?? 0);
  const larger = now.account.plannedBytes > next.account.plannedBytes ? now : next;
  return larger.account.plannedBytes - cache(larger.values) + cache(besideValues(now, next));
}
