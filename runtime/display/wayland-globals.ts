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
const REGISTRY_BIND = 0;
const CALLBACK = 3;
const FIRST_FREE = 4;
/** Its events up to version 2 tell place, turn, mode and scale. */
const OUTPUT = 'wl_output';
const OUTPUT_VERSION = 2;
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

interface Message {
  readonly object: number;
  /** Behind the header. */
  readonly words: Uint8Array;
}

/** Whole messages, and whether that of `last` is among them, with which an answer ends. Pure. */
function readMessages(bytes: Uint8Array, last: number): { readonly messages: Message[]; readonly complete: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: Message[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const object = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true) >>> 16;
    if (object === last || size < HEADER_BYTES) return { messages, complete: true };
    if (at + size > bytes.length) break;
    messages.push({ object, words: bytes.subarray(at + HEADER_BYTES, at + size) });
    at += size;
  }
  return { messages, complete: false };
}

/** The names of the interfaces that the compositor at this socket offers (`wl_seat`, …). Throws where it does not answer. */
export function compositorInterfaces(path: string): readonly string[] {
  return converse(path, (ask) => readGlobals(ask(GLOBALS, (bytes) => readGlobals(bytes).complete)).interfaces);
}

/**
 * The compositor's screens with their places, turns, modes and scales, as text to compare: SDL does not say when they change. Takes
 * two answers, less than a ms each. Throws where it does not answer.
 */
export function screenLayout(path: string): string {
  return converse(path, (ask) => {
    const { interfaces, numbers } = readGlobals(ask(GLOBALS, (bytes) => readGlobals(bytes).complete));
    const screens = numbers.filter((_, at) => interfaces[at] === OUTPUT);
    const last = FIRST_FREE + screens.length;
    const binds = screens.flatMap((number, at) => bindOutput(number, FIRST_FREE + at));
    const answer = ask([...binds, ...fromDisplay(DISPLAY_SYNC, last)], (bytes) => readMessages(bytes, last).complete);
    const { messages } = readMessages(answer, last);
    const isScreen = ({ object }: Message): boolean => object >= FIRST_FREE && object < last;
    return messages
      .filter(isScreen)
      .map(({ words }) => Buffer.from(words).toString('base64'))
      .join(' ');
  });
}

const fromDisplay = (opcode: number, id: number): number[] => [DISPLAY, ((HEADER_BYTES + 4) << 16) | opcode, id];
const GLOBALS = [...fromDisplay(DISPLAY_GET_REGISTRY, REGISTRY), ...fromDisplay(DISPLAY_SYNC, CALLBACK)];

/** Number of the global, the name of its interface with its length, version, the id that it gets. */
function bindOutput(number: number, id: number): number[] {
  const text = Buffer.alloc((OUTPUT.length + 4) & ~3);
  text.write(OUTPUT);
  const name = [OUTPUT.length + 1, ...new Uint32Array(text.buffer, text.byteOffset, text.length / 4)];
  const body = [number, ...name, OUTPUT_VERSION, id];
  return [REGISTRY, ((HEADER_BYTES + 4 * body.length) << 16) | REGISTRY_BIND, ...body];
}

type Ask = (request: readonly number[], isComplete: (bytes: Uint8Array) => boolean) => Uint8Array;

/** A connection for some questions. Each answer is what came since the question. */
function converse<T>(path: string, talk: (ask: Ask) => T): T {
  bound ??= bind();
  const libc = bound;
  const socket = connect(libc, path);
  const chunk = new Uint8Array(4096);
  try {
    return talk((request, isComplete) => {
      const words = Uint32Array.from(request);
      libc.send(socket, words, words.byteLength, MSG_NOSIGNAL);
      for (let heard = Buffer.alloc(0); ;) {
        const got = Number(libc.receive(socket, chunk, chunk.length, 0));
        if (got <= 0) throw new Error(`the Wayland compositor at ${path} does not answer`);
        heard = Buffer.concat([heard, chunk.subarray(0, got)]);
        if (isComplete(heard)) return heard;
      }
    });
  } finally {
    libc.close(socket);
  }
}
