/** Claims a socket path for this instance: at most one holds it, a dead one's socket is taken over. */
import { chownSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { messageOf, VitrineError } from '../core/errors';
import type { Log } from '../core/log';
import { CONTROL_GROUP, localGroupId } from './group';
import type { Who } from './socket-folder';
import { lockStart } from './start-lock';

/** Owner and group may read and write, which connecting needs (unix(7)); nobody else. */
const NOT_FOR_OTHERS = 0o117;

/**
 * Makes `server` listen at `path`, whose folder is ready; `ownSocket` is where this user's socket is when none is set. Rejects with VITRINE_E_CONTROL when an instance answers there, or the path is not
 * ours to use; then nothing was changed.
 */
export async function claimSocket(
  server: Server,
  path: string,
  ownSocket: string,
  who: Who,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const unlock = await lockStart(path, ownSocket, who, signal);
  try {
    await clearStale(path, log);
    signal.throwIfAborted();
    await listen(server, path);
    giveToGroup(path, log);
  } finally {
    unlock();
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
