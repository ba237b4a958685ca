/** The show format, version 1: the one source of the reader, of the defaults and of `schema/show.schema.json`. */
import { list, named, optional, preset, record, required, type JsonSchema, type ValueOf } from './shape';
import { choice, colour, duration, text, version, weight } from './values';

const theme = record('a theme', {
  weight: preset(
    weight(),
    1,
    "The theme's share of draws and of the memory for pictures, beside the other themes of a scene.",
  ),
  images: preset(
    list(text('a file, folder or glob such as media/**/*.jpg'), 'a list of files, folders or globs'),
    [],
    'Pictures: files, folders (all pictures below) or globs, relative to this file. `!glob` leaves files out again.',
  ),
  texts: preset(
    list(text('a line of text'), 'a list of texts'),
    [],
    'Lines of text that scenes show over the pictures.',
  ),
});

const transition = record('a transition such as {type: crossfade, duration: 800ms}', {
  type: preset(
    choice('cut', 'crossfade', 'fade-through-black', 'slide', 'wipe'),
    'crossfade',
    'How one gives way to the next.',
  ),
  duration: optional(duration(), 'How long it takes; a cut takes no time and has none.'),
});

const sceneText = record('a map such as {position: bottom, every: 12s}', {
  position: preset(choice('top', 'center', 'bottom'), 'bottom', 'Where the text stands.'),
  every: preset(duration(), '12s', 'How long each text stays.'),
});

const scene = record('a scene', {
  media: preset(choice('images'), 'images', 'What the scene shows.'),
  themes: required(list(text('the name of a theme'), 'a list of at least one theme', 1), 'The themes it draws from.'),
  every: preset(duration(), '6s', 'The media cycle: how long each picture stays.'),
  order: preset(choice('shuffle', 'sequence'), 'shuffle', 'Shuffled by weight, or in natural order of the file names.'),
  fit: preset(
    choice('cover', 'contain'),
    'cover',
    'Fill the screen and cut the edges, or show all and leave a border.',
  ),
  motion: preset(choice('none', 'ken-burns'), 'none', 'A slow move over each picture.'),
  transition: optional(
    transition,
    'Between pictures; shorter than `every`. Without it a crossfade of 800ms, or of half of `every` where that is less.',
  ),
  text: optional(sceneText, "Shows the themes' texts over the pictures."),
  background: preset(colour(), '#000000', 'What is seen beside a picture that does not fill the screen.'),
});

const poolEntry = record('an entry such as {scene: slides}', {
  scene: required(text('the name of a scene'), 'The scene.'),
  weight: preset(weight(), 1, 'How often it is chosen, beside the other entries.'),
  min: optional(duration(), 'How long it stays at least once chosen; 5s when only `max` is given.'),
  max: optional(duration(), 'How long it stays at most once chosen; 30s when only `min` is given.'),
});

const cue = record('a cue', {
  name: required(text('a name'), 'The name, unlike that of any other cue.'),
  duration: required(duration('a duration such as 5m'), 'How long the cue runs.'),
  scenes: required(list(poolEntry, 'a list of at least one scene', 1), 'The pool of scenes it chooses from.'),
  select: preset(
    choice('on-cue-start', 'on-media-cycle', 'on-interval'),
    'on-cue-start',
    'When a scene is chosen: once for the whole cue, at each change of picture, or every `selectEvery`.',
  ),
  selectEvery: optional(duration(), 'With `select: on-interval`, and always then: how often a scene is chosen.'),
  transition: optional(
    transition,
    'Into this cue; shorter than the cue. Without it a crossfade of 1s, or of half the cue where that is less.',
  ),
});

const cuelist = record('a cuelist', {
  loop: preset(choice('once', 'forever', 'ping-pong'), 'forever', 'What follows the last cue.'),
  cues: required(list(cue, 'a list of at least one cue', 1), 'The cues in their order.'),
});

export const showShape = record('a show', {
  version: required(version(1), 'The version of this format.'),
  name: required(text('a name'), 'The name of the show.'),
  themes: required(named(theme, 'at least one theme'), 'Named sets of pictures and texts.'),
  scenes: required(named(scene, 'at least one scene'), 'Recipes: which themes, how often they change, how they look.'),
  cuelist: required(cuelist, 'What runs when.'),
});

/** A show as it is written: defaults filled in, but names unresolved and cross rules unchecked. */
export type WrittenShow = ValueOf<typeof showShape>;
export type WrittenScene = ValueOf<typeof scene>;
export type WrittenCue = ValueOf<typeof cue>;
export type WrittenTransition = ValueOf<typeof transition>;

/** The format as JSON Schema; draft 7, because that is what editors' YAML support understands. */
export function showJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Vitrine show, version 1',
    ...showShape.schema,
  };
}

/** The text of `schema/show.schema.json`. */
export function showSchemaText(): string {
  return `${JSON.stringify(showJsonSchema(), undefined, 2)}\n`;
}
