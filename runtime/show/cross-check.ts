/** Cross checks: rules of the show format that tie one field to another. Pure. */
import type { FieldPath } from '../core/document';
import { formatDurationMs } from '../core/duration';
import { nearestName } from '../core/nearest';
import { startFindings, type Findings } from './findings';
import {
  EVERY_MS,
  type WrittenCue,
  type WrittenScene,
  type WrittenShow,
  type WrittenTheme,
  type WrittenTransition,
} from './schema';
import type { Mistake } from './wording';

/**
 * The broken rules of a show of which parts may be wrong in themselves: there its values are as they were written, of any
 * type, or absent. `wrong` are the paths of those parts; no rule is held against them, nor against what broke another
 * rule, so that each mistake is reported once.
 */
export function crossCheck(show: WrittenShow, wrong: readonly FieldPath[]): readonly Mistake[] {
  const findings = startFindings(wrong);
  checkShow(show, findings);
  return findings.mistakes;
}

function checkShow(written: WrittenShow, findings: Findings): void {
  const show = findings.intact(written, []);
  checkMaps(show, findings);
  for (const [name, theme] of findings.intact(show?.themes, ['themes']) ?? []) {
    const path = ['themes', name];
    if (!findings.whole(path) || theme.images.length + theme.videos.length + theme.texts.length > 0) continue;
    findings.report(path, 'has neither images nor videos nor texts', 'give it `images: [media/**/*.jpg]`', 'key');
  }
  for (const [name, scene] of findings.intact(show?.scenes, ['scenes']) ?? []) {
    const path = ['scenes', name];
    if (findings.intact(scene, path) !== undefined) checkScene(scene, written, path, findings);
  }
  const cuelist = findings.intact(show?.cuelist, ['cuelist']);
  const firstUse = new Map<string, number>();
  for (const [index, cue] of (findings.intact(cuelist?.cues, ['cuelist', 'cues']) ?? []).entries()) {
    const path = ['cuelist', 'cues', index];
    if (findings.intact(cue, path) === undefined) continue;
    checkCueName(cue, index, firstUse, path, findings);
    checkCue(cue, written, path, findings);
  }
}

/** Themes and scenes may only be missing where no cue shows anything. */
function checkMaps(show: WrittenShow | undefined, { intact, report }: Findings): void {
  const cues = intact(intact(show?.cuelist, ['cuelist'])?.cues, ['cuelist', 'cues']) ?? [];
  const showsScenes = cues.some((cue, index) => intact(cue, ['cuelist', 'cues', index])?.scenes !== undefined);
  const hasScenes = (intact(show?.scenes, ['scenes'])?.size ?? 0) > 0;
  for (const [name, needed] of [['themes', showsScenes || hasScenes] as const, ['scenes', showsScenes] as const]) {
    const map = intact(show?.[name], [name]);
    if (show === undefined || !needed || intact(true, [name]) === undefined || (map?.size ?? 0) > 0) continue;
    const words = `at least one ${name.slice(0, -1)}`;
    if (map === undefined) report([name], 'is missing', `add it: ${words}`);
    else report([name], 'is an empty map', `give ${words}`);
  }
}

function checkScene(scene: WrittenScene, show: WrittenShow, path: FieldPath, findings: Findings): void {
  const known = findings.intact(show.themes, ['themes']);
  const names = findings.intact(scene.themes, [...path, 'themes']) ?? [];
  checkNames(names, known, 'theme', (index) => [...path, 'themes', index], findings);
  const everyMs = scene.every === undefined ? EVERY_MS : findings.intact(scene.every, [...path, 'every']);
  checkTransition(scene.transition, everyMs, '`every`', [...path, 'transition'], findings);
  if (findings.whole(['themes']) && findings.whole([...path, 'themes'])) checkContent(scene, show, path, findings);
}

function checkContent(scene: WrittenScene, show: WrittenShow, path: FieldPath, findings: Findings): void {
  const themes = scene.themes.map((name) => show.themes?.get(name));
  // With a name unknown it may be that theme that has them.
  if (themes.includes(undefined)) return;
  const media = findings.intact(scene.media, [...path, 'media']);
  if (media !== undefined && themes.every((theme) => mediaOf(media, theme!) === 0)) {
    const what = media === 'both' ? 'images or videos' : media;
    findings.report([...path, 'themes'], `has no theme with ${what}`, `name one, or give one of these ${what}`);
  }
  const text = findings.intact(scene.text, [...path, 'text']);
  if (text !== undefined && themes.every((theme) => theme?.texts.length === 0)) {
    const message = 'has nothing to show: none of the themes has texts';
    findings.report([...path, 'text'], message, 'give one `texts`, or leave it out', 'key');
  }
}

/** Entries of a theme that a scene of this kind can show. */
function mediaOf(media: WrittenScene['media'], { images, videos }: Pick<WrittenTheme, 'images' | 'videos'>): number {
  return (media === 'videos' ? 0 : images.length) + (media === 'images' ? 0 : videos.length);
}

function checkCueName(
  cue: WrittenCue,
  index: number,
  firstUse: Map<string, number>,
  path: FieldPath,
  findings: Findings,
): void {
  const name = findings.intact(cue.name, [...path, 'name']);
  if (name === undefined) return;
  const earlier = firstUse.get(name);
  if (earlier === undefined) firstUse.set(name, index);
  else {
    const message = `${JSON.stringify(name)} is already the name of cue ${earlier + 1}`;
    findings.report([...path, 'name'], message, 'give it another');
  }
}

function checkCue(cue: WrittenCue, show: WrittenShow, path: FieldPath, findings: Findings): void {
  const { intact, report } = findings;
  const pool = intact(cue.scenes, [...path, 'scenes']) ?? [];
  const placeOf = (index: number): FieldPath => [...path, 'scenes', index];
  const names = pool.map((entry, index) => intact(entry, placeOf(index))?.scene);
  checkNames(names, intact(show.scenes, ['scenes']), 'scene', (index) => [...placeOf(index), 'scene'], findings);
  for (const index of pool.keys()) {
    const entry = intact(pool[index], placeOf(index));
    const minMs = intact(entry?.min, [...placeOf(index), 'min']);
    const maxMs = intact(entry?.max, [...placeOf(index), 'max']);
    if (minMs === undefined || maxMs === undefined || minMs <= maxMs) continue;
    const remedy = `max is ${formatDurationMs(maxMs)}; swap them`;
    report([...placeOf(index), 'min'], `${formatDurationMs(minMs)} is longer than max`, remedy);
  }
  checkSelect(cue, path, findings);
  if (cue.scenes === undefined) checkBlankCue(cue, path, findings);
  const durationMs = intact(cue.duration, [...path, 'duration']);
  checkTransition(cue.transition, durationMs, 'the cue', [...path, 'transition'], findings);
  checkSounds(cue, path, findings);
  checkVideoAudio(cue, show, path, findings);
}

/** A cue without pictures is there to be heard. */
function checkBlankCue(cue: WrittenCue, path: FieldPath, { intact, report }: Findings): void {
  if (cue.audio === undefined)
    report(
      [...path, 'scenes'],
      'is missing',
      'add a list of at least one scene, or `audio` for a cue that is only heard',
    );
  const select = intact(cue.select, [...path, 'select']);
  if (select !== undefined && select !== 'on-cue-start')
    report([...path, 'select'], 'means nothing: the cue has no scenes', 'leave it out, or give the cue scenes', 'key');
  if (intact(cue.videoAudio, [...path, 'videoAudio'])?.enabled === true)
    report([...path, 'videoAudio'], 'has nothing to be heard: the cue has no scenes', 'leave it out', 'key');
}

function checkVideoAudio(
  cue: WrittenCue,
  show: WrittenShow,
  path: FieldPath,
  { intact, whole, report }: Findings,
): void {
  const here = [...path, 'videoAudio'];
  const sound = intact(cue.videoAudio, here);
  if (sound === undefined || !whole(here)) return;
  if (!sound.enabled && sound.volume !== 1)
    report([...here, 'volume'], 'means nothing while it is not enabled', 'add `enabled: true`, or leave it out', 'key');
  if (!sound.enabled || !whole(['scenes']) || !whole([...path, 'scenes'])) return;
  const scenes = (cue.scenes ?? []).map(({ scene }) => show.scenes?.get(scene));
  if (scenes.length > 0 && scenes.every((scene) => scene?.media === 'images'))
    report(here, 'has nothing to be heard: none of its scenes shows clips', 'leave it out, or show clips', 'key');
}

/** Sounds of a cue at the same time. */
const MOST_SOUNDS = 2;

function checkSounds(cue: WrittenCue, path: FieldPath, { intact, report }: Findings): void {
  const sounds = intact(cue.audio, [...path, 'audio']) ?? [];
  if (sounds.length > MOST_SOUNDS)
    report(
      [...path, 'audio'],
      `has ${sounds.length} sounds`,
      `a cue has at most ${MOST_SOUNDS}; mix the others into one file`,
    );
  const roles = sounds.map((sound, index) => intact(sound, [...path, 'audio', index])?.role);
  for (const [index, written] of sounds.entries()) {
    const here = [...path, 'audio', index];
    const sound = intact(written, here);
    if (sound === undefined) continue;
    if (sound.role === 'background' && intact(sound.loop, [...here, 'loop']) === false)
      report([...here, 'loop'], 'means nothing: a background always goes round', 'leave it out, or give another role');
    const isVoiceOrBed = sound.role === 'voice' || sound.role === 'background';
    if (isVoiceOrBed && roles.indexOf(sound.role) < index)
      report([...here, 'role'], `there is a ${sound.role} already`, 'give it another role');
  }
}

function checkSelect(cue: WrittenCue, path: FieldPath, { intact, report }: Findings): void {
  const select = intact(cue.select, [...path, 'select']);
  const here = [...path, 'selectEvery'];
  if (select === undefined) return;
  if (select === 'on-interval' && cue.selectEvery === undefined) {
    report(here, 'is missing', '`select: on-interval` needs it, for example `selectEvery: 30s`');
  }
  if (select !== 'on-interval' && intact(cue.selectEvery, here) !== undefined) {
    const message = `means nothing with \`select: ${select}\``;
    report(here, message, 'leave it out, or select on-interval', 'key');
  }
}

function checkTransition(
  written: WrittenTransition | undefined,
  withinMs: number | undefined,
  within: string,
  path: FieldPath,
  { intact, report }: Findings,
): void {
  const here = [...path, 'duration'];
  const transition = intact(written, path);
  const durationMs = intact(transition?.duration, here);
  const type = intact(transition?.type, [...path, 'type']);
  if (durationMs === undefined) return;
  if (type === 'cut') {
    if (durationMs > 0)
      report(here, 'means nothing: a cut takes no time', 'leave it out, or choose another type', 'key');
  } else if (withinMs !== undefined && durationMs >= withinMs) {
    const message = `${formatDurationMs(durationMs)} is not shorter than ${within}, ${formatDurationMs(withinMs)}`;
    report(here, message, 'shorten it');
  }
}

function checkNames(
  names: readonly (string | undefined)[],
  known: ReadonlyMap<string, unknown> | undefined,
  what: 'theme' | 'scene',
  pathOf: (index: number) => FieldPath,
  { intact, report }: Findings,
): void {
  // Nothing is known where the whole map was not understood; that was reported.
  if (known === undefined) return;
  for (const [index, written] of names.entries()) {
    const name = intact(written, pathOf(index));
    if (name === undefined) continue;
    if (!known.has(name)) {
      const nearest = nearestName(name, known.keys());
      const some = [...known.keys()].slice(0, NAMES_LISTED).join(', ');
      const remedy = nearest === undefined ? `there are ${some}` : `did you mean ${nearest}?`;
      report(pathOf(index), `there is no ${what} named ${JSON.stringify(name)}`, remedy);
    } else if (names.indexOf(name) < index) {
      const remedy = 'keep one; its weight says how often it is chosen';
      report(pathOf(index), `${JSON.stringify(name)} is listed twice`, remedy);
    }
  }
}

/** Names listed in a message; more would hide the message. */
const NAMES_LISTED = 10;
