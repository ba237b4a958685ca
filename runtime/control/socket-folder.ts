/** The folder of the control socket: made where it is missing, and trusted only where no other user can swap the socket. */
import { chmodSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, VitrineError } from '../core/errors';
import { makeFolder } from '../core/make-folder';
import { LONGEST_SOCKET_PATH_BYTES, SERVICE_SOCKET } from './socket-path';

const WRITABLE_BY_OTHERS = 0o002;
const STICKY = 0o1000;

/** Readies the folder of `socketPath`. Throws VITRINE_E_CONTROL where the socket would not be safe there. */
export function prepareSocketFolder(socketPath: string, uid: number): void {
  const bytes = Buffer.byteLength(socketPath);
  if (bytes > LONGEST_SOCKET_PATH_BYTES) {
    throw refuse(
      `the socket path is ${bytes} bytes long, more than ${LONGEST_SOCKET_PATH_BYTES}; choose a shorter one`,
    );
  }
  const folder = dirname(socketPath);
  // The group `vitrine` must get through to the service's socket; nobody else to a user's own.
  const mode = socketPath === SERVICE_SOCKET ? 0o755 : 0o700;
  let stat;
  try {
    makeFolder(folder, mode);
    stat = lstatSync(folder);
  } catch (cause) {
    throw refuse(`${folder} cannot be made (${messageOf(cause)}); set control.socket to a path you may write`, cause);
  }
  if (folder === `/tmp/vitrine-${uid}`) {
    if (!stat.isDirectory() || stat.uid !== uid) {
      throw refuse(`${folder} belongs to somebody else; remove it or set control.socket`);
    }
    if ((stat.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
  } else if ((stat.mode & WRITABLE_BY_OTHERS) !== 0 && (stat.mode & STICKY) === 0) {
    throw refuse(`${folder} may be written by everybody; take that right away (chmod o-w) or set control.socket`);
  }
}

function refuse(message: string, cause?: unknown): VitrineError {
  return new VitrineError('VITRINE_E_CONTROL', message, { cause });
}
