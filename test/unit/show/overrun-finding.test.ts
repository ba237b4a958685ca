/** Cues that last longer than they say are found by `check`, with their line. */
import { formatIssue } from '../../../runtime/core/errors';
import { overrunWarnings } from '../../../runtime/show/overrun-finding';
import { parseShowText } from '../../../runtime/show/parse';

/** Warnings of a show of two cues, the first of which shows `scene`. */
function warningsOf(scene: string, cue: string, clipsMs: readonly number[] = [], loop = 'forever'): string[] {
  const text = `version: 1
name: x
themes: {all: {images: [p], videos: [v]}}
scenes: {own: ${scene}, quick: {themes: [all], every: 1s}}
cuelist:
  loop: ${loop}
  cues:
    - {name: next, duration: 5s, scenes: [{scene: quick}]}
    - {name: first, ${cue}}
`;
  const { show, document } = parseShowText('/show.yaml', text);
  return overrunWarnings(show!, document, () => clipsMs).map(formatIssue);
}

const PICTURES = '{themes: [all], every: 20s}';
const CLIPS = '{themes: [all], media: videos}';
const BOTH = '{themes: [all], media: both, every: 20s}';
const CUE = 'duration: 10s, scenes: [{scene: own}]';

it('warns of pictures that are shown for longer than their cue, with what becomes of it', () => {
  expect(warningsOf(PICTURES, CUE)).toEqual([
    '/show.yaml:9:31: cuelist.cues[1].duration: a picture of scene own takes 20.0 s, longer than the cue: it lasts 20.0 s; ' +
      'make it as long, or give the scene a shorter `every`',
  ]);
  // A cue waits 10 s and no longer.
  expect(warningsOf('{themes: [all], every: 1m}', CUE)[0]).toContain(
    'takes 60.0 s, longer than the cue: it lasts 20.0 s',
  );
});

it.each([
  ['clips that play to their end', CLIPS, [12_500, 30_000], 'the shortest clip of scene own takes 12.5 s'],
  [
    'clips that are shown for a while',
    '{themes: [all], media: videos, every: 20s}',
    [5000],
    'a clip of scene own takes 20.0 s',
  ],
  ['pictures and clips', BOTH, [30_000], 'an item of scene own takes 20.0 s'],
])('warns of %s', (_, scene, clipsMs, words) => {
  expect(warningsOf(scene, CUE, clipsMs)).toEqual([expect.stringContaining(words)]);
});

it.each([
  ['something in the scene is as short as the cue', CLIPS, CUE, [30_000, 9000], 'forever'],
  ['nobody looked at the clips', CLIPS, CUE, [], 'forever'],
  ['the cycle is as long as the cue', '{themes: [all], every: 10s}', CUE, [], 'forever'],
  ['the show ends with the cue, which waits for nothing', PICTURES, CUE, [], 'once'],
])('says nothing where %s', (_, scene, cue, clipsMs, loop) => {
  expect(warningsOf(scene, cue, clipsMs, loop)).toEqual([]);
});
