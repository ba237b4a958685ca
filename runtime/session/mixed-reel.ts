/** A reel of pictures and clips: each draw takes one kind, by how many of each there are. */
import type { Reel, StageItem } from '../stage/media';

/** Both reels keep their own orders. Where one has nothing to show now, the other does. */
export function mixReels(reels: readonly Reel[], random: () => number): Reel {
  return {
    async next(signal, urgent): Promise<StageItem | undefined> {
      const all = reels.reduce((sum, { size }) => sum + size, 0);
      let drawn = random() * all;
      const first = reels.find(({ size }) => (drawn -= size) < 0) ?? reels[0];
      for (const reel of [...new Set([first, ...reels])]) {
        const item = await reel?.next(signal, urgent);
        if (item !== undefined) return item;
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
