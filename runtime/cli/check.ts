/** `vitrine check SHOW [--json]`: whether a show is valid, against the format, its files and this machine, which decodes a second of its clips, and its sounds. */
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { ERRORS, formatIssue, VitrineError, type Issue } from '../core/errors';
import type { ClipFinding } from '../show/clip-finding';
import { inspectShow, type Inspection, type Inspectors, type ThemeCount } from '../show/inspect';
import type { SoundFinding } from '../show/sound-finding';
import { visible } from '../core/visible';
import type { CommandIo } from './command';
import { openStatusLine } from './status-line';

export interface CheckArgs {
  /** The show file; relative to the working folder. */
  readonly show: string;
  readonly json: boolean;
  /** Load what they need when they are called. */
  readonly inspectors?: Inspectors;
  /** Rejects with VITRINE_E_BUDGET where this machine has too little memory for a show (an absolute file), as a start would. */
  readonly fit?: (file: string) => Promise<void>;
}

/** Plays nothing and changes nothing. 0 when the show is valid (there may be warnings), else 4. */
export async function check(io: CommandIo, { show, json, inspectors, fit }: CheckArgs): Promise<number> {
  const progress = { text: 'reading the show' };
  const onPicture = (done: number, count: number): void =>
    void (progress.text = done < count ? `decoding pictures: ${done} of ${count}` : 'looking at clips and sounds');
  const end = json ? undefined : openStatusLine(io)?.start(() => progress.text);
  const file = resolve(io.cwd, show);
  const inspected = await inspectShow(file, { ...inspectors, onPicture });
  const found = inspected.valid ? await fitted(inspected, file, fit) : inspected;
  end?.();
  const near = (issue: Issue): Issue => nearFile(issue, io.cwd);
  const result: Inspection = { ...found, errors: found.errors.map(near), warnings: found.warnings.map(near) };
  if (json) io.stdout(`${JSON.stringify(result, undefined, 2)}\n`);
  else {
    for (const issue of result.errors) io.stderr(`${formatIssue(issue)}\n`);
    for (const issue of result.warnings) io.stderr(`warning: ${formatIssue(issue)}\n`);
    io.stdout(summary(show, result));
  }
  return result.valid ? 0 : ERRORS.VITRINE_E_SHOW.exit;
}

/** Adds the error of a show that does not fit into memory. */
async function fitted(found: Inspection, file: string, fit: CheckArgs['fit']): Promise<Inspection> {
  try {
    await fit?.(file);
    return found;
  } catch (cause) {
    if (!(cause instanceof VitrineError) || cause.code !== 'VITRINE_E_BUDGET') throw cause;
    // The account, which follows the first line, is what `plan` prints.
    const message = cause.message.split('\n')[0]!;
    const error = { file, message, remedy: 'vitrine plan prints the account' };
    return { ...found, valid: false, errors: [...found.errors, error] };
  }
}

/** Paths as the person would write them here: relative where that is shorter. */
function nearFile(issue: Issue, cwd: string): Issue {
  if (issue.file === undefined || !isAbsolute(issue.file)) return issue;
  const short = relative(cwd, issue.file);
  return short.startsWith('..') ? issue : { ...issue, file: short };
}

function summary(file: string, { valid, show, errors, warnings }: Inspection): string {
  const issues = [counted(errors.length, 'error'), counted(warnings.length, 'warning')].join(', ');
  const verdict = `${visible(file)}: ${valid ? 'valid' : 'invalid'} (${issues})\n`;
  if (show === undefined) return verdict;
  const parts = [counted(show.cues, 'cue'), counted(show.scenes, 'scene')].join(', ');
  const themes = Object.entries(show.themes).map(
    ([name, theme]) => `  theme ${visible(name)}: ${themeLine(theme)}\n${lines(theme.clipFindings, clipLine)}`,
  );
  const sounds = show.sounds === 0 ? '' : `  ${counted(show.sounds, 'sound')}\n${lines(show.soundFindings, soundLine)}`;
  return `${verdict}${visible(show.name)}: ${parts}\n${themes.join('')}${sounds}`;
}

/** More files than a person reads. */
const MOST_LINES = 20;

function lines<F>(findings: readonly F[] = [], lineOf: (finding: F) => string): string {
  const rest = findings.length - MOST_LINES;
  const some = findings.slice(0, MOST_LINES).map((finding) => `    ${lineOf(finding)}\n`);
  return `${some.join('')}${rest > 0 ? `    and ${rest} more\n` : ''}`;
}

const lengthOf = (lengthMs: number | undefined): string =>
  lengthMs === undefined ? 'of unknown length' : `${(lengthMs / 1000).toFixed(1)} s`;

function soundLine({ file, playable, codec, rateHz, channels, lengthMs, loudnessLufs }: SoundFinding): string {
  const name = visible(basename(file));
  if (!playable || codec === undefined) return `${name}: cannot be played`;
  const loudness = typeof loudnessLufs === 'number' ? `, ${loudnessLufs.toFixed(1)} LUFS` : '';
  return `${name}: ${codec}, ${rateHz ?? '?'} Hz, ${counted(channels ?? 0, 'channel')}, ${lengthOf(lengthMs)}${loudness}`;
}

function clipLine({
  file,
  playable,
  codec,
  widthPx,
  heightPx,
  rateHz,
  lengthMs,
  hasSound,
  decodesHz,
}: ClipFinding): string {
  const name = visible(basename(file));
  if (!playable || rateHz === undefined || decodesHz === undefined) return `${name}: cannot be played`;
  const pace = `decoded ${(decodesHz / rateHz).toFixed(1)} times as fast as it plays`;
  return `${name}: ${codec ?? '?'}, ${widthPx}x${heightPx}, ${rateHz}/s, ${lengthOf(lengthMs)}${hasSound === true ? ', with sound' : ''}; ${pace}`;
}

function themeLine({ images, readable, clips, texts, largestPx }: ThemeCount): string {
  const unreadable = readable < images ? ` (${images - readable} will be skipped)` : '';
  const largest = largestPx === undefined ? '' : `, the largest ${largestPx[0]}x${largestPx[1]}`;
  const films = clips === 0 ? '' : `; ${counted(clips, 'clip')}`;
  return `${counted(images, 'picture')}${unreadable}${largest}${films}; ${counted(texts, 'text')}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
