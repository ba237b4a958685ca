/** What a console output asks of the kernel: device files, ioctl, mappings. Tests put another in its place to play faults. */
import { closeSync, constants, openSync, readFileSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { foreign, koffi, library, type Pointer } from '../core/foreign';
import type { Writable } from './pixel-format';

/** A call the kernel refused. */
export class KernelError extends Error {
  constructor(
    readonly call: string,
    /** `EACCES`, `ENOTTY`, … */
    readonly code: string,
  ) {
    super(`${call}: ${code}`);
  }
}

/** `EACCES` of whatever the kernel or Node threw; empty when it is neither's. */
export function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Memory of a device in this process. */
export interface Mapping extends Writable {
  /** Writing after it is a fault of the process. */
  close(): void;
}

/** Every call throws an error with a `code` when the kernel refuses it. None blocks, except `waitReadable` and as an ioctl does. */
export interface Kernel {
  /** Names in a folder; none when it cannot be read. */
  list(folder: string): readonly string[];
  /** The first line of a small file, undefined when it cannot be read. */
  line(path: string): string | undefined;
  /** Last part of what a link points at, undefined when it is none. */
  linkName(path: string): string | undefined;
  /** Opens a device to read and write, without waiting for it. */
  open(path: string): number;
  close(file: number): void;
  /** `argument`: a structure that is read and filled in, or a plain number. Tries again when a signal came between. */
  ioctl(file: number, request: number, argument: Uint8Array | number): void;
  /** The address of an array for use in a structure; the caller keeps the array alive during the call. */
  addressOf(array: ArrayBufferView): bigint;
  /** Maps `bytes` bytes of a device for writing. `offset` counts in bytes. */
  map(file: number, bytes: number, offset: bigint): Mapping;
  /** Waits at most `timeoutMs` until there is something to read. */
  waitReadable(file: number, timeoutMs: number): boolean;
  /** Bytes read, 0 when there is nothing. */
  read(file: number, into: Uint8Array): number;
  /** A socket that hears of devices that come and go (netlink, kobject events). Read with `read`, closed with `close`. */
  openDeviceEvents(): number;
}

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const POLLIN = 1;
/** AF_NETLINK (linux/socket.h), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT (linux/netlink.h). */
const NETLINK = { family: 16, type: 2 | 0o2000000 | 0o4000, protocol: 15 } as const;
/** sockaddr_nl: family (2, padded to 4), port id (4), groups (4); group 1 are the kernel's own events. */
const NETLINK_ADDRESS = { bytes: 12, groups: 8 } as const;

function bind() {
  const libc = library('libc.so.6');
  return {
    ioctl: foreign<[number, number, Uint8Array], number>(libc, 'int ioctl(int file, ulong request, void *argument)'),
    ioctlPlain: foreign<[number, number, number], number>(libc, 'int ioctl(int file, ulong request, long argument)'),
    // The 64-bit offset has a call of its own, which 64-bit systems have as well.
    mmap: foreign<[null, number, number, number, number, bigint], Pointer>(
      libc,
      'void *mmap64(void *address, size_t bytes, int protection, int flags, int file, int64 offset)',
    ),
    munmap: foreign<[Pointer, number], number>(libc, 'int munmap(void *address, size_t bytes)'),
    // Addresses as numbers (they have 47 bits at most): a copy then allocates nothing.
    memcpy: foreign<[number, number, number], void>(libc, 'void memcpy(uintptr_t to, uintptr_t from, size_t bytes)'),
    poll: foreign<[Uint8Array, number, number], number>(libc, 'int poll(void *files, ulong count, int timeoutMs)'),
    socket: foreign<[number, number, number], number>(libc, 'int socket(int family, int type, int protocol)'),
    bind: foreign<[number, Uint8Array, number], number>(libc, 'int bind(int socket, void *address, uint bytes)'),
  };
}

type Libc = ReturnType<typeof bind>;
let bound: Libc | undefined;

function libc(): Libc {
  bound ??= bind();
  return bound;
}

function lastError(call: string): KernelError {
  return new KernelError(call, getSystemErrorName(-koffi().errno()));
}

function mappingAt(address: bigint, bytes: number): Mapping {
  const { memcpy, munmap } = libc();
  const start = Number(address);
  // Frame or row buffer, always the same one: its address is looked up once.
  let known: Uint8Array | undefined;
  let knownAddress = 0;
  return {
    write(at, source, sourceByte, length) {
      if (source !== known) {
        known = source;
        knownAddress = Number(koffi().address(source));
      }
      if (at < 0 || at + length > bytes || sourceByte + length > source.byteLength)
        throw new RangeError(`a write of ${length} bytes at ${at} leaves the mapping of ${bytes}`);
      memcpy(start + at, knownAddress + sourceByte, length);
    },
    close: () => munmap(address, bytes),
  };
}

const pollFile = new DataView(new ArrayBuffer(8));
const pollBytes = new Uint8Array(pollFile.buffer);

export const systemKernel: Kernel = {
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
  line(path) {
    try {
      return readFileSync(path, 'utf8').split('\n', 1)[0];
    } catch {
      return undefined;
    }
  },
  linkName(path) {
    try {
      return readlinkSync(path).split('/').at(-1);
    } catch {
      return undefined;
    }
  },
  open: (path) => openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
  close: closeSync,
  ioctl(file, request, argument) {
    const call = (): number =>
      typeof argument === 'number' ? libc().ioctlPlain(file, request, argument) : libc().ioctl(file, request, argument);
    while (call() < 0) {
      const error = lastError('ioctl');
      if (error.code !== 'EINTR' && error.code !== 'EAGAIN') throw error;
    }
  },
  addressOf: (array) => koffi().address(array),
  map(file, bytes, offset) {
    const address = libc().mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, file, offset);
    if (address === null || BigInt.asIntN(64, address) === -1n || address === 0xffff_ffffn) throw lastError('mmap');
    return mappingAt(address, bytes);
  },
  waitReadable(file, timeoutMs) {
    // struct pollfd: file (4), events asked for (2), events seen (2)
    pollFile.setInt32(0, file, true);
    pollFile.setInt16(4, POLLIN, true);
    return libc().poll(pollBytes, 1, Math.ceil(timeoutMs)) > 0;
  },
  read(file, into) {
    try {
      return readSync(file, into);
    } catch (cause) {
      if (codeOf(cause) === 'EAGAIN') return 0;
      throw cause;
    }
  },
  openDeviceEvents() {
    const socket = libc().socket(NETLINK.family, NETLINK.type, NETLINK.protocol);
    if (socket < 0) throw lastError('socket');
    const address = new DataView(new ArrayBuffer(NETLINK_ADDRESS.bytes));
    address.setUint16(0, NETLINK.family, true);
    address.setUint32(NETLINK_ADDRESS.groups, 1, true);
    if (libc().bind(socket, new Uint8Array(address.buffer), NETLINK_ADDRESS.bytes) < 0) {
      const error = lastError('bind');
      closeSync(socket);
      throw error;
    }
    return socket;
  },
};
