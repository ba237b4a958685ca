/** Cross checks: rules of the show format that tie one field to another. Pure. */
import type { FieldPath } from '../core/document';
import { formatDurationMs } from '../core/duration';
import { nearestName } from '../core/nearest';
import type { WrittenCue, WrittenScene, WrittenShow, WrittenTransition } from './schema';
import type { Report } from './shape';

/**
 * Reports every rule that is broken. Where a field was not understood, its stand-in breaks no rule; of a theme, which
 * stands in as an empty one, `understood` tells.
 */
export function crossCheck(show: WrittenShow, understood: (path: FieldPath) => boolean, report: Report): void {
  for (const [name, theme] of show.themes) {
    if (theme.images.length + theme.texts.length > 0 || !understood(['themes', name])) continue;
    report(['themes', name], 'has neither images nor texts', 'give it `images: [media/**/*.jpg]`', 'key');
  }
  for (const [name, scene] of show.scenes) {
    const path = ['scenes', name];
    checkScene(scene, show, path, report);
    if (understood(['themes']) && understood([...path, 'themes'])) checkContent(scene, show, path, report);
  }
  const firstUse = new Map<string, number>();
  for (const [index, cue] of show.cuelist.cues.entries()) {
    const path = ['cuelist', 'cues', index];
    const earlier = firstUse.get(cue.name);
    if (cue.name !== '' && earlier !== undefined) {
      report(
        [...path, 'name'],
        `${JSON.stringify(cue.name)} is already the name of cue ${earlier + 1}`,
        'give it another',
      );
    } else firstUse.set(cue.name, index);
    checkCue(cue, show, path, report);
  }
}

function checkScene(scene: WrittenScene, show: WrittenShow, path: FieldPath, report: Report): void {
  checkNames(scene.themes, show.themes, 'theme', (index) => [...path, 'themes', index], report);
  checkTransition(scene.transition, scene.every, '`every`', [...path, 'transition'], report);
}

function checkContent(scene: WrittenScene, show: WrittenShow, path: FieldPath, report: Report): void {
  const themes = scene.themes.map((name) => show.themes.get(name));
  // With a name unknown it may be that theme that has them.
  if (themes.includes(undefined)) return;
  if (themes.every((theme) => theme?.images.length === 0)) {
    report([...path, 'themes'], 'has no theme with images', 'name one, or give one of these images');
  }
  if (scene.text !== undefined && themes.every((theme) => theme?.texts.length === 0)) {
    report(
      [...path, 'text'],
      'has nothing to show: none of the themes has texts',
      'give one `texts`, or leave it out',
      'key',
    );
  }
}

function checkCue(cue: WrittenCue, show: WrittenShow, path: FieldPath, report: Report): void {
  const names = cue.scenes.map((entry) => entry.scene);
  checkNames(names, show.scenes, 'scene', (index) => [...path, 'scenes', index, 'scene'], report);
  for (const [index, { min, max }] of cue.scenes.entries()) {
    if (min === undefined || max === undefined || !(min > max)) continue;
    const remedy = `max is ${formatDurationMs(max)}; swap them`;
    report([...path, 'scenes', index, 'min'], `${formatDurationMs(min)} is longer than max`, remedy);
  }
  if (cue.select === 'on-interval' && cue.selectEvery === undefined) {
    report([...path, 'selectEvery'], 'is missing', '`select: on-interval` needs it, for example `selectEvery: 30s`');
  }
  if (cue.select !== 'on-interval' && cue.selectEvery !== undefined) {
    report(
      [...path, 'selectEvery'],
      `means nothing with \`select: ${cue.select}\``,
      'leave it out, or select on-interval',
      'key',
    );
  }
  checkTransition(cue.transition, cue.duration, 'the cue', [...path, 'transition'], report);
}

function checkTransition(
  transition: WrittenTransition | undefined,
  withinMs: number,
  within: string,
  path: FieldPath,
  report: Report,
): void {
  if (transition?.duration === undefined) return;
  const here = [...path, 'duration'];
  if (transition.type === 'cut') {
    report(here, 'means nothing: a cut takes no time', 'leave it out, or choose another type', 'key');
  } else if (transition.duration >= withinMs) {
    const written = formatDurationMs(transition.duration);
    report(here, `${written} is not shorter than ${within}, ${formatDurationMs(withinMs)}`, 'shorten it');
  }
}

function checkNames(
  names: readonly string[],
  known: ReadonlyMap<string, unknown>,
  what: 'theme' | 'scene',
  pathOf: (index: number) => FieldPath,
  report: Report,
): void {
  // Nothing is known where the whole map was not understood; that was said.
  if (known.size === 0) return;
  for (const [index, name] of names.entries()) {
    if (name === '') continue;
    if (!known.has(name)) {
      const nearest = nearestName(name, known.keys());
      const some = [...known.keys()].slice(0, NAMES_LISTED).join(', ');
      const remedy = nearest === undefined ? `there are ${some}` : `did you mean ${nearest}?`;
      report(pathOf(index), `there is no ${what} named ${JSON.stringify(name)}`, remedy);
    } else if (names.indexOf(name) < index) {
      report(
        pathOf(index),
        `${JSON.stringify(name)} is listed twice`,
        'keep one; its weight says how often it is chosen',
      );
    }
  }
}

/** Names listed in a message; more would hide the message. */
const NAMES_LISTED = 10;
