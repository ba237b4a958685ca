/** Inspects a show: its format, the files it names, and whether this machine can read them. Plays nothing. */
import { existsSync } from 'node:fs';
import type { SourceDocument } from '../core/document';
import type { Issue } from '../core/errors';
import { messageOf, VitrineError } from '../core/errors';
import type { ClipFinding, ClipInspector } from './clip-finding';
import { resolveMedia } from './glob';
import { joinWarnings } from './join-finding';
import type { ResolvedMedia } from './media-files';
import type { MediaKind } from './media-kinds';
import { overrunWarnings } from './overrun-finding';
import { issueAt, parseShow } from './parse';
import { largestOf, lookAtPictures, type Progress } from './picture-finding';
import type { SoundFinding, SoundInspector } from './sound-finding';
import { glyphWarnings, type FontInspector } from './text-finding';
import type { Show } from './types';

/** The media of a theme. */
export interface ThemeCount {
  /** Picture files that its globs match, and those of them that can be decoded. */
  readonly images: number;
  readonly readable: number;
  /** Clip files that its globs match, and what is known of them where somebody looked. */
  readonly clips: number;
  readonly clipFindings?: readonly ClipFinding[];
  readonly texts: number;
  /** Size of the picture with the most pixels, upright; absent where none can be read. */
  readonly largestPx?: readonly [width: number, height: number];
}

export interface ShowCounts {
  readonly name: string;
  readonly cues: number;
  readonly scenes: number;
  readonly themes: Readonly<Record<string, ThemeCount>>;
  /** Sound files that cues name, each once. */
  readonly sounds: number;
  /** Their findings, where somebody looked. */
  readonly soundFindings?: readonly SoundFinding[];
}

/** `valid` is whether there are no errors; `show` is there where the format is understood. */
export interface Inspection {
  readonly valid: boolean;
  readonly show?: ShowCounts;
  readonly errors: readonly Issue[];
  readonly warnings: readonly Issue[];
}

/** The inspectors of clips and of sounds, without which the files are only counted, and of fonts. `onPicture` follows the pictures of each theme. */
export interface Inspectors {
  readonly onPicture?: Progress;
  readonly clips?: ClipInspector;
  readonly sounds?: SoundInspector;
  readonly fonts?: FontInspector;
}

/** Reads the show and the folders it names, decodes each picture, and has clips and sounds looked at. Never rejects for what it finds. */
export async function inspectShow(file: string, inspectors: Inspectors = {}): Promise<Inspection> {
  const { clips: lookAtClips } = inspectors;
  const parsed = parseShow(file);
  if (parsed.issues !== undefined) return { valid: false, errors: parsed.issues, warnings: [] };
  const { show, document } = parsed;
  const errors: Issue[] = [];
  const warnings: Issue[] = unusedParts(show, document);
  const themes: [string, ThemeCount][] = [];
  const found = (globs: readonly string[], kind: MediaKind): Promise<ResolvedMedia | undefined> =>
    resolveMedia(show.folder, globs, kind).catch((cause: unknown) => {
      if (!(cause instanceof VitrineError)) throw cause;
      errors.push(...cause.issues);
      return undefined;
    });
  for (const [name, theme] of Object.entries(show.themes)) {
    const media = await found(theme.images, 'picture');
    const clips = await found(theme.videos, 'clip');
    if (media === undefined || clips === undefined) continue;
    warnings.push(...media.warnings);
    const pictures = await lookAtPictures(media.files, inspectors.onPicture);
    warnings.push(...pictures.flatMap(({ warning }) => warning ?? []));
    const path = ['themes', name, 'images'];
    const readable = pictures.filter(({ size }) => size !== undefined).length;
    if (theme.images.length > 0 && media.files.length === 0) {
      errors.push(issueAt(document, path, 'matches no picture', `check the names below ${show.folder}`));
    } else if (theme.images.length > 0 && readable === 0) {
      errors.push(issueAt(document, path, 'matches no picture that can be shown', 'see the warnings'));
    }
    warnings.push(...clips.warnings);
    const say = (message: string, remedy: string): void =>
      void errors.push(issueAt(document, ['themes', name, 'videos'], message, remedy));
    let findings: readonly ClipFinding[] | undefined;
    if (theme.videos.length > 0 && clips.files.length === 0)
      say('matches no clip', `check the names below ${show.folder}`);
    else if (clips.files.length > 0 && lookAtClips !== undefined) {
      try {
        findings = await lookAtClips(clips.files);
        warnings.push(...findings.flatMap(({ warning }) => warning ?? []));
        if (!findings.some(({ playable }) => playable)) say('matches no clip that can be played', 'see the warnings');
      } catch (cause) {
        say('cannot be played on this machine', messageOf(cause));
      }
    }
    themes.push([
      name,
      {
        images: media.files.length,
        readable,
        clips: clips.files.length,
        ...(findings === undefined ? {} : { clipFindings: findings }),
        texts: theme.texts.length,
        ...largestOf(pictures),
      },
    ]);
  }
  if (inspectors.fonts !== undefined) warnings.push(...(await glyphWarnings(show, document, inspectors.fonts)));
  const sounds = await inspectSounds(show, document, inspectors.sounds, errors, warnings);
  const lengths = new Map(sounds.soundFindings?.map((found) => [found.file, found.lengthMs]));
  warnings.push(...joinWarnings(show, document, (sound) => lengths.get(sound)));
  warnings.push(...overrunWarnings(show, document, (theme) => clipLengths(Object.fromEntries(themes)[theme])));
  const counts = {
    name: show.name,
    cues: show.cuelist.cues.length,
    scenes: Object.keys(show.scenes).length,
    themes: Object.fromEntries(themes),
    ...sounds,
  };
  return { valid: errors.length === 0, show: counts, errors, warnings };
}

/** How long the clips of a theme are that can be played, as far as somebody looked. */
function clipLengths(theme: ThemeCount | undefined): number[] {
  return (theme?.clipFindings ?? []).flatMap(({ playable, lengthMs }) => (playable ? (lengthMs ?? []) : []));
}

/** Looks at the sounds of cues; what is wrong goes to `errors` and `warnings`. */
async function inspectSounds(
  { cuelist }: Show,
  document: SourceDocument,
  look: SoundInspector | undefined,
  errors: Issue[],
  warnings: Issue[],
): Promise<Pick<ShowCounts, 'sounds' | 'soundFindings'>> {
  const named = cuelist.cues.flatMap(({ sounds = [] }, cue) =>
    sounds.map(({ file }, at) => ({ file, path: ['cuelist', 'cues', cue, 'audio', at, 'file'] })),
  );
  for (const { file, path } of named)
    if (!existsSync(file)) errors.push(issueAt(document, path, 'is not there', `${file} is looked for`));
  const files = [...new Set(named.map(({ file }) => file))];
  const there = files.filter((file) => existsSync(file));
  if (there.length === 0 || look === undefined) return { sounds: files.length };
  try {
    const soundFindings = await look(there);
    warnings.push(...soundFindings.flatMap(({ warning }) => warning ?? []));
    return { sounds: files.length, soundFindings };
  } catch (cause) {
    errors.push(issueAt(document, named[0]!.path.slice(0, -2), 'cannot be played on this machine', messageOf(cause)));
    return { sounds: files.length };
  }
}

/** Parts of a show that nothing uses, and fields that have nothing to act on. */
function unusedParts(show: Show, document: SourceDocument): Issue[] {
  const { cues } = show.cuelist;
  const scenesUsed = new Set(cues.flatMap((cue) => cue.scenes.map((entry) => entry.scene)));
  const themesUsed = new Set(Object.values(show.scenes).flatMap((scene) => scene.themes));
  const unused = (path: string[], what: string): Issue =>
    issueAt(document, path, `is not used by any ${what}`, 'use it or remove it', 'key');
  return [
    ...Object.keys(show.themes).flatMap((name) => (themesUsed.has(name) ? [] : unused(['themes', name], 'scene'))),
    ...Object.keys(show.scenes).flatMap((name) => (scenesUsed.has(name) ? [] : unused(['scenes', name], 'cue'))),
    ...cues.flatMap((cue, index) =>
      cue.select !== 'on-cue-start' ||
      cue.scenes.every((entry) => entry.minMs === undefined && entry.maxMs === undefined)
        ? []
        : issueAt(
            document,
            ['cuelist', 'cues', index, 'select'],
            'lets a scene run for the whole cue, whatever its min and max',
            'choose on-media-cycle or on-interval, or leave min and max out',
          ),
    ),
  ];
}
