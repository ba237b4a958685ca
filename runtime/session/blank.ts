/** The blank: what the screen shows in a cue that is only heard. A black picture like any other, so that transitions into it and out of it are those of pictures. */
import type { Reel, StageItem } from '../stage/media';
import type { PictureStore } from '../stage/picture-store';

/** The smallest picture there is: the card that shows it fills the screen. */
const SHAPE = { widthPx: 1, heightPx: 1, layout: 'rgb', turn: 0 } as const;

/** A black picture; undefined while there is no room for one. */
export function blankItem(store: PictureStore): StageItem | undefined {
  const stored = store.reserve(SHAPE);
  if (stored === undefined) return undefined;
  stored.pixels.fill(0);
  return { picture: stored.ref, label: '', theme: '', release: () => stored.release() };
}

export const blankReel = (blank: () => StageItem | undefined): Reel => ({
  next: () => Promise.resolve(blank()),
  size: 1,
  close: () => {},
});
