/** Looks at the files of a show for the account of its memory, with plugins that are loaded when there are such files. */
import type { ClipFigure } from '../options/clip-need';
import type { PictureFigure } from '../options/picture-need';
import type { SoundLengths } from '../options/sound-need';
import { hasCostlyVector } from '../media/picture/vector-cost';

export interface KnownClips {
  readonly known: readonly ClipFigure[];
  readonly unknown: number;
}

export interface MediaLooks {
  /** Of clips that no earlier look knows, at most `mostNew` are looked at: each takes a program of its own. Never rejects. */
  clips(paths: readonly string[], mostNew?: number): Promise<KnownClips>;
  /** Of sounds that no earlier look knows, at most `mostNew` are looked at. Never rejects. */
  sounds(paths: readonly string[], mostNew?: number): Promise<SoundLengths>;
  /** Of the largest of these pictures. Never rejects. */
  pictures(paths: readonly string[]): Promise<readonly PictureFigure[]>;
  /** Whether any of these pictures is a vector whose cost nobody knows. Never rejects. */
  costlyVectors(paths: readonly string[]): Promise<boolean>;
  /** Writes the findings down. */
  close(): void;
}

/** Nothing is looked at: clips count as usual ones, and pictures as such that pass through in strips. */
export const NO_LOOKS: MediaLooks = {
  clips: (paths) => Promise.resolve({ known: [], unknown: paths.length }),
  sounds: (paths) => Promise.resolve({ known: [], unknown: paths.length }),
  pictures: () => Promise.resolve([]),
  costlyVectors: () => Promise.resolve(false),
  close: () => {},
};

/** Clips that a command looks at. */
export const ALL_FILES = 512;

/**
 * Looks at files with the ffmpeg that is configured, at clips each time for `limitMs()` at most: later findings count the next time. The
 * plugin that plays clips uses the same findings. At new sounds only a command looks: at a start the plugin that plays them does.
 */
export function openLooks(
  ffmpeg: string | null,
  env: Readonly<Record<string, string | undefined>>,
  usualNew: number,
  limitMs: () => number = () => Infinity,
): MediaLooks {
  let close = (): void => {};
  return {
    async clips(paths, mostNew = usualNew) {
      if (paths.length === 0) return { known: [], unknown: 0 };
      try {
        const { beginProbe, clipFigures } =
          require('../../plugins/video/probe') as typeof import('../../plugins/video/probe');
        const { findTools } = require('../media/tools') as typeof import('../media/tools');
        const probe = beginProbe(findTools(ffmpeg, env), env);
        close = () => probe.close();
        return await clipFigures(probe, paths, mostNew, limitMs());
      } catch {
        // Without ffmpeg they are not played either, which is reported where they are.
        return NO_LOOKS.clips(paths);
      }
    },
    async sounds(paths, mostNew = usualNew === ALL_FILES ? ALL_FILES : 0) {
      if (paths.length === 0) return { known: [], unknown: 0 };
      try {
        const { soundLengths } =
          require('../../plugins/audio/facts/sound-figures') as typeof import('../../plugins/audio/facts/sound-figures');
        return await soundLengths(ffmpeg, env, paths, mostNew);
      } catch {
        return NO_LOOKS.sounds(paths);
      }
    },
    async pictures(paths) {
      if (paths.length === 0) return [];
      const { largestPictures } =
        require('../../plugins/theme-bank/picture-figures') as typeof import('../../plugins/theme-bank/picture-figures');
      return largestPictures(paths);
    },
    costlyVectors: hasCostlyVector,
    close: () => close(),
  };
}
