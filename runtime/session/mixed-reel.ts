/** A reel of all the media of a scene: each draw takes from the reel whose turn it is. */
import type { Reel, StageItem } from '../stage/media';

/**
 * One reel that has nothing ready after so long lets the others show something: a cold decoder takes a small board two seconds, and pictures that
 * take long let others by after three.
 */
const REEL_LIMIT_MS = 5000;

/**
 * Reels that share one order know which of them is due; together they take part in the draw like one reel. Each reel and the order get their
 * turn by how many items they have. Where one has nothing to show now, the others do.
 */
export function mixReels(reels: readonly Reel[], random: () => number): Reel {
  const ordered = reels.filter(({ due }) => due !== undefined);
  const others = reels.filter(({ due }) => due === undefined);
  const dueReel = (): Reel | undefined => ordered.find(({ due }) => due === true);
  return {
    async next(signal, urgent, comes): Promise<StageItem | undefined> {
      const outside = others.length === 0 ? undefined : bySize(others, random() * sizeOf(reels));
      // A reel that finds its item broken passes the turn on, perhaps to one that was asked before.
      for (let round = 0; round <= reels.length; round += 1) {
        const first = outside ?? dueReel() ?? bySize(ordered, random() * sizeOf(ordered)) ?? reels[0];
        for (const reel of new Set([first, ...reels])) {
          const item = reel === undefined ? undefined : await nextOf(reel, signal, urgent, comes);
          if (item !== undefined) return item;
        }
        if (dueReel() === undefined) break;
      }
      return undefined;
    },
    get size() {
      return sizeOf(reels);
    },
    close() {
      for (const reel of reels) reel.close();
    },
  };
}

/** Its next item; undefined where that takes too long: what it brings after all goes back to it. */
async function nextOf(
  reel: Reel,
  signal: AbortSignal,
  ...how: [boolean, NextParameters[2]]
): Promise<StageItem | undefined> {
  const own = new AbortController();
  const pass = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', pass, { once: true });
  if (signal.aborted) pass();
  const coming = reel.next(own.signal, ...how);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), REEL_LIMIT_MS)));
  try {
    const item = await Promise.race([coming, late]);
    if (item !== 'late') return item;
    own.abort(new DOMException(`nothing was ready within ${REEL_LIMIT_MS / 1000} s`, 'TimeoutError'));
    coming.then(giveBack, () => {});
    return undefined;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', pass);
  }
}

type NextParameters = Parameters<Reel['next']>;

function giveBack(item: StageItem | undefined): void {
  item?.takeBack?.();
  item?.release();
}

/** The reel whose item has this number, over all of them. */
const bySize = (reels: readonly Reel[], number: number): Reel | undefined =>
  reels.find(({ size }) => (number -= size) < 0);

const sizeOf = (reels: readonly Reel[]): number => reels.reduce((sum, { size }) => sum + size, 0);
