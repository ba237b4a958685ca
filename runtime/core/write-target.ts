/** Where a path to write to leads, and how it may be written there. */
import {
  accessSync,
  constants,
  fstatSync,
  lstatSync,
  readlinkSync,
  realpathSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, VitrineError } from './errors';
import { isFolder } from './make-folder';

export type WriteTarget =
  /** A regular file, or none yet: written whole, beside and renamed. `path` has no link left in it; `stat` is of the file that is there. */
  | { readonly kind: 'file'; readonly path: string; readonly stat?: Stats }
  /** A device or a pipe: written as it is. */
  | { readonly kind: 'stream'; readonly path: string }
  /** A descriptor of this process: a file or a socket that somebody handed over. */
  | { readonly kind: 'descriptor'; readonly fd: number };

const WRITABLE_BY_OTHERS = 0o002;
const STICKY = 0o1000;
/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;
/** Where /dev/stdout and /dev/fd lead. */
const OWN_DESCRIPTOR = /^\/proc\/(?:self|\d+)\/fd\/(\d+)$/;

/** Follows the links of `file`. Throws VITRINE_E_WRITE where a write would fail, as far as can be known without one. */
export function writeTarget(file: string): WriteTarget {
  try {
    return targetOf(file, file, MOST_LINKS);
  } catch (cause) {
    if (cause instanceof VitrineError) throw cause;
    throw refusal(file, messageOf(cause), cause);
  }
}

export function refusal(file: string, because: string, cause?: unknown): VitrineError {
  return new VitrineError('VITRINE_E_WRITE', `${file} cannot be written: ${because}`, { cause });
}

function targetOf(file: string, place: string, linksLeft: number): WriteTarget {
  const folder = dirname(place);
  if (!isFolder(folder)) throw refusal(file, `there is no folder ${folder}; make it or name another one`);
  const path = join(realpathSync(folder), basename(place));
  const descriptor = ownDescriptor(path);
  if (descriptor !== undefined) return descriptorTarget(file, path, descriptor);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true) {
    if (linksLeft === 0) throw refusal(file, 'its links lead in a circle');
    requireTrusted(file, path, stat);
    return targetOf(file, resolve(dirname(path), readlinkSync(path)), linksLeft - 1);
  }
  if (stat === undefined || stat.isFile()) return fileTarget(file, path, stat);
  return streamTarget(file, path, stat);
}

function ownDescriptor(path: string): number | undefined {
  const fd = OWN_DESCRIPTOR.exec(path)?.[1];
  return fd !== undefined && dirname(path) === `/proc/${process.pid}/fd` ? Number(fd) : undefined;
}

function descriptorTarget(file: string, path: string, fd: number): WriteTarget {
  const stat = fstatSync(fd);
  // A pipe or a terminal is opened again, so that a write does not block. A file or a socket keeps its descriptor, and with it the write position.
  if (stat.isFIFO() || stat.isCharacterDevice()) return streamTarget(file, path, stat);
  if (stat.isFile() || stat.isSocket()) writeSync(fd, new Uint8Array(0));
  else throw refusal(file, 'it is neither a file nor a pipe');
  return { kind: 'descriptor', fd };
}

function fileTarget(file: string, path: string, stat: Stats | undefined): WriteTarget {
  const folder = dirname(path);
  try {
    if (stat !== undefined) accessSync(path, constants.W_OK);
  } catch (cause) {
    throw refusal(file, `it gives no right to write (${messageOf(cause)})`, cause);
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refusal(file, `${folder} gives no right to write (${messageOf(cause)})`, cause);
  }
  if (stat === undefined) return { kind: 'file', path };
  const { mode, uid } = lstatSync(folder);
  if ((mode & STICKY) !== 0 && ![stat.uid, uid, 0].includes(process.geteuid!()))
    throw refusal(file, `it belongs to another user, and ${folder} lets only that user replace it; name another file`);
  return { kind: 'file', path, stat };
}

function streamTarget(file: string, path: string, stat: Stats): WriteTarget {
  if (stat.isDirectory()) throw refusal(file, 'it is a folder; name a file in it');
  if (stat.isBlockDevice()) throw refusal(file, 'it is a disk; name a file');
  if (stat.isSocket()) throw refusal(file, 'it is a socket; name a file');
  try {
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw refusal(file, `it gives no right to write (${messageOf(cause)})`, cause);
  }
  return { kind: 'stream', path };
}

/** The rule of protected_symlinks (proc(5)), which not every kernel keeps: where everybody may put a link, only its owner's and ours count. */
function requireTrusted(file: string, path: string, link: Stats): void {
  const folder = lstatSync(dirname(path));
  if ((folder.mode & WRITABLE_BY_OTHERS) === 0) return;
  if ([process.geteuid!(), folder.uid].includes(link.uid)) return;
  throw refusal(file, `${path} is a link that another user put there; remove it or name another file`);
}
