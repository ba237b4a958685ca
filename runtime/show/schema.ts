/** The show format, version 1: the one source of the validation, of the defaults and of `schema/show.schema.json`. */
import * as z from 'zod/mini';
import {
  between,
  choice,
  colour,
  described,
  duration,
  flag,
  list,
  named,
  record,
  text,
  version,
  weight,
} from './values';

const theme = record('a theme', {
  weight: described(
    "The theme's share of draws and of the memory for pictures, beside the other themes of a scene.",
    z.prefault(weight(), 1),
  ),
  images: described(
    'Pictures: files, folders (all pictures below) or globs, relative to this file. `!glob` leaves files out again.',
    z.prefault(list(text('a file, folder or glob such as media/**/*.jpg'), 'a list of files, folders or globs'), []),
  ),
  videos: described(
    'Clips: files, folders (all clips below) or globs, as with images.',
    z.prefault(list(text('a file, folder or glob such as media/*.mp4'), 'a list of files, folders or globs'), []),
  ),
  texts: described(
    'Lines of text that scenes show over the pictures.',
    z.prefault(list(text('a line of text'), 'a list of texts'), []),
  ),
});

const transition = record('a transition such as {type: crossfade, duration: 800ms}', {
  type: described(
    'How one gives way to the next.',
    z.prefault(choice('cut', 'crossfade', 'fade-through-black', 'slide', 'wipe'), 'crossfade'),
  ),
  duration: described(
    'How long it takes. With 0ms each type is a cut.',
    z.optional(duration('a duration such as 800ms, or 0ms', 'or zero')),
  ),
});

const sceneText = record('a map such as {position: bottom, every: 12s}', {
  position: described('Where the text stands.', z.prefault(choice('top', 'center', 'bottom'), 'bottom')),
  every: described('How long each text stays.', z.prefault(duration(), '12s')),
});

const scene = record('a scene', {
  media: described(
    'What the scene shows. `both` draws pictures and clips in one order, each file with the same chance.',
    z.prefault(choice('images', 'videos', 'both'), 'images'),
  ),
  themes: described('The themes it draws from.', list(text('the name of a theme'), 'a list of at least one theme', 1)),
  every: described(
    'The media cycle: how long each picture stays; 6s without it. Clips play to their end without it, and again and again with it.',
    z.optional(duration()),
  ),
  order: described(
    'Shuffled by weight, no file twice running, or in natural order of the file names, theme after theme.',
    z.prefault(choice('shuffle', 'sequence'), 'shuffle'),
  ),
  fit: described(
    'Fill the screen and cut the edges, or show all and leave a border.',
    z.prefault(choice('cover', 'contain'), 'cover'),
  ),
  motion: described(
    'A slow move over each picture. Clips move by themselves.',
    z.prefault(choice('none', 'ken-burns'), 'none'),
  ),
  transition: described(
    'Between pictures; shorter than `every`. Without it a crossfade of 800ms, or of half of `every` where that is less.',
    z.optional(transition),
  ),
  text: described("Shows the themes' texts over the pictures.", z.optional(sceneText)),
  background: described(
    'What is seen beside a picture that does not fill the screen.',
    z.prefault(colour(), '#000000'),
  ),
});

const poolEntry = record('an entry such as {scene: slides}', {
  scene: described('The scene.', text('the name of a scene')),
  weight: described('How often it is chosen, beside the other entries.', z.prefault(weight(), 1)),
  min: described('How long it stays at least once chosen; 5s when only `max` is given.', z.optional(duration())),
  max: described('How long it stays at most once chosen; 30s when only `min` is given.', z.optional(duration())),
});

/** How long a sound fades where the show does not say. */
const fade = z.prefault(duration('a duration such as 500ms, or 0ms', 'or zero'), '500ms');

const sound = record('a sound such as {file: bed.ogg, role: background}', {
  file: described('The sound file, relative to this file.', text('a sound file')),
  role: described(
    'What the sound is for: each role has a volume of its own, and a background goes round as long as its cue lasts.',
    z.prefault(choice('voice', 'background', 'effect'), 'effect'),
  ),
  volume: described('0 is silent, 1 as it is in the file.', z.prefault(between(0, 1), 1)),
  loop: described('Again and again as long as the cue lasts; a background always is.', z.optional(flag())),
  fadeIn: described(
    'How softly it begins. With 0ms it follows a sound of its role with `fadeOut: 0ms` in the cue before without a gap; the cues change when that sound ends, within 250ms of the time they are due.',
    fade,
  ),
  fadeOut: described('How softly it ends when its cue does.', fade),
});

const videoAudio = record('a map such as {enabled: true, volume: 0.8}', {
  enabled: described('Whether it is heard.', z.prefault(flag(), false)),
  volume: described('0 is silent, 1 as it is in the file.', z.prefault(between(0, 1), 1)),
});

const cue = record('a cue', {
  name: described('The name, unlike that of any other cue.', text('a name')),
  duration: described('How long the cue runs.', duration('a duration such as 5m')),
  scenes: described(
    'The pool of scenes it chooses from. A cue that has only `audio` needs none: the screen is black then.',
    z.optional(list(poolEntry, 'a list of at least one scene', 1)),
  ),
  select: described(
    'When a scene is chosen: once for the whole cue, at each change of picture, or every `selectEvery`.',
    z.prefault(choice('on-cue-start', 'on-media-cycle', 'on-interval'), 'on-cue-start'),
  ),
  selectEvery: described(
    'With `select: on-interval`, and always then: how often a scene is chosen.',
    z.optional(duration()),
  ),
  transition: described(
    'Into this cue; shorter than the cue. Without it a crossfade of 1s, or of half the cue where that is less.',
    z.optional(transition),
  ),
  audio: described(
    'Up to two sounds that begin with the cue.',
    z.optional(list(sound, 'a list of one or two sounds', 1)),
  ),
  videoAudio: described(
    "The clips' own sound, in step with their pictures; silent without it.",
    z.optional(videoAudio),
  ),
});

const cuelist = record('a cuelist', {
  loop: described('What follows the last cue.', z.prefault(choice('once', 'forever', 'ping-pong'), 'forever')),
  cues: described('The cues in their order.', list(cue, 'a list of at least one cue', 1)),
});

/** How long a picture stays, where the show does not say. */
export const EVERY_MS = 6000;

export const showSchema = record('a show', {
  version: described('The version of this format.', version()),
  name: described('The name of the show.', text('a name')),
  themes: described(
    'Named sets of pictures and texts; a show of sounds alone has none.',
    z.optional(named(theme, 'at least one theme')),
  ),
  scenes: described(
    'Recipes: which themes, how often they change, how they look; a show of sounds alone has none.',
    z.optional(named(scene, 'at least one scene')),
  ),
  cuelist: described('What runs when.', cuelist),
}).register(z.globalRegistry, { title: 'Vitrine show, version 1' });

/** A show as it is written: defaults filled in, but names unresolved and cross rules unchecked. */
export type WrittenShow = z.output<typeof showSchema>;
export type WrittenTheme = z.output<typeof theme>;
export type WrittenScene = z.output<typeof scene>;
export type WrittenCue = z.output<typeof cue>;
export type WrittenSound = z.output<typeof sound>;
export type WrittenTransition = z.output<typeof transition>;
