/** Pipes whose ends are plain descriptors: one for a child, one for a thread that reads it blocking. */
import { closeSync } from 'node:fs';
import { foreign, library } from '../core/foreign';

const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;
/** What the kernel allows everybody (pipe-max-size): fewer, larger reads. */
const PIPE_BYTES = 1 << 20;

interface Libc {
  readonly pipe2: (ends: Int32Array, flags: number) => number;
  readonly fcntl: (descriptor: number, command: number, argument: number) => number;
}

let libc: Libc | undefined;

function load(): Libc {
  const libc = library('libc.so.6');
  return {
    pipe2: foreign(libc, 'int pipe2(int *ends, int flags)'),
    fcntl: foreign(libc, 'int fcntl(int descriptor, int command, int argument)'),
  };
}

export interface Pipe {
  readonly readFd: number;
  readonly writeFd: number;
}

/** Neither end is inherited but by a child that is handed it. Throws where the process has no descriptors left. */
export function openPipe(): Pipe {
  libc ??= load();
  const ends = new Int32Array(2);
  if (libc.pipe2(ends, O_CLOEXEC) !== 0)
    throw new Error('no pipe could be opened; the process has too many open files');
  const [readFd, writeFd] = ends as unknown as [number, number];
  // A smaller pipe only costs time.
  libc.fcntl(writeFd, F_SETPIPE_SZ, PIPE_BYTES);
  return { readFd, writeFd };
}

export function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // It is closed already.
  }
}
