/** The reels of a show's scenes: each is opened when its scene first comes up, and kept until the show ends. */
import { BLANK_SCENE, sceneOf, type Show } from '../show/types';
import type { MediaProvider, Reel, StageItem } from '../stage/media';
import { blankReel } from './blank';
import { mixReels } from './mixed-reel';

export interface SceneReelsParts {
  readonly show: Show;
  readonly providers: readonly MediaProvider[];
  readonly random: () => number;
  /** The picture of a cue that has only sounds. */
  blank(): StageItem | undefined;
}

export class SceneReels {
  private readonly reels = new Map<string, Reel>();

  constructor(private readonly parts: SceneReelsParts) {}

  /** The reel of a scene, the same at every call: it goes on where it was. */
  of(scene: string): Reel {
    const known = this.reels.get(scene);
    if (known !== undefined) return known;
    const { show, providers, random, blank } = this.parts;
    if (scene === BLANK_SCENE) return blankReel(blank);
    const { media } = sceneOf(show, scene);
    const reels = providers
      .filter((candidate) => media === 'both' || candidate.media === media)
      .map((provider) => provider.reel(scene));
    const reel = reels.length > 1 ? mixReels(reels, random) : (reels[0] ?? emptyReel);
    this.reels.set(scene, reel);
    return reel;
  }

  close(): void {
    for (const reel of this.reels.values()) reel.close();
    this.reels.clear();
  }
}

/** For a kind of media that no plugin here provides: never anything to show. */
const emptyReel: Reel = { next: () => Promise.resolve(undefined), size: 0, close: () => {} };
