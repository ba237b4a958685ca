/** Writes small files to what a path leads to: a file so that a power cut at any byte leaves the old one or the new one, a device or a pipe as it is. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, VitrineError } from './errors';
import { refusal, writeTarget } from './write-target';

/** A reader of a pipe that reads nothing for so long has stopped. */
const STALLED_MS = 5000;
const AGAIN_MS = 10;

/**
 * Throws VITRINE_E_WRITE where `writeFile` could not write to `file`; writes nothing. Whether anybody reads a pipe is seen at the writing only:
 * to open it would be the end of the file for who waits for it.
 */
export function requireWritable(file: string): void {
  writeTarget(file);
}

/**
 * Writes to what `file` leads to; links stay. A file that is replaced keeps its mode, and its owner where that can be. Throws VITRINE_E_WRITE,
 * and a file is as it was. Blocks, at a pipe for some seconds at most.
 */
export function writeFile(file: string, content: string | Uint8Array): void {
  const target = writeTarget(file);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    if (target.kind === 'file') replaceFile(target.path, target.stat, bytes);
    else if (target.kind === 'stream') writeStream(file, target.path, bytes);
    else writeAll(file, target.fd, bytes);
  } catch (cause) {
    if (cause instanceof VitrineError) throw cause;
    const remedy = target.kind === 'file' ? '; check its folder and the free space' : '';
    throw new VitrineError('VITRINE_E_WRITE', `${file} could not be written (${messageOf(cause)})${remedy}`, { cause });
  }
}

/** Writes beside, syncs, renames, syncs the folder. */
function replaceFile(path: string, old: Stats | undefined, bytes: Uint8Array): void {
  const folder = dirname(path);
  const beside = join(folder, `.vitrine-${randomBytes(8).toString('hex')}`);
  // Never one that is there already, never through a link (open(2): O_EXCL).
  const fd = openSync(beside, 'wx', old === undefined ? 0o644 : 0o600);
  try {
    try {
      if (old !== undefined) takeAfter(fd, old);
      writeAll(path, fd, bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, path);
  } catch (cause) {
    unlinkSync(beside);
    throw cause;
  }
  const folderFd = openSync(folder, 'r');
  try {
    fsyncSync(folderFd);
  } finally {
    closeSync(folderFd);
  }
}

function takeAfter(fd: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(fd, uid, gid);
  } catch {
    // Only root gives files away.
  }
  fchmodSync(fd, mode & 0o777);
}

function writeStream(file: string, path: string, bytes: Uint8Array): void {
  let fd: number;
  try {
    // Not waiting: opening a pipe would last until somebody reads it.
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENXIO') throw cause;
    throw refusal(file, 'nobody reads it; start its reader first', cause);
  }
  try {
    writeAll(file, fd, bytes);
  } finally {
    closeSync(fd);
  }
}

function writeAll(file: string, fd: number, bytes: Uint8Array): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let stalledMs = 0;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
      stalledMs = 0;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause;
      if (stalledMs >= STALLED_MS) throw refusal(file, `its reader has read nothing for ${STALLED_MS / 1000} s`, cause);
      Atomics.wait(pause, 0, 0, AGAIN_MS);
      stalledMs += AGAIN_MS;
    }
  }
}
