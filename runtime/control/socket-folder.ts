/** The folder of the control socket: made where it is missing, and trusted only where no other user can swap the socket. */
import { chmodSync, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, VitrineError } from '../core/errors';
import { makeFolder } from '../core/make-folder';
import { CONTROL_GROUP, localGroupId } from './group';
import { LONGEST_SOCKET_PATH_BYTES, SERVICE_SOCKET } from './socket-path';

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_OTHERS = 0o002;
const STICKY = 0o1000;

/** What `stat` says of a file or folder. */
export interface Owned {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Who listens or calls. */
export interface Who {
  readonly uid: number;
  /** Groups whose members it trusts. */
  readonly groups: readonly number[];
}

/** This process, which trusts its own groups, that of root, and the one that may use the service's socket. */
export function thisProcess(): Who {
  const groups = [process.getegid!(), ...process.getgroups!(), 0, localGroupId(CONTROL_GROUP)];
  return { uid: process.geteuid!(), groups: groups.filter((group) => group !== undefined) };
}

/** Readies the folder of `socketPath`. Throws VITRINE_E_CONTROL where the socket would not be safe there. */
export function prepareSocketFolder(socketPath: string, who: Who): void {
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
    // Whoever owns a link in /tmp may lead it elsewhere at any time.
    stat = folder === `/tmp/vitrine-${who.uid}` ? lstatSync(folder) : statSync(folder);
  } catch (cause) {
    throw refuse(`${folder} cannot be made (${messageOf(cause)}); set control.socket to a path you may write`, cause);
  }
  if (folder === `/tmp/vitrine-${who.uid}` && stat.isDirectory() && stat.uid === who.uid) {
    if ((stat.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
    return;
  }
  const fault = folderFault(stat, who);
  if (fault !== undefined || !stat.isDirectory())
    throw refuse(`${folder} ${fault ?? 'is no folder; set control.socket'}`);
}

/** Why a socket would not be safe in a folder, and what to do; undefined where it is. */
export function folderFault({ uid, gid, mode }: Owned, who: Who): string | undefined {
  if (uid !== who.uid && uid !== 0)
    return `belongs to another user (number ${uid}), who could put another socket there; start as that user, remove it, or set control.socket`;
  // Where everybody may write but nobody remove what is another's, as in /tmp.
  if ((mode & STICKY) !== 0) return undefined;
  if ((mode & WRITABLE_BY_OTHERS) !== 0)
    return 'may be written by everybody; take that right away (chmod o-w) or set control.socket';
  if ((mode & WRITABLE_BY_GROUP) !== 0 && !who.groups.includes(gid))
    return `may be written by a group of others (number ${gid}); take that right away (chmod g-w) or set control.socket`;
  return undefined;
}

function refuse(message: string, cause?: unknown): VitrineError {
  return new VitrineError('VITRINE_E_CONTROL', message, { cause });
}
