/** The survey: looks at all sounds of a show and measures them while it plays, so that a cue nobody expected has nothing left to find out. */
import type { Show } from '../../../runtime/show/types';
import type { SoundLook, KnownSound } from './sound-probe';

/** What a survey asks, and of whom. */
export interface Surveyed {
  /** The facts of a file, kept over restarts. Never rejects. */
  look(path: string): Promise<SoundLook>;
  /** Measures the loudness of a file where it is not known. Never rejects. */
  measure(path: string, known: KnownSound): Promise<void>;
}

/** The files that cues of the show play, each once, in the order of the cues. Absolute. */
export const soundFilesOf = ({ cuelist }: Show): readonly string[] => [
  ...new Set(cuelist.cues.flatMap(({ sounds = [] }) => sounds.map(({ file }) => file))),
];

/**
 * Main thread. One file at a time, so that a prefetch always finds a place beside it. Resolves when all are known, or soon after the
 * signal. Files that are bad or gone are passed over: they are reported when their cue needs them.
 */
export async function survey(
  files: readonly string[],
  { look, measure }: Surveyed,
  signal: AbortSignal,
): Promise<void> {
  for (const file of files) {
    if (signal.aborted) return;
    const found = await look(file);
    if (signal.aborted) return;
    if (found.kind === 'sound') await measure(file, found);
  }
}
