/** Files that a person names, read whole: regular files only, never more than a bound, and never waiting for one that does not answer. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { messageOf, type Issue } from './errors';

/** Of the bytes that are read at a time. */
const STEP_BYTES = 64 * 1024;

/** The bytes of a file of at most `mostBytes`, else what is wrong with it. Never throws, never blocks for long. */
export function readBounded(file: string, mostBytes: number): Uint8Array | Issue {
  let open: number | undefined;
  try {
    // Looked at before it is opened: opening a device may set something going. And after: it may have been replaced.
    const wrong = wrongKind(file, statSync(file));
    if (wrong !== undefined) return wrong;
    open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const opened = fstatSync(open);
    return wrongKind(file, opened) ?? bytesOf(file, open, opened.size, mostBytes);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EAGAIN') return issueOf(file, 'a stream of the system');
    return { file, message: `cannot be read (${messageOf(cause)})`, remedy: 'check the path and the rights' };
  } finally {
    if (open !== undefined) closeSync(open);
  }
}

function bytesOf(file: string, open: number, size: number, mostBytes: number): Uint8Array | Issue {
  const remedy = 'is this the right file?';
  if (size > mostBytes) return { file, message: `is ${size} bytes long, more than ${mostBytes}`, remedy };
  const steps: Buffer[] = [];
  let bytes = 0;
  while (bytes <= mostBytes) {
    const step = Buffer.allocUnsafe(STEP_BYTES);
    const read = readSync(open, step, 0, STEP_BYTES, null);
    if (read === 0) return Buffer.concat(steps, bytes);
    steps.push(step.subarray(0, read));
    bytes += read;
  }
  return { file, message: `is longer than ${mostBytes} bytes`, remedy };
}

function wrongKind(file: string, stats: Stats): Issue | undefined {
  return stats.isFile() ? undefined : issueOf(file, kindOf(stats));
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

const issueOf = (file: string, kind: string): Issue => ({
  file,
  message: `is ${kind}, not a file`,
  remedy: 'name a file',
});
