/** Small reads below a root folder in which nothing missing, unreadable or odd ever throws. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A machine's files: the live ones below `/`, or a tree of the same shape elsewhere. */
export interface Tree {
  /** The file's text without NULs and outer blanks; '' where there is none. Blocks for one small read. */
  text(path: string): string;
  /** The file's bytes; none where there is no file. */
  bytes(path: string): Uint8Array;
  /** Names in a folder that match, shorter first, so that card2 comes before card10; [] where there is no folder. */
  names(path: string, pattern: RegExp): readonly string[];
  exists(path: string): boolean;
  /** Last part of where a symbolic link points, '' where there is none. In a tree it may be a plain file with the name. */
  linkName(path: string): string;
}

/** Opens the tree below `root`. */
export function openTree(root: string): Tree {
  const text = (path: string): string => {
    try {
      return readFileSync(join(root, path), 'utf8').replaceAll('\0', '').trim();
    } catch {
      return '';
    }
  };
  return {
    text,
    bytes(path) {
      try {
        return readFileSync(join(root, path));
      } catch {
        return new Uint8Array(0);
      }
    },
    names(path, pattern) {
      try {
        return readdirSync(join(root, path))
          .filter((name) => pattern.test(name))
          .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
      } catch {
        return [];
      }
    },
    exists(path) {
      try {
        statSync(join(root, path));
        return true;
      } catch {
        return false;
      }
    },
    linkName(path) {
      try {
        return basename(readlinkSync(join(root, path)));
      } catch {
        return basename(text(path));
      }
    },
  };
}
