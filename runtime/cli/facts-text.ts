/** Facts in words: plain data with its units, as people read it. Pure. */
import { isRecord } from '../control/protocol';
import { formatBytes } from '../options/units';

export type Line = readonly [name: string, text: string];

/** The plain facts of a section; what is nested is left to `--json`. */
export function countsText(section: unknown): string {
  if (!isRecord(section)) return '';
  return factsText(Object.fromEntries(Object.entries(section).filter(([, fact]) => typeof fact !== 'object')));
}

export function factsText(facts: unknown): string {
  if (!isRecord(facts)) return factText('', facts);
  return Object.entries(facts)
    .map(([name, fact]): Line => [wordsOf(name), factText(name, fact)])
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name} ${text}`)
    .join(', ');
}

/** A fact by the unit its name carries. */
export function factText(name: string, fact: unknown): string {
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
export function spanText(ms: number): string {
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
export function wordsOf(name: string): string {
  return name
    .replace(/(?<=[a-z])(Ms|Bytes)$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
