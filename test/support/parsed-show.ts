/** Shows as they are after parsing, for tests that hand them to a session: one theme, one folder, no media behind them. */
import type { Cue, Scene, Show } from '../../runtime/show/types';

/** A scene of still pictures that change with a cut, once a second. */
export function sceneWith(own: Partial<Scene> = {}): Scene {
  return {
    media: 'images',
    themes: ['all'],
    everyMs: 1000,
    playsOut: false,
    order: 'sequence',
    fit: 'cover',
    motion: 'none',
    transition: { type: 'cut', durationMs: 0 },
    background: 0,
    ...own,
  };
}

/** A cue of the scene `only`, which it chooses as it starts. */
export function cueWith(own: Pick<Cue, 'name' | 'durationMs'> & Partial<Cue>): Cue {
  return {
    scenes: [{ scene: 'only', weight: 1 }],
    select: 'on-cue-start',
    transition: { type: 'cut', durationMs: 0 },
    ...own,
  };
}

/** A show that loops for ever. */
export function showWith(scenes: Show['scenes'], cues: readonly Cue[]): Show {
  const place = { version: 1 as const, name: 'x', file: '/x.yaml', folder: '/', hash: '', themes: {} };
  return { ...place, scenes, cuelist: { loop: 'forever', cues } };
}
