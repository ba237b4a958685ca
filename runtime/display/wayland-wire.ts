/** Talk with a Wayland compositor over its socket, without any library: messages of whole 32-bit words in the machine's byte order. */
import { foreign, library } from '../core/foreign';

// sys/socket.h, sys/un.h
const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const PATH_BYTES = 108;
const CHUNK_BYTES = 4096;

/** A compositor that is well answers at once; one that hangs must not hold the start up. */
const ANSWER_S = 1;

// The protocol's objects and opcodes (wayland.xml); ids from 2 on are the client's to give.
const DISPLAY = 1;
const DISPLAY_SYNC = 0;
const DISPLAY_GET_REGISTRY = 1;
const REGISTRY = 2;
const REGISTRY_BIND = 0;
const CALLBACK = 3;
/** The first id that nobody has on a connection that has asked for the globals. */
export const FIRST_FREE = 4;
/** Object, then size (upper half) and opcode. */
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

export interface Message {
  readonly object: number;
  readonly opcode: number;
  /** Behind the header. */
  readonly words: Uint8Array;
}

/** Whole messages, whether that of `last` is among them, with which an answer ends, and what is left of the bytes. Pure. */
export function readMessages(
  bytes: Uint8Array,
  last?: number,
): { readonly messages: Message[]; readonly complete: boolean; readonly rest: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: Message[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const object = view.getUint32(at, true);
    const word = view.getUint32(at + 4, true);
    const size = word >>> 16;
    if (object === last || size < HEADER_BYTES) return { messages, complete: true, rest: bytes.subarray(at) };
    if (at + size > bytes.length) break;
    messages.push({ object, opcode: word & 0xffff, words: bytes.subarray(at + HEADER_BYTES, at + size) });
    at += size;
  }
  return { messages, complete: false, rest: bytes.subarray(at) };
}

/** Interfaces in a stretch of the compositor's messages with their numbers, and whether its answer ends there. Pure. */
export function readGlobals(bytes: Uint8Array): {
  readonly interfaces: string[];
  readonly numbers: number[];
  readonly complete: boolean;
} {
  const { messages, complete } = readMessages(bytes, CALLBACK);
  // The registry's only early event: number, name of the interface with its length, version.
  const globals = messages.filter(({ object }) => object === REGISTRY).map(({ words }) => Buffer.from(words));
  return {
    interfaces: globals.map((words) => words.toString('utf8', 8, 8 + words.readUInt32LE(4) - 1)),
    numbers: globals.map((words) => words.readUInt32LE(0)),
    complete,
  };
}

/** A request with its arguments. */
export const request = (object: number, opcode: number, ...body: readonly number[]): number[] => [
  object,
  ((HEADER_BYTES + 4 * body.length) << 16) | opcode,
  ...body,
];

/** Gives a global an id: its number, the name of its interface with its length, version, the id. */
export function bindGlobal(number: number, name: string, version: number, id: number): number[] {
  const text = Buffer.alloc((name.length + 4) & ~3);
  text.write(name);
  const words = new Uint32Array(text.buffer, text.byteOffset, text.length / 4);
  return request(REGISTRY, REGISTRY_BIND, number, name.length + 1, ...words, version, id);
}

/** Belongs to the thread that opened it. */
export class WaylandConnection {
  private readonly libc: ReturnType<typeof bind>;
  private readonly socket: number;
  private readonly chunk = new Uint8Array(CHUNK_BYTES);

  /** Throws where nobody takes connections there. */
  constructor(private readonly path: string) {
    this.libc = bound ??= bind();
    this.socket = connect(this.libc, path);
  }

  /** The names of the interfaces that the compositor offers, and their numbers. Once a connection. Throws where it does not answer. */
  globals(): { readonly interfaces: readonly string[]; readonly numbers: readonly number[] } {
    const question = [...request(DISPLAY, DISPLAY_GET_REGISTRY, REGISTRY), ...request(DISPLAY, DISPLAY_SYNC, CALLBACK)];
    return readGlobals(this.ask(question, (bytes) => readGlobals(bytes).complete));
  }

  /** Sends requests and returns what came until all were done; `sync` is an id that nobody has. Throws where it does not answer. */
  answers(requests: readonly number[], sync: number): Message[] {
    const question = [...requests, ...request(DISPLAY, DISPLAY_SYNC, sync)];
    return readMessages(
      this.ask(question, (bytes) => readMessages(bytes, sync).complete),
      sync,
    ).messages;
  }

  /** Sends requests that nobody answers. */
  tell(requests: readonly number[]): void {
    const words = Uint32Array.from(requests);
    this.libc.send(this.socket, words, words.byteLength, MSG_NOSIGNAL);
  }

  /** Bytes that the compositor has sent since the last look. Never blocks. */
  heard(): Uint8Array {
    let heard: Uint8Array = new Uint8Array(0);
    for (;;) {
      const got = Number(this.libc.receive(this.socket, this.chunk, this.chunk.length, MSG_DONTWAIT));
      if (got <= 0) return heard;
      heard = Buffer.concat([heard, this.chunk.subarray(0, got)]);
    }
  }

  private ask(question: readonly number[], isComplete: (bytes: Uint8Array) => boolean): Uint8Array {
    this.tell(question);
    for (let heard = Buffer.alloc(0); ;) {
      const got = Number(this.libc.receive(this.socket, this.chunk, this.chunk.length, 0));
      if (got <= 0) throw new Error(`the Wayland compositor at ${this.path} does not answer`);
      heard = Buffer.concat([heard, this.chunk.subarray(0, got)]);
      if (isComplete(heard)) return heard;
    }
  }

  /** Once. */
  close(): void {
    this.libc.close(this.socket);
  }
}

/** A connection for some questions. */
export function converse<T>(path: string, talk: (connection: WaylandConnection) => T): T {
  const connection = new WaylandConnection(path);
  try {
    return talk(connection);
  } finally {
    connection.close();
  }
}
