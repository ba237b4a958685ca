/** Documents a person wrote: YAML (so JSON too) with the line and column of every field and every mistake. */
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
} from 'yaml';
import type { Issue } from './errors';
import { messageOf } from './errors';
import { tooDeepAt } from './nesting';
import { readBounded } from './read-file';

/** Path of a field: keys and indices from the root. */
export type FieldPath = readonly (string | number)[];

export interface SourceDocument {
  readonly file: string;
  readonly text: string;
  /** The file's bytes as they were read; of text, its UTF-8 bytes. */
  readonly bytes: Uint8Array;
  /** Plain data; undefined when there are issues or the document is empty. */
  readonly value: unknown;
  /** Syntax errors, duplicate keys, tabs, aliases that explode: all of them. */
  readonly issues: readonly Issue[];
  /** Where a field stands; of a field that is not there, its nearest parent. `key` points at the key, not the value. */
  place(path: FieldPath, what?: 'key' | 'value'): { line: number; column: number };
}

/**
 * A show or a configuration larger than this is a mistake. It is room for 8,000 cues of one line each: one for every ten seconds of a day.
 * The parser takes some 200 bytes of memory for each byte of it.
 */
const LARGEST_BYTES = 512 * 1024;

/** Aliases are expanded at most this often, so that a small file cannot become a large one (yaml's own default). */
const MOST_ALIASES = 100;

/** A colour that YAML takes for a comment. */
const UNQUOTED_COLOUR = /:[ \t]+#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})\b/i;

/** Text of a file, with its bytes as they were read; or what is wrong with it. */
export type SourceText =
  { readonly text: string; readonly bytes: Uint8Array; readonly issue?: undefined } | { readonly issue: Issue };

/** Reads a file as text. Blocks for small reads; never throws for what it finds. */
export function readText(file: string): SourceText {
  const bytes = readBounded(file, LARGEST_BYTES);
  if (!(bytes instanceof Uint8Array)) return { issue: bytes };
  try {
    // Drops a byte order mark.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), bytes };
  } catch {
    return { issue: { file, message: 'is not UTF-8 text', remedy: 'save it as UTF-8' } };
  }
}

/** Reads and parses a file. A file that cannot be read is an issue, not a throw. */
export function readDocument(file: string): SourceDocument {
  return documentOf(file, readText(file));
}

/** Parses what was read from `file`. */
export function documentOf(file: string, source: SourceText): SourceDocument {
  return source.issue === undefined ? parseSource(file, source.text, source.bytes) : unreadable(file, source.issue);
}

/** Parses text that came from `file`. */
export function parseSource(file: string, text: string, bytes: Uint8Array = Buffer.from(text)): SourceDocument {
  const lines = new LineCounter();
  const deepAt = tooDeepAt(text);
  const document = parseDocument(deepAt === undefined ? text : '', {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: false,
  });
  const issues: Issue[] = [];
  const colourAt = document.errors.length === 0 ? -1 : text.search(UNQUOTED_COLOUR);
  if (colourAt >= 0) {
    const { line, col } = lines.linePos(text.indexOf('#', colourAt));
    const colour = /#\w+/.exec(text.slice(colourAt))![0];
    const message = `${colour} is not read: a # behind a blank begins a comment`;
    issues.push({ file, line, column: col, message, remedy: `write it in quotes: '${colour}'` });
  }
  const complaints = [...document.errors, ...document.warnings].map((error): Issue => {
    const { line, col } = lines.linePos(error.pos[0]);
    const remedy = remedyFor(error.code, error.message);
    return {
      file,
      line,
      column: col,
      message: error.message.split('\n')[0] ?? '',
      ...(remedy === undefined ? {} : { remedy }),
    };
  });
  // One mistake is often met more than once.
  const keyOf = ({ line, column, message }: Issue): string => `${line}:${column} ${message}`;
  issues.push(...new Map(complaints.map((issue) => [keyOf(issue), issue])).values());
  if (deepAt !== undefined) {
    const before = text.slice(0, deepAt).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    issues.push({
      file,
      line: before.length,
      column,
      message: 'is nested too deeply',
      remedy: 'is this the right file?',
    });
  }
  visit(document, {
    Pair(_, { key }) {
      if (!isCollection(key) && !isAlias(key)) return;
      const { line, col } = lines.linePos(key.range?.[0] ?? 0);
      issues.push({
        file,
        line,
        column: col,
        message: 'a key must be plain text',
        remedy: 'write a name before the colon',
      });
    },
  });
  let value: unknown;
  if (issues.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch (cause) {
      issues.push({ file, line: 1, column: 1, message: messageOf(cause), remedy: 'write the repeated part out' });
    }
  }
  const place: SourceDocument['place'] = (path, what = 'value') => {
    const { line, col } = lines.linePos(offsetOf(document, path, what));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return { file, text, bytes, value, issues, place };
}

function unreadable(file: string, issue: Issue): SourceDocument {
  return {
    file,
    text: '',
    bytes: new Uint8Array(),
    value: undefined,
    issues: [issue],
    place: () => ({ line: 1, column: 1 }),
  };
}

function remedyFor(code: string, message: string): string | undefined {
  if (code === 'DUPLICATE_KEY') return 'keep one of them';
  if (code === 'TAB_AS_INDENT' || /tab/i.test(message)) return 'indent with spaces';
  if (code === 'BAD_INDENT') return 'line it up with its neighbours';
  return undefined;
}

function offsetOf(document: Document, path: FieldPath, what: 'key' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    let next: Node | null = null;
    if (isMap(node)) {
      const pair = node.items.find((item) => (isScalar(item.key) ? String(item.key.value) : '') === String(step));
      if (pair === undefined) return offset;
      const key = pair.key as Node | null;
      if (last && what === 'key') return key?.range?.[0] ?? offset;
      next = pair.value as Node | null;
      offset = next?.range?.[0] ?? key?.range?.[0] ?? offset;
    } else if (isSeq(node)) {
      next = (node.items[Number(step)] as Node | undefined) ?? null;
      if (next === null) return offset;
      offset = next.range?.[0] ?? offset;
    } else return offset;
    node = next;
  }
  return offset;
}

/** `cuelist.cues[0].duration`. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
