/** A print of all files a show plays: it is another one as soon as any of them comes, goes or is replaced. */
import { createHash, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { MediaFiles } from './media-files';
import type { Show } from './types';

/** Files looked at together: enough to be quick, few enough to leave threads for decoding. */
const AT_ONCE = 2;

/** Looks at every file. Never rejects for what it finds. */
export async function mediaPrint(show: Show, media: MediaFiles): Promise<string> {
  const hash = createHash('sha256');
  const files = new Set(show.cuelist.cues.flatMap(({ sounds = [] }) => sounds.map(({ file }) => file)));
  for (const [name, { images, videos }] of Object.entries(show.themes)) {
    for (const [globs, kind] of [[images, 'picture'] as const, [videos, 'clip'] as const]) {
      const found = globs.length === 0 ? [] : (await media.resolve(show.folder, globs, kind).catch(beyondBounds)).files;
      hash.update(`${JSON.stringify([name, kind, found])}\n`);
      for (const file of found) files.add(file);
    }
  }
  const all = [...files].sort();
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const states = await Promise.all(some.map(async (file) => `${JSON.stringify(file)} ${await stateOf(file)}\n`));
    for (const state of states) hash.update(state);
  }
  return hash.digest('hex');
}

/** Files that cannot be listed are never those of another print. */
const beyondBounds = (): { readonly files: readonly string[] } => ({ files: [randomUUID()] });

async function stateOf(file: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return 'not there';
  }
}
