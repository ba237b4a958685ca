/** Globs: from what a theme names to the picture or clip files on the disk, and to the folders that decide about them. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { escapePath, glob, isDynamicPattern } from 'tinyglobby';
import type { Issue } from '../core/errors';
import { expandHome } from '../core/paths';
import { FolderWalk, WALK_BOUNDS, type WalkBounds } from './folder-walk';
import type { MediaFiles, ResolvedMedia } from './media-files';
import { inNaturalOrder } from './natural-order';
import { extensionOf, isMedia, isPicture, isUnreadablePicture, type MediaKind } from './media-kinds';

/**
 * Files of a kind that `globs` name, relative to `folder` (absolute). A glob is a file, a folder (all of the kind below it), a
 * glob, or `!glob`, which leaves out what the others found (a file named as such stays). Hidden files are left out unless
 * their dot is written; extensions match in either case. Reads folders only, no files. Rejects with VITRINE_E_SHOW where they name more than the
 * bounds of a walk, and when the signal is aborted; for nothing else that it finds.
 */
export async function resolveMedia(
  folder: string,
  globs: readonly string[],
  kind: MediaKind = 'picture',
  signal?: AbortSignal,
  bounds: WalkBounds = WALK_BOUNDS,
): Promise<ResolvedMedia> {
  const walk = new FolderWalk(folder, globs, kind, bounds, signal);
  return walk.within(() => resolveWith(walk, folder, globs, kind));
}

/** The service whose walks end with a signal. */
export const mediaFiles = (signal?: AbortSignal): MediaFiles => ({
  resolve: (folder, globs, kind) => resolveMedia(folder, globs, kind, signal),
});

async function resolveWith(
  walk: FolderWalk,
  folder: string,
  globs: readonly string[],
  kind: MediaKind,
): Promise<ResolvedMedia> {
  const named: string[] = [];
  const patterns: string[] = [];
  for (const given of globs) {
    if (given.startsWith('!')) {
      patterns.push(`!${await absolutePattern(folder, expandHome(given.slice(1)))}`);
      continue;
    }
    const written = expandHome(given);
    const path = resolve(folder, written);
    const type = await kindOf(path);
    if (type === 'file') {
      named.push(path);
      walk.folders.add(dirname(path));
    } else if (type === 'folder') {
      await walk.begin(path);
      patterns.push(`${escapePath(path)}/**/*`);
    } else {
      const nearest = await nearestFolder(path);
      await walk.begin(nearest);
      walk.folders.add(nearest);
      if (isDynamicPattern(written)) patterns.push(await absolutePattern(folder, written));
      else walk.warn({ file: path, message: 'is not there', remedy: 'check the name' });
    }
  }
  // Patterns are absolute. From a folder below the one where they begin, tinyglobby would not come back into that folder.
  const matched = patterns.some((pattern) => !pattern.startsWith('!'))
    ? await glob(patterns, { cwd: '/', absolute: true, expandDirectories: false, fs: { readdir: walk.readdir } })
    : [];
  const found = [...named, ...matched];
  for (const file of named) walk.links.add(file);
  const realFolders = await Promise.all([...walk.folders].map((path) => realpath(path).catch(() => path)));
  return {
    files: await eachOnce(
      inNaturalOrder(new Set(found.filter((file) => isMedia(kind, file) || (kind === 'clip' && named.includes(file))))),
      walk.links,
    ),
    folders: inNaturalOrder(new Set(realFolders)),
    warnings: [...walk.warnings, ...(kind === 'picture' ? unreadableKinds(found, named) : [])],
  };
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'pattern'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'pattern';
  }
}

/** The nearest folder above `path` that is there: where something that is missing would come to light. */
async function nearestFolder(path: string): Promise<string> {
  const above = dirname(path);
  return above === path || (await kindOf(above)) === 'folder' ? above : nearestFolder(above);
}

/**
 * A pattern from the root on. Its first folders are names where folders of just these names are there, whatever they would mean in a
 * pattern (`[2024] Summer/*.jpg`); and parentheses are names unless they follow one of `!?*+@`.
 */
async function absolutePattern(folder: string, pattern: string): Promise<string> {
  const parts = pattern.split('/');
  let path = pattern.startsWith('/') ? '/' : folder;
  let names = 0;
  while (names < parts.length - 1 && (await kindOf(join(path, parts[names]!))) === 'folder')
    path = join(path, parts[names++]!);
  const rest = anyCase(parts.slice(names).join('/')).replace(/(?<![!?*+@\\])\(([^()/]*)\)/g, '\\($1\\)');
  return `${path === '/' ? '' : escapePath(path)}/${rest}`;
}

/** `*.{jpg,png}` -> `*.{[jJ][pP][gG],[pP][nN][gG]}`: cameras write extensions in capitals. */
function anyCase(pattern: string): string {
  return pattern.replace(/\.[a-z0-9{},]+$/i, (extension) =>
    extension.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`),
  );
}

/** Leaves out files that were reached before, through a link to a file or to a folder (of a circle, too). */
async function eachOnce(files: readonly string[], links: ReadonlySet<string>): Promise<string[]> {
  if (links.size === 0) return [...files];
  const realFolders = new Map<string, Promise<string>>();
  const realOf = async (file: string): Promise<string> => {
    const folder = dirname(file);
    const realFolder = realFolders.get(folder) ?? realpath(folder).catch(() => folder);
    realFolders.set(folder, realFolder);
    const path = join(await realFolder, basename(file));
    return links.has(path) || links.has(file) ? realpath(path).catch(() => path) : path;
  };
  const kept = new Map<string, string>();
  const reals = await Promise.all(files.map(realOf));
  for (const [index, file] of files.entries()) {
    const real = reals[index]!;
    const other = kept.get(real);
    // The file itself goes before a link to it, and the shorter way before the longer.
    if (other === undefined || file === real || (other !== real && file.length < other.length)) kept.set(real, file);
  }
  const names = new Set(kept.values());
  return files.filter((file) => names.has(file));
}

function unreadableKinds(found: readonly string[], named: readonly string[]): Issue[] {
  const byKind = new Map<string, string[]>();
  for (const file of found) {
    if (isPicture(file) || (!isUnreadablePicture(file) && !named.includes(file))) continue;
    const kind = extensionOf(file);
    byKind.set(kind, [...(byKind.get(kind) ?? []), file]);
  }
  return [...byKind].map(([kind, files]) => ({
    file: files[0]!,
    message: `is skipped${files.length > 1 ? `, as are ${files.length - 1} more` : ''}: .${kind} is not a kind of picture that can be shown`,
    remedy: 'convert to jpg, png, webp or avif',
  }));
}
