/** What the running instance answers, in words for people. Pure; it prints whatever a newer instance may add. */
import { basename } from 'node:path';
import { isRecord } from '../control/protocol';
import { formatBytes } from '../options/units';

/** One line: `next: cue noon, scene slides`. */
export function outcomeText(name: string, outcome: unknown): string {
  const text = name === 'seek' ? seekText(outcome) : factsText(outcome);
  return text === '' ? name : `${name}: ${text}`;
}

/** `voice.wav at 1 min 30 s of 4 min; bed.ogg stays at 2 s: ends after 20.0 s`. */
function seekText(outcome: unknown): string {
  if (!isRecord(outcome)) return '';
  const places = [outcome['moved'], outcome['left']].flatMap((list): unknown[] => (Array.isArray(list) ? list : []));
  return places
    .filter(isRecord)
    .map(({ file, positionMs, lengthMs, because }) => {
      const name = isText(file) ? basename(file) : '';
      const length = typeof lengthMs === 'number' ? ` of ${spanText(lengthMs)}` : '';
      const at = `${spanText(Number(positionMs))}${length}`;
      return isText(because) ? `${name} stays at ${at}: ${because}` : `${name} at ${at}`;
    })
    .join('; ');
}

/** The status document: its own facts one a line, then the figures of the report that tell how the screen is doing. */
export function statusText(status: unknown): string {
  if (!isRecord(status)) return factsText(status);
  // Gauges are dozens of figures for machines; --json has them.
  const { report, gauges: _gauges, ...own } = status;
  const lines = Object.entries(own).map(([name, fact]): Line => [wordsOf(name), factText(name, fact)]);
  if (isRecord(report)) lines.push(...reportLines(report));
  const kept = lines.filter(([, text]) => text !== '');
  const widest = Math.max(0, ...kept.map(([name]) => name.length));
  return kept.map(([name, text]) => `${name.padEnd(widest)}  ${text}`).join('\n');
}

type Line = readonly [name: string, text: string];

function reportLines(report: Record<string, unknown>): Line[] {
  const { output, renderer, driver, size, frames, seams, images, memory, reloads, errors, profile } = report;
  const screen = [output, renderer, Array.isArray(size) ? size.join('x') : undefined, driver].filter(isText);
  const lines: Line[] = [
    ['screen', screen.join(', ')],
    ['profile', isText(profile) ? profile : ''],
    ['frames', countsText(frames)],
    ['seams', countsText(seams)],
    ['images', countsText(images)],
    ['memory', countsText(memory)],
    ['reloads', countsText(reloads)],
  ];
  for (const error of Array.isArray(errors) ? errors : []) {
    if (isRecord(error)) lines.push(['error', errorText(error)]);
  }
  return lines;
}

function errorText({ code, plugin, message, count }: Record<string, unknown>): string {
  const words = [code, plugin, message].filter(isText).join(' ');
  return typeof count === 'number' && count > 1 ? `${words} (${count} times)` : words;
}

/** The plain facts of a section; what is nested is left to `--json`. */
function countsText(section: unknown): string {
  if (!isRecord(section)) return '';
  return factsText(Object.fromEntries(Object.entries(section).filter(([, fact]) => typeof fact !== 'object')));
}

function factsText(facts: unknown): string {
  if (!isRecord(facts)) return factText('', facts);
  return Object.entries(facts)
    .map(([name, fact]): Line => [wordsOf(name), factText(name, fact)])
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name} ${text}`)
    .join(', ');
}

/** A fact by the unit its name carries. */
function factText(name: string, fact: unknown): string {
  if (fact === undefined || fact === null) return '';
  if (Array.isArray(fact)) return fact.map((item) => itemText(name, item)).join('; ');
  if (isRecord(fact)) return factsText(fact);
  if (typeof fact === 'number' && /Ms$/.test(name)) return spanText(fact);
  if (typeof fact === 'number' && /bytes$/i.test(name)) return formatBytes(fact);
  return typeof fact === 'string' ? fact : JSON.stringify(fact);
}

/** An item of a list by its values alone: `theme-bank required open`. */
function itemText(name: string, item: unknown): string {
  if (!isRecord(item)) return factText(name, item);
  return Object.entries(item)
    .map(([key, fact]) => factText(key, fact))
    .filter((text) => text !== '')
    .join(' ');
}

/** `4 ms`, `1.5 s`, `2 d 3 h 4 min`: the two or three largest units are enough for a glance. */
function spanText(ms: number): string {
  if (ms < 1000) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.floor(ms / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds < 3600 ? seconds % 60 : 0, 's'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `uptimeMs` -> `uptime`, `budgetBytes` -> `budget`, `showHash` -> `show hash`. */
function wordsOf(name: string): string {
  return name
    .replace(/(?<=[a-z])(Ms|Bytes)$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
