/** A show as people write them: pictures by weight, clips that loop and that follow each other, long beds, clips with sound. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Media } from './media';

/** Tones of which at least one is heard in each cue; none: the cue may be silent. */
export type ExpectedTones = Readonly<Record<string, readonly number[]>>;

/** Writes the show beside its media; `edition` changes its text, so that a reload brings another session. */
export function writeShow(folder: string, media: Media, edition: number): { file: string; tones: ExpectedTones } {
  const { low, middle, high } = media.beds;
  const sound = (bed: { file: string }, role: string, extra = ''): string =>
    `{file: beds/${basename(bed.file)}, role: ${role}${extra}}`;
  const long = media.clips.filter(({ file }) => basename(file).startsWith('long'));
  const short = media.clips.filter((clip) => !long.includes(clip));
  const list = (clips: Media['clips']): string => clips.map(({ file }) => `clips/${basename(file)}`).join(', ');
  const file = join(folder, 'show.yaml');
  writeFileSync(
    file,
    `version: 1
name: hours ${edition}
themes:
  few: {weight: 3, images: [few/*.png]}
  many: {weight: 1, images: [many/*.png]}
  plain: {images: [plain/*.png]}
  short: {videos: [${list(short)}]}
  long: {videos: [${list(long)}]}
  all: {images: [many/*.png], videos: [${list(short)}]}
scenes:
  weighted: {themes: [few, many], every: 1500ms, transition: {type: cut}}
  moving: {themes: [plain], every: 3s, motion: ken-burns, transition: {type: crossfade, duration: 800ms}}
  followed: {media: videos, themes: [short], transition: {type: cut}}
  looped: {media: videos, themes: [short], every: 11s, transition: {type: cut}}
  spoken: {media: videos, themes: [long], every: 6s, transition: {type: cut}}
  mixed: {media: both, themes: [all], every: 4s, order: sequence, transition: {type: cut}}
cuelist:
  loop: forever
  cues:
    - {name: pictures, duration: 20s, transition: {type: cut}, scenes: [{scene: weighted, weight: 3}, {scene: moving}], select: on-media-cycle,
       audio: [${sound(low, 'background', ', loop: true, fadeIn: 300ms, fadeOut: 300ms')}]}
    - {name: followed, duration: 25s, transition: {type: cut}, scenes: [{scene: followed}],
       audio: [${sound(middle, 'background', ', fadeIn: 1s, fadeOut: 1s')}]}
    - {name: looped, duration: 33s, transition: {type: cut}, scenes: [{scene: looped}],
       audio: [${sound(low, 'background', ', loop: true, fadeIn: 300ms, fadeOut: 300ms')}, ${sound(high, 'voice', ', volume: 0.5')}]}
    - {name: spoken, duration: 30s, transition: {type: cut}, scenes: [{scene: spoken}], videoAudio: {enabled: true}}
    - {name: mixed, duration: 24s, transition: {type: cut}, scenes: [{scene: mixed}], audio: [${sound(high, 'voice')}]}
`,
  );
  const tonesOf = (clips: Media['clips']): number[] => clips.flatMap(({ toneHz }) => toneHz ?? []);
  return {
    file,
    tones: {
      pictures: [low.toneHz],
      followed: [middle.toneHz],
      looped: [low.toneHz],
      spoken: tonesOf(long),
      mixed: [high.toneHz],
    },
  };
}
