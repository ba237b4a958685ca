/**
 * Socket pairs whose ends are plain descriptors: one for a child to write, one for a thread that reads it blocking. A pipe would do; its
 * kernel side takes and frees every 4 KiB by itself and costs twice as much (docs/adr/007).
 */
import { closeSync } from 'node:fs';
import { foreign, library } from '../core/foreign';

// sys/socket.h
const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SHUT_RDWR = 2;
/** Asked for; the kernel gives what it allows everybody (net.core.wmem_max), of which a fifth already does. */
const BUFFER_BYTES = 1 << 20;

interface Libc {
  readonly socketpair: (domain: number, type: number, protocol: number, ends: Int32Array) => number;
  readonly shutdown: (fd: number, how: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Int32Array, valueBytes: number) => number;
}

let libc: Libc | undefined;

function load(): Libc {
  const libc = library('libc.so.6');
  return {
    socketpair: foreign(libc, 'int socketpair(int domain, int type, int protocol, int *ends)'),
    shutdown: foreign(libc, 'int shutdown(int fd, int how)'),
    setsockopt: foreign(libc, 'int setsockopt(int fd, int level, int name, int *value, uint32_t bytes)'),
  };
}

export interface SocketPair {
  readonly readFd: number;
  readonly writeFd: number;
}

/** Neither end is inherited but by a child that is handed it. Throws where the process has no descriptors left. */
export function openSocketPair(): SocketPair {
  libc ??= load();
  const ends = new Int32Array(2);
  if (libc.socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, ends) !== 0)
    throw new Error('no socket pair could be opened; the process has too many open files');
  const [readFd, writeFd] = ends as unknown as [number, number];
  // A smaller buffer only costs time.
  libc.setsockopt(writeFd, SOL_SOCKET, SO_SNDBUF, Int32Array.of(BUFFER_BYTES), 4);
  return { readFd, writeFd };
}

/** Ends what is read from one end, also by a thread that waits there, while the other end may be held by a child that does not end. */
export function endReading(readFd: number): void {
  libc?.shutdown(readFd, SHUT_RDWR);
}

export function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // It is closed already.
  }
}
