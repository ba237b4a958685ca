/** Whether the socket of an instance is one that a caller may trust, where nobody named it. */
import { lstatSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { SERVICE_SOCKET } from './socket-path';

const WRITABLE_BY_OTHERS = 0o002;

/** True where somebody is there who may be neither this user, nor root, nor the service; false also where nobody is. */
export function isStrange(socketPath: string, uid: number): boolean {
  const folder = look(dirname(socketPath), statSync);
  const socket = look(socketPath, lstatSync);
  if (folder === undefined || socket === undefined) return false;
  // Only root and who runs the service get a folder in /run.
  const trusted = socketPath === SERVICE_SOCKET ? [uid, 0, folder.uid] : [uid, 0];
  const isOpen = (folder.mode & WRITABLE_BY_OTHERS) !== 0;
  return isOpen || !trusted.includes(folder.uid) || !trusted.includes(socket.uid);
}

function look(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path);
  } catch {
    return undefined;
  }
}
