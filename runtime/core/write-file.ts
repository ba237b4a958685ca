/** Writes small files so that a power cut at any byte leaves the old one or the new one, never half of one. */
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, VitrineError } from './errors';

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
