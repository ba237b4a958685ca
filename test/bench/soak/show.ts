/** The show of a soak: each kind of scene, at twenty times the usual pace. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders beside the show file whose files come and go, and those whose files stay. */
export const PLACES = { coming: 'coming', steady: 'steady' } as const;
/** A sound that comes and goes under one name. */
export const COMING_SOUND = 'coming.mp3';

/** Writes the show; each edition is another one, so that a reload brings a new session. Gives its path. */
export function writeShow(folder: string, edition: number): string {
  const file = join(folder, 'show.yaml');
  const both = (kind: string): string => `${PLACES.coming}/${kind}, ${PLACES.steady}/${kind}`;
  const bed = (name: string, extra = ''): string => `{file: ${PLACES.steady}/sounds/${name}, role: background${extra}}`;
  const voice = `{file: ${PLACES.coming}/sounds/${COMING_SOUND}, role: voice, volume: 0.5}`;
  const loop = ', loop: true, fadeIn: 100ms, fadeOut: 100ms';
  writeFileSync(
    file,
    `version: 1
name: soak ${edition}
themes:
  few: {weight: 3, images: [${PLACES.steady}/pictures], texts: [One, Two, Edition ${edition}]}
  many: {images: [${both('pictures')}]}
  clips: {videos: [${both('clips')}]}
  all: {images: [${both('pictures')}], videos: [${both('clips')}]}
scenes:
  weighted: {themes: [few, many], every: ${250 + 50 * (edition % 3)}ms, transition: {type: cut}}
  moving: {themes: [many], every: 600ms, motion: ken-burns, transition: {type: crossfade, duration: 200ms}}
  followed: {media: videos, themes: [clips], transition: {type: cut}}
  looped: {media: videos, themes: [clips], every: 1s, transition: {type: crossfade, duration: 200ms}}
  mixed: {media: both, themes: [all], every: 500ms, order: ${edition % 2 === 0 ? 'sequence' : 'shuffle'}, transition: {type: cut}}
cuelist:
  loop: forever
  cues:
    - {name: pictures, duration: 4s, scenes: [{scene: weighted, weight: 3}, {scene: moving}], audio: [${bed('middle.mp3', loop)}, ${voice}]}
    - {name: followed, duration: 6s, scenes: [{scene: followed}], audio: [${bed('long.flac', ', fadeIn: 200ms, fadeOut: 200ms')}]}
    - {name: looped, duration: 5s, scenes: [{scene: looped}], audio: [${bed('short.wav', loop)}, ${voice}]}
    - {name: spoken, duration: 4s, scenes: [{scene: followed}], videoAudio: {enabled: true}, audio: [${bed('short.ogg', loop)}]}
    - {name: mixed, duration: 6s, scenes: [{scene: mixed}], audio: [${bed('long.mp3', loop)}]}
`,
  );
  return file;
}
