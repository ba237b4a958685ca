/** Claims a socket path for this instance: at most one holds it, a dead one's socket is taken over. */
import { createHash } from 'node:crypto';
import { chownSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';
import { delay } from '../core/clock';
import { messageOf, VitrineError } from '../core/errors';
import type { Log } from '../core/log';
import { CONTROL_GROUP, localGroupId } from './group';

/** Another start holds the lock for milliseconds; after this long something is wrong with it. */
const LOCK_WAIT_MS = 3000;
const LOCK_RETRY_MS = 20;

/** Owner and group may read and write, which connecting needs (unix(7)); nobody else. */
const NOT_FOR_OTHERS = 0o117;

/**
 * Makes `server` listen at `path`. Rejects with VITRINE_E_CONTROL when an instance answers there, or the path is not
 * ours to use; then nothing was changed.
 */
export async function claimSocket(server: Server, path: string, log: Log, signal: AbortSignal): Promise<void> {
  const lock = await lockPath(path, signal);
  try {
    await clearStale(path, log);
    signal.throwIfAborted();
    await listen(server, path);
    giveToGroup(path, log);
  } finally {
    await new Promise<void>((resolve) => lock.close(() => resolve()));
  }
}

/**
 * Two starts must not both find the socket stale and both take it. The lock is a socket in Linux's abstract name space: to
 * bind it is atomic, and it ends with its process, so that it never becomes stale itself. Its name comes from the folder's
 * identity: all spellings of a path lock the same. It is seen within one network namespace only.
 */
async function lockPath(path: string, signal: AbortSignal): Promise<Server> {
  const { dev, ino } = statSync(dirname(path));
  const place = createHash('sha256')
    .update(`${dev}:${ino}:${basename(path)}`)
    .digest('hex')
    .slice(0, 32);
  for (let waitedMs = 0; ; waitedMs += LOCK_RETRY_MS) {
    const lock = createServer((socket) => socket.destroy());
    try {
      await listen(lock, `\0vitrine-start-${place}`);
      return lock;
    } catch (cause) {
      if (!isTaken(cause)) throw cause;
      if (waitedMs >= LOCK_WAIT_MS) throw refuse(`another instance is starting at ${path}; try again`, cause);
    }
    await delay(LOCK_RETRY_MS, signal);
  }
}

/** Removes the socket of an instance that is no more. */
async function clearStale(path: string, log: Log): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw refuse(`${path} exists and is not a socket; move it away or set control.socket`);
  const outcome = await probeSocket(path);
  if (outcome === 'answers') {
    throw refuse(`an instance is already running at ${path}; end it (vitrine stop) or set another control.socket`);
  }
  if (outcome === 'forbidden') throw refuse(`${path} belongs to somebody else; set control.socket`);
  if (outcome === 'absent') return;
  try {
    unlinkSync(path);
  } catch (cause) {
    throw refuse(`the socket ${path} of an ended instance cannot be removed (${messageOf(cause)})`, cause);
  }
  log.info('took over the socket of an ended instance', { path });
}

/** Whether somebody accepts at a socket. A full backlog (EAGAIN) is somebody who is busy. */
export function probeSocket(path: string): Promise<'answers' | 'stale' | 'absent' | 'forbidden'> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve('answers');
    });
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ECONNREFUSED') resolve('stale');
      else if (cause.code === 'ENOENT') resolve('absent');
      else if (cause.code === 'EACCES' || cause.code === 'EPERM') resolve('forbidden');
      else resolve('answers');
    });
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(refuse(`cannot listen at ${path} (${messageOf(cause)})`, cause));
    server.once('error', fail);
    // The path is bound before listen returns: never, not even for a moment, may others connect.
    const umaskBefore = process.umask(NOT_FOR_OTHERS);
    try {
      server.listen({ path }, () => {
        server.off('error', fail);
        resolve();
      });
    } finally {
      process.umask(umaskBefore);
    }
  });
}

function isTaken(cause: unknown): boolean {
  return cause instanceof VitrineError && (cause.cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

function giveToGroup(path: string, log: Log): void {
  const group = localGroupId(CONTROL_GROUP);
  if (group === undefined) return;
  try {
    chownSync(path, -1, group);
  } catch (cause) {
    log.warn('only this user can use the control socket', { path, group: CONTROL_GROUP, because: messageOf(cause) });
  }
}

function refuse(message: string, cause?: unknown): VitrineError {
  return new VitrineError('VITRINE_E_CONTROL', message, { cause });
}
