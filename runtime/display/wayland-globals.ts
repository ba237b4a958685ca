/** What a Wayland compositor offers, asked over its socket without any library. */
import { foreign, library } from '../core/foreign';

// sys/socket.h, sys/un.h
const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const MSG_NOSIGNAL = 0x4000;
const PATH_BYTES = 108;

/** A compositor that is well answers at once; one that hangs must not hold the start up. */
const ANSWER_S = 1;

// The protocol's objects and opcodes (wayland.xml); ids from 2 on are the client's to give.
const DISPLAY = 1;
const DISPLAY_SYNC = 0;
const DISPLAY_GET_REGISTRY = 1;
const REGISTRY = 2;
const CALLBACK = 3;
/** Object, then size (upper half) and opcode; every message is whole 32-bit words in the machine's byte order. */
const HEADER_BYTES = 8;

function bind() {
  const libc = library('libc.so.6');
  return {
    socket: foreign<[number, number, number], number>(libc, 'int socket(int domain, int type, int protocol)'),
    connect: foreign<[number, Uint8Array, number], number>(libc, 'int connect(int socket, void *address, uint length)'),
    setOption: foreign<[number, number, number, BigInt64Array, number], number>(
      libc,
      'int setsockopt(int socket, int level, int name, void *value, uint length)',
    ),
    send: foreign<[number, Uint32Array, number, number], number>(
      libc,
      'int64 send(int socket, void *bytes, size_t length, int flags)',
    ),
    receive: foreign<[number, Uint8Array, number, number], number>(
      libc,
      'int64 recv(int socket, void *bytes, size_t length, int flags)',
    ),
    close: foreign<[number], number>(libc, 'int close(int file)'),
  };
}

let bound: ReturnType<typeof bind> | undefined;

function connect(libc: ReturnType<typeof bind>, path: string): number {
  const socket = libc.socket(AF_UNIX, SOCK_STREAM_CLOEXEC, 0);
  const address = new Uint8Array(2 + PATH_BYTES);
  new Uint16Array(address.buffer, 0, 1)[0] = AF_UNIX;
  address.set(Buffer.from(path).subarray(0, PATH_BYTES - 1), 2);
  libc.setOption(socket, SOL_SOCKET, SO_RCVTIMEO, BigInt64Array.of(BigInt(ANSWER_S), 0n), 16);
  if (socket >= 0 && libc.connect(socket, address, address.length) === 0) return socket;
  libc.close(socket);
  throw new Error(`the Wayland compositor at ${path} does not take connections`);
}

/** Interfaces in a stretch of the compositor's messages, and whether its answer ends there. Pure. */
export function readGlobals(bytes: Uint8Array): { readonly interfaces: string[]; readonly complete: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const interfaces: string[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const object = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true) >>> 16;
    if (object === CALLBACK || size < HEADER_BYTES) return { interfaces, complete: true };
    if (at + size > bytes.length) break;
    // The registry's only early event: number, name of the interface with its length, version.
    if (object === REGISTRY) {
      const length = view.getUint32(at + 12, true);
      interfaces.push(Buffer.from(bytes.subarray(at + 16, at + 16 + length - 1)).toString());
    }
    at += size;
  }
  return { interfaces, complete: false };
}

/** The names of the interfaces that the compositor at this socket offers (`wl_seat`, …). Throws where it does not answer. */
export function compositorInterfaces(path: string): readonly string[] {
  bound ??= bind();
  const libc = bound;
  const socket = connect(libc, path);
  try {
    const request = (opcode: number, id: number): number[] => [DISPLAY, ((HEADER_BYTES + 4) << 16) | opcode, id];
    const requests = Uint32Array.from([...request(DISPLAY_GET_REGISTRY, REGISTRY), ...request(DISPLAY_SYNC, CALLBACK)]);
    libc.send(socket, requests, requests.byteLength, MSG_NOSIGNAL);
    let heard = Buffer.alloc(0);
    const chunk = new Uint8Array(4096);
    for (;;) {
      const got = Number(libc.receive(socket, chunk, chunk.length, 0));
      if (got <= 0) throw new Error(`the Wayland compositor at ${path} does not answer`);
      heard = Buffer.concat([heard, chunk.subarray(0, got)]);
      const { interfaces, complete } = readGlobals(heard);
      if (complete) return interfaces;
    }
  } finally {
    libc.close(socket);
  }
}
