/** The signature of a file: what tells one state of it from another, read from the disk. */
import { stat } from 'node:fs/promises';
import type { Signature } from './quarantine';

/** `gone` when there is no such file; `unreadable` for what is no regular file or cannot be looked at. Never rejects. */
export async function signatureOf(path: string): Promise<Signature | 'gone' | 'unreadable'> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return 'unreadable';
    return { sizeBytes: found.size, mtimeMs: found.mtimeMs, changedMs: found.ctimeMs, inode: found.ino };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'gone' : 'unreadable';
  }
}
