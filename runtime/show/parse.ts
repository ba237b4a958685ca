/** Parses a show: from the file a person wrote to the validated show, or to all of its mistakes at once. */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import {
  documentOf,
  formatPath,
  parseSource,
  readText,
  type FieldPath,
  type SourceDocument,
  type SourceText,
} from '../core/document';
import { expandHome } from '../core/paths';
import type { Issue } from '../core/errors';
import {
  EVERY_MS,
  type WrittenCue,
  type WrittenScene,
  type WrittenShow,
  type WrittenSound,
  type WrittenTransition,
} from './schema';
import type { Cue, CueSound, Scene, Show, Transition } from './types';
import { validateShow } from './validate';

/** Either a show with the document it came from (for the places of its fields), or at least one issue. */
export type ParsedShow =
  | { readonly show: Show; readonly document: SourceDocument; readonly issues?: undefined }
  | { readonly show?: undefined; readonly document: SourceDocument; readonly issues: readonly Issue[] };

/** Reads and validates `file`; relative to the process's folder. Blocks for small reads; never throws for what it finds. */
export function parseShow(file: string): ParsedShow {
  return parseSourceText(file, readText(file));
}

/** The same for what was read from `file`. */
export function parseSourceText(file: string, source: SourceText): ParsedShow {
  return readShow(documentOf(file, source));
}

/** The same for text that came from `file`. */
export function parseShowText(file: string, text: string): ParsedShow {
  return readShow(parseSource(file, text));
}

function readShow(document: SourceDocument): ParsedShow {
  if (document.issues.length > 0) return { document, issues: document.issues };
  if (document.value === undefined || document.value === null) {
    return {
      document,
      issues: [{ file: document.file, message: 'is empty', remedy: 'a show begins with `version: 1`' }],
    };
  }
  const { written, mistakes } = validateShow(document.value);
  if (written !== undefined) return { document, show: showOf(written, document) };
  const issues = mistakes.map(({ path, message, remedy, at }) => issueAt(document, path, message, remedy, at));
  return { document, issues: issues.sort(byPlace) };
}

/** An issue about a field of the document, with its line and column. */
export function issueAt(
  document: SourceDocument,
  path: FieldPath,
  message: string,
  remedy?: string,
  at: 'key' | 'value' = 'value',
): Issue {
  const shownPath = path.length === 0 ? {} : { path: formatPath(path) };
  return {
    file: document.file,
    ...document.place(path, at),
    ...shownPath,
    message,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function byPlace(a: Issue, b: Issue): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function showOf(written: WrittenShow, document: SourceDocument): Show {
  const file = resolve(document.file);
  return {
    version: written.version,
    name: written.name,
    file,
    folder: dirname(file),
    hash: `sha256:${createHash('sha256').update(document.bytes).digest('hex')}`,
    themes: Object.fromEntries(written.themes ?? []),
    scenes: Object.fromEntries([...(written.scenes ?? [])].map(([name, scene]) => [name, sceneOf(scene)])),
    cuelist: { loop: written.cuelist.loop, cues: written.cuelist.cues.map((cue) => cueOf(cue, dirname(file))) },
  };
}

/** Between pictures, where the show does not say (the show format's default). */
const SCENE_TRANSITION_MS = 800;
/** Into a cue, where the show does not say (the show format's default). */
const CUE_TRANSITION_MS = 1000;

function sceneOf({ every, transition, text, ...scene }: WrittenScene): Scene {
  const everyMs = every ?? EVERY_MS;
  return {
    ...scene,
    everyMs,
    playsOut: scene.media !== 'images' && every === undefined,
    transition: transitionOf(transition, SCENE_TRANSITION_MS, everyMs),
    ...(text === undefined ? {} : { text: { position: text.position, everyMs: text.every } }),
  };
}

function cueOf(cue: WrittenCue, folder: string): Cue {
  return {
    name: cue.name,
    durationMs: cue.duration,
    scenes: (cue.scenes ?? []).map(({ scene, weight, min, max }) => ({
      scene,
      weight,
      ...(min === undefined ? {} : { minMs: min }),
      ...(max === undefined ? {} : { maxMs: max }),
    })),
    select: cue.select,
    ...(cue.selectEvery === undefined ? {} : { selectEveryMs: cue.selectEvery }),
    transition: transitionOf(cue.transition, CUE_TRANSITION_MS, cue.duration),
    ...(cue.audio === undefined ? {} : { sounds: cue.audio.map((sound) => soundOf(sound, folder)) }),
    ...(cue.videoAudio?.enabled === true ? { clipVolume: cue.videoAudio.volume } : {}),
  };
}

function soundOf({ file, role, volume, loop, fadeIn, fadeOut }: WrittenSound, folder: string): CueSound {
  return {
    file: resolve(folder, expandHome(file)),
    role,
    volume,
    loop: role === 'background' || loop === true,
    fadeInMs: fadeIn,
    fadeOutMs: fadeOut,
  };
}

/** A transition that nobody gave a duration takes at most half of the time it has. */
function transitionOf(written: WrittenTransition | undefined, defaultMs: number, withinMs: number): Transition {
  const type = written?.type ?? 'crossfade';
  if (type === 'cut' || written?.duration === 0) return { type: 'cut', durationMs: 0 };
  return { type, durationMs: written?.duration ?? Math.min(defaultMs, withinMs / 2) };
}
