/** What the running instance answers, in words for people. Pure; it prints whatever a newer instance may add. */
import { isRecord } from '../control/protocol';
import { visible } from '../core/visible';
import { countsText, factsText, factText, isText, wordsOf, type Line } from './facts-text';
import { cacheText, readyText, seekText, soundLines } from './sound-text';

/** Outcomes and events with words of their own. */
const WORDS: Readonly<Record<string, (outcome: unknown) => string>> = {
  seek: seekText,
  'sounds-ready': readyText,
  reload: reloadText,
  ...{ next: jumpText, previous: jumpText, goto: jumpText },
};

/** Whether the show is paused is said by what the cue waits for. */
function jumpText(outcome: unknown): string {
  if (!isRecord(outcome)) return factsText(outcome);
  const { paused: _paused, ...facts } = outcome;
  return factsText(facts);
}

function reloadText(receipt: unknown): string {
  return isRecord(receipt) && receipt['unchanged'] === true
    ? 'nothing has changed; the show goes on as it is'
    : factsText(receipt);
}

/** One line: `next: cue noon, scene slides`. */
export function outcomeText(name: string, outcome: unknown): string {
  if (name === 'cache') return cacheText(outcome);
  const text = (WORDS[name] ?? factsText)(outcome);
  return visible(text === '' ? name : `${name}: ${text}`);
}

/** The status document: its own facts one a line, then the figures of the report that tell how the screen is doing. */
export function statusText(status: unknown): string {
  if (!isRecord(status)) return factsText(status);
  // Gauges are dozens of figures for machines; --json has them.
  const { report, gauges: _gauges, sound, ...own } = status;
  const lines = Object.entries(own).map(([name, fact]): Line => [visible(wordsOf(name)), factText(name, fact)]);
  lines.push(...soundLines(sound));
  if (isRecord(report)) lines.push(...reportLines(report));
  const kept = lines.filter(([, text]) => text !== '');
  const widest = Math.max(0, ...kept.map(([name]) => name.length));
  return kept.map(([name, text]) => `${name.padEnd(widest)}  ${visible(text)}`).join('\n');
}

/** More than a person reads. */
const MOST_ERRORS = 50;

function reportLines(report: Record<string, unknown>): Line[] {
  const { output, renderer, driver, size, frames, seams, images, video, audio, memory, reloads, errors, profile } =
    report;
  const screen = [output, renderer, Array.isArray(size) ? size.join('x') : undefined, driver].filter(isText);
  const lines: Line[] = [
    ['screen', screen.join(', ')],
    ['profile', isText(profile) ? profile : ''],
    ['frames', countsText(frames)],
    ['seams', countsText(seams)],
    ['images', countsText(images)],
    ['video', countsText(video)],
    ['audio', countsText(audio)],
    ['memory', countsText(memory)],
    ['reloads', countsText(reloads)],
  ];
  const told = Array.isArray(errors) ? errors.filter(isRecord) : [];
  for (const error of told.slice(0, MOST_ERRORS)) lines.push(['error', errorText(error)]);
  const more = told.length - MOST_ERRORS;
  if (more > 0) lines.push(['', `and ${more} more; --json names them`]);
  return lines;
}

function errorText({ code, plugin, message, count }: Record<string, unknown>): string {
  const words = [code, plugin, message].filter(isText).join(' ');
  return typeof count === 'number' && count > 1 ? `${words} (${count} times)` : words;
}
