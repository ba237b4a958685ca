/** The lock of a start: of several starts at one socket path, one at a time looks who is there and listens. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { delay } from '../core/clock';
import { messageOf, VitrineError } from '../core/errors';
import { foreign, koffi, library } from '../core/foreign';
import { prepareSocketFolder, type Who } from './socket-folder';

/** Another start holds the lock for milliseconds; after this long something is wrong with it. */
const LOCK_WAIT_MS = 3000;
const LOCK_RETRY_MS = 20;

// fcntl.h
const LOCK_EX = 2;
const LOCK_NB = 4;
const EWOULDBLOCK = 11;

const WRITABLE_BY_MORE = 0o022;

/**
 * Takes the lock; resolves to the act of giving it back. Rejects with VITRINE_E_CONTROL where another start keeps it.
 *
 * The lock is `flock` on a file: the kernel gives it back when its process ends, however that happens, so that no crash and no reboot leaves it
 * taken. A file made with O_EXCL would have to be judged by the process that its text names, which may be another one by now; a socket in the abstract name
 * space may be bound by any user, for as long as that user likes. The file lies where no other user can open it, or put anything in its
 * place: beside the socket, or beside `ownSocket` where more than one user may write there.
 */
export async function lockStart(
  socketPath: string,
  ownSocket: string,
  who: Who,
  signal: AbortSignal,
): Promise<() => void> {
  const file = lockFile(socketPath, ownSocket, who);
  for (let waitedMs = 0; ; waitedMs += LOCK_RETRY_MS) {
    const fd = tryLock(file, socketPath);
    if (fd !== undefined) {
      return () => {
        rmSync(file, { force: true });
        closeSync(fd);
      };
    }
    if (waitedMs >= LOCK_WAIT_MS) {
      throw new VitrineError('VITRINE_E_CONTROL', `another instance is starting at ${socketPath}; try again`);
    }
    await delay(LOCK_RETRY_MS, signal);
  }
}

/** All spellings of a path have the same lock. */
function lockFile(socketPath: string, ownSocket: string, who: Who): string {
  const { dev, ino, mode } = statSync(dirname(socketPath));
  if ((mode & WRITABLE_BY_MORE) === 0) return join(dirname(socketPath), `.${basename(socketPath)}.lock`);
  prepareSocketFolder(ownSocket, who);
  const place = createHash('sha256')
    .update(`${dev}:${ino}:${basename(socketPath)}`)
    .digest('hex')
    .slice(0, 32);
  return join(dirname(ownSocket), `.${place}.lock`);
}

function openLock(file: string, socketPath: string): number {
  try {
    return openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (cause) {
    const because = `${file}, which a start at ${socketPath} needs, cannot be opened (${messageOf(cause)})`;
    throw new VitrineError('VITRINE_E_CONTROL', `${because}; set control.socket to a path you may write`, { cause });
  }
}

/** Undefined where another start has it. */
function tryLock(file: string, socketPath: string): number | undefined {
  const flock = foreign<[number, number], number>(library(null), 'int flock(int fd, int operation)');
  const fd = openLock(file, socketPath);
  const errno = flock(fd, LOCK_EX | LOCK_NB) === 0 ? 0 : koffi().errno();
  // A holder removes the file before it lets go of it: then what was locked is not there any more.
  if (errno === 0 && statSync(file, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) return fd;
  closeSync(fd);
  if (errno === 0 || errno === EWOULDBLOCK) return undefined;
  const because = `${file} cannot be locked (error ${errno})`;
  throw new VitrineError('VITRINE_E_CONTROL', `${because}; set control.socket to a path on another disk`);
}
