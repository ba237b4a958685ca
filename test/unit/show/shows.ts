/** Shows for tests: the smallest valid one, and parsing of its variations. */
import { formatIssue } from '../../../runtime/core/errors';
import { parseShowText } from '../../../runtime/show/parse';
import type { Show } from '../../../runtime/show/types';

export const SMALLEST = {
  version: 1,
  name: 'Smallest',
  themes: { forest: { images: ['*.jpg'] } },
  scenes: { slides: { themes: ['forest'] } },
  cuelist: { cues: [{ name: 'day', duration: '1h', scenes: [{ scene: 'slides' }] }] },
};

/** The smallest show with one field set (or, undefined, left out), as the text of a file. */
export function variation(path: readonly (string | number)[], value: unknown): string {
  const show = structuredClone(SMALLEST) as Record<string | number, unknown>;
  let parent = show;
  for (const step of path.slice(0, -1)) parent = (parent[step] ??= {}) as Record<string | number, unknown>;
  parent[path.at(-1)!] = value;
  return JSON.stringify(show);
}

/** The issues of a text as a person sees them. */
export function issuesOf(text: string): string[] {
  return (parseShowText('show.yaml', text).issues ?? []).map(formatIssue);
}

/** The issues of one variation, without their places. */
export function issuesWith(path: readonly (string | number)[], value: unknown): string[] {
  return issuesOf(variation(path, value)).map((line) => line.replace(/^show\.yaml:\d+:\d+: /, ''));
}

/** The show of a text that is valid. */
export function validShow(text: string): Show {
  const { show } = parseShowText('show.yaml', text);
  if (show === undefined) throw new Error(issuesOf(text).join('\n'));
  return show;
}
