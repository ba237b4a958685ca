/** What was found out about files, kept over restarts: a start that knows its files already does not ask for them again. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../core/make-folder';
import { writeFile } from '../core/write-file';
import { sameContents, sameSignature, type Signature } from './quarantine';

interface Entry<T> extends Signature {
  readonly path: string;
  readonly facts: T;
}

interface KeptFile<T> {
  readonly version: 1;
  /** What the facts hang on besides the files: a program's version, a form of the facts. */
  readonly context: string;
  /** Oldest use first. */
  readonly entries: readonly Entry<T>[];
}

export interface KeptPlace {
  /** Absolute; its folder is made. */
  readonly file: string;
  readonly context: string;
  /** Entries; the one longest unused goes first. */
  readonly most: number;
}

/** What is learnt at once is written at once. */
const WRITE_AFTER_MS = 5000;

/**
 * Main thread only. Reading and writing never throw: without a place to write, every start asks anew. Written only when something
 * new was learnt, some seconds later, and whole or not at all.
 */
export class KeptFacts<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly place: KeptPlace) {
    for (const entry of read<T>(place)) this.entries.set(entry.path, entry);
  }

  /** Undefined where nothing is known of the file as it is now. */
  get(path: string, signature: Signature): T | undefined {
    const entry = this.entries.get(path);
    const same = entry !== undefined && (entry.inode === undefined ? sameContents : sameSignature)(entry, signature);
    if (!same) return undefined;
    this.entries.delete(path);
    this.entries.set(path, { ...entry, ...signature });
    return entry.facts;
  }

  set(path: string, signature: Signature, facts: T): void {
    this.entries.delete(path);
    this.entries.set(path, { path, ...signature, facts });
    if (this.entries.size > this.place.most) this.entries.delete(this.entries.keys().next().value!);
    this.writeSoon();
  }

  delete(path: string): void {
    if (this.entries.delete(path)) this.writeSoon();
  }

  private writeSoon(): void {
    this.timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS).unref();
  }

  /** Writes what is not written yet. */
  flush(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const { file, context } = this.place;
    const entries = [...this.entries.values()].map(({ path, sizeBytes, mtimeMs, facts: known }) => {
      return { path, sizeBytes, mtimeMs, facts: known };
    });
    const content: KeptFile<T> = { version: 1, context, entries };
    try {
      makeFolder(dirname(file));
      writeFile(file, `${JSON.stringify(content)}\n`);
    } catch {
      // The next start asks anew.
    }
  }
}

function read<T>({ file, context, most }: KeptPlace): readonly Entry<T>[] {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptFile<T>;
    if (kept.version !== 1 || kept.context !== context || !Array.isArray(kept.entries)) return [];
    return (kept.entries as readonly Entry<T>[]).filter(isEntry).slice(-most);
  } catch {
    return [];
  }
}

function isEntry(entry: unknown): boolean {
  const { path, sizeBytes, mtimeMs, facts } = (entry ?? {}) as Partial<Entry<unknown>>;
  return (
    typeof path === 'string' &&
    typeof sizeBytes === 'number' &&
    typeof mtimeMs === 'number' &&
    typeof facts === 'object' &&
    facts !== null
  );
}
