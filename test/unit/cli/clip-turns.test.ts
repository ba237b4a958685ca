/** How clips take turns: what the account plans decoders and rings for. */
import { clipTurns } from '../../../runtime/cli/clip-turns';
import type { ClipFigure } from '../../../runtime/options/clip-need';
import { FULL_HD_CLIP } from '../../support/clip-figure';
import { sceneOf, BLANK_SCENE, type Cue, type Scene, type Show } from '../../../runtime/show/types';

const clip = (seconds: number): ClipFigure => ({ ...FULL_HD_CLIP, frames: FULL_HD_CLIP.rateHz * seconds });

const scene = (more: Partial<Scene>): Scene => ({
  ...sceneOf({ scenes: {} }, BLANK_SCENE),
  media: 'both',
  themes: ['all'],
  everyMs: 6000,
  playsOut: true,
  transition: { type: 'crossfade', durationMs: 1000 },
  ...more,
});

const cue = (name: string, fadeMs = 0): Cue => ({
  name,
  durationMs: 60_000,
  scenes: [{ scene: 'first', weight: 1 }],
  select: 'on-cue-start',
  transition: { type: 'cut', durationMs: fadeMs },
});

function show(scenes: readonly Scene[], cues: readonly Cue[] = [cue('one')]): Show {
  const named = Object.fromEntries(scenes.map((each, at) => [['first', 'second'][at], each]));
  return {
    ...{ version: 1, name: 'Turns', file: '/show.yaml', folder: '/', hash: 'sha256:0', themes: {} },
    scenes: named,
    cuelist: { loop: 'forever', cues },
  };
}

const turns = (of: Show, clips: readonly ClipFigure[], pictures = 3, unknown = 0) =>
  clipTurns(of, clips.length + unknown, { known: clips, unknown }, () => pictures);

const both = scene({});
const looping = scene({ playsOut: false, everyMs: 3000 });
const alone = scene({ media: 'videos' });

const neither = { alternate: false, rounds: false };
const rounds = { alternate: false, rounds: true };
const everything = { alternate: true, rounds: true };

describe('one clip', () => {
  it.each([
    ['beside pictures, to its end', show([both]), 10, neither],
    ['beside pictures, in cues that follow each other', show([both], [cue('one'), cue('two')]), 10, neither],
    ['beside pictures of two scenes', show([both, both]), 10, neither],
    ['beside a scene of pictures alone', show([both, scene({ media: 'images' })]), 10, neither],
    ['beside pictures, shown for less than it lasts', show([looping]), 10, neither],
    ['beside pictures, shown for longer than it lasts', show([looping]), 2, rounds],
    ['beside pictures, which a fade shows to its end', show([looping], [cue('one', 8000)]), 10, rounds],
    ['beside pictures, shorter than half a second', show([both]), 0.2, rounds],
    ['all that there is', show([alone]), 10, rounds],
    ['all that there is, in two cues', show([alone], [cue('one'), cue('two')]), 10, everything],
    ['alone in one scene and beside pictures in another', show([alone, both]), 10, everything],
  ])('%s', (_name, of, seconds, expected) => expect(turns(of, [clip(seconds)])).toEqual(expected));

  it('beside a folder of pictures that is empty follows itself', () =>
    expect(turns(show([both]), [clip(10)], 0)).toEqual(everything));

  it('that nobody has looked at may be short', () => expect(turns(show([both]), [], 3, 1)).toEqual(rounds));
});

it('of two clips one may come on while the other is on', () =>
  expect(turns(show([both]), [clip(10), clip(10)])).toEqual(everything));
