/** A reel of pictures and clips: each draw takes from the reel whose turn it is. */
import type { Reel, StageItem } from '../stage/media';

/**
 * Reels that share one order know which of them is due; of others each gets its turn by how many items it has. Where one has nothing
 * to show now, the others do.
 */
export function mixReels(reels: readonly Reel[], random: () => number): Reel {
  const bySize = (): Reel | undefined => {
    let drawn = random() * reels.reduce((sum, { size }) => sum + size, 0);
    return reels.find(({ size }) => (drawn -= size) < 0) ?? reels[0];
  };
  const dueReel = (): Reel | undefined => reels.find(({ due }) => due === true);
  return {
    async next(signal, urgent, comes): Promise<StageItem | undefined> {
      // A reel that finds its item broken passes the turn on, perhaps to one that was asked before.
      for (let round = 0; round <= reels.length; round += 1) {
        for (const reel of new Set([dueReel() ?? bySize(), ...reels])) {
          const item = await reel?.next(signal, urgent, comes);
          if (item !== undefined) return item;
        }
        if (dueReel() === undefined) break;
      }
      return undefined;
    },
    get ready() {
      return reels.every(({ ready }) => ready);
    },
    get size() {
      return reels.reduce((sum, { size }) => sum + size, 0);
    },
    close() {
      for (const reel of reels) reel.close();
    },
  };
}
