/** Writes small files so that a power cut at any byte leaves the old one or the new one, never half of one. */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, VitrineError } from './errors';

/** Throws VITRINE_E_WRITE where `writeFileAtomically` could not write to the folder of `file`; writes nothing. */
export function requireWritable(file: string): void {
  const refuse = (because: string): never => {
    throw new VitrineError('VITRINE_E_WRITE', `${file} cannot be written: ${because}`);
  };
  const folder = dirname(file);
  if (isFolder(file)) refuse('it is a folder; name a file in it');
  if (!isFolder(folder)) refuse(`there is no folder ${folder}; make it or name another one`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    refuse(`${folder} gives no right to write (${messageOf(cause)})`);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Writes beside, syncs, renames, syncs the folder. Throws VITRINE_E_WRITE and leaves the old file as it was. Blocks. */
export function writeFileAtomically(file: string, content: string | Uint8Array): void {
  const beside = `${file}.${process.pid}.new`;
  try {
    const fd = openSync(beside, 'w', 0o644);
    try {
      writeSync(fd, content as string);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, file);
    const folder = openSync(dirname(file), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch (cause) {
    try {
      unlinkSync(beside);
    } catch {
      // It was never made.
    }
    throw new VitrineError(
      'VITRINE_E_WRITE',
      `${file} could not be written (${messageOf(cause)}); check its folder and the free space`,
      { cause },
    );
  }
}
