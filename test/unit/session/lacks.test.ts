/** What a show asks for and nobody here brings: refused where somebody left it out or nothing would be seen, else said. */
import type { PluginState } from '../../../runtime/core/plugin';
import { lacksOf, type Brought } from '../../../runtime/session/lacks';
import { parseShowText } from '../../../runtime/show/parse';
import type { Show } from '../../../runtime/show/types';

function showOf(scenes: Readonly<Record<string, string>>, audio = ''): Show {
  const text = `version: 1
name: Lacks
themes: {all: {images: ['*.jpg'], videos: ['*.mp4']}}
scenes:
${Object.entries(scenes)
  .map(([name, media]) => `  ${name}: {themes: [all], media: ${media}}`)
  .join('\n')}
cuelist: {loop: once, cues: [{name: c, duration: 1m, scenes: [${Object.keys(scenes)
    .map((scene) => `{scene: ${scene}}`)
    .join(', ')}]${audio}}]}
`;
  return parseShowText('show.yaml', text).show!;
}

const OFF: readonly PluginState[] = ['theme-bank', 'video', 'audio'].map((id) => ({ id, mode: 'off', state: 'off' }));
const unfit = (id: string): PluginState => ({ id, mode: 'optional', state: 'does-not-fit', reason: 'no ffmpeg' });
const brought = (media: readonly string[], plugins: readonly PluginState[] = OFF, sound = false): Brought => ({
  media: new Set(media),
  plugins,
  sound,
});

it('lacks nothing where everything is there', () => {
  const show = showOf({ a: 'images', b: 'videos', c: 'both' });
  expect(lacksOf(show, brought(['images', 'videos']))).toEqual({ refused: [], told: [] });
});

it.each([
  ['images', 'videos', 'pictures', 'theme-bank'],
  ['videos', 'images', 'clips', 'video'],
])(
  'refuses a scene of %s whose plugin was left out, though another scene could be shown',
  (media, other, words, plugin) => {
    const { refused } = lacksOf(showOf({ a: other, b: media }), brought([other]));
    expect(refused).toEqual([
      {
        path: ['scenes', 'b', 'media'],
        message: `nobody shows ${words}: the plugin ${plugin} is left out`,
        remedy: `add ${plugin} to \`plugins\` in the configuration, or a plugin that brings ${words}`,
      },
    ]);
  },
);

it('plays on without the scenes of a plugin that cannot be used here', () => {
  const told = ['the clips of scene b are not shown: the plugin video cannot be used (no ffmpeg)'];
  expect(lacksOf(showOf({ a: 'images', b: 'videos' }), brought(['images'], [unfit('video')]))).toEqual({
    refused: [],
    told,
  });
});

it('refuses a show of which nothing would be seen, whatever the reason', () => {
  const { refused } = lacksOf(showOf({ a: 'videos', b: 'videos' }), brought([], [unfit('video')]));
  expect(refused.map(({ path }) => path.join('.'))).toEqual(['scenes.a.media', 'scenes.b.media']);
});

it('says what a scene of both is left with, and refuses it where nothing is', () => {
  const show = showOf({ a: 'both' });
  expect(lacksOf(show, brought(['images']))).toEqual({
    refused: [],
    told: ['the clips of scene a are not shown: the plugin video is left out'],
  });
  expect(lacksOf(show, brought([])).refused).toHaveLength(2);
});

it('says that sound is not heard', () => {
  const show = showOf({ a: 'images' }, ', audio: [{file: tune.mp3, role: background}]');
  expect(lacksOf(show, brought(['images'])).told).toEqual([
    'the sound of the show is not heard: the plugin audio is left out',
  ]);
  expect(lacksOf(show, brought(['images'], [], true)).told).toEqual([]);
});

it('takes a medium that a foreign plugin brings', () => {
  expect(lacksOf(showOf({ a: 'images' }), brought(['images', 'sequences']))).toEqual({ refused: [], told: [] });
});
