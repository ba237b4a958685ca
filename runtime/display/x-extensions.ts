/**
 * The extensions of an X server that the x11 output uses: shared memory, power of the screens, their rate. Asked through XCB, because
 * libXext and libXrandr take what lies in memory for the answer where the server went away before it gave one, event numbers among it,
 * under which they write past the end of Xlib's tables. Over a connection of its own, because Xlib does not bear that its own breaks
 * while XCB has it (docs/adr/001-x11-through-xlib.md). Windows and graphics have the same ids on both.
 */
import { foreign as call, library, type Pointer } from '../core/foreign';

// xcbext.h
const CHECKED = 1;
/** struct iovec: address, length. XCB needs room for two before the one it is given. */
const VECTOR_BYTES = 16;
const VECTOR_AT = 2 * VECTOR_BYTES;
/** xcb_protocol_request_t: parts (8), extension (8; none: the opcode is the whole answer), opcode (1), whether there is no answer (1). */
const REQUEST_AT = 64;
const REQUEST_OPCODE = 16;
const REQUEST_IS_VOID = 17;
/** The request itself: opcode, minor opcode, length (filled in by XCB), words. */
const DATA_AT = 96;
const SCRATCH_BYTES = 192;
/** What every answer has at least. */
const REPLY_BYTES = 32;

// Opcodes (Xproto.h, shmproto.h, dpmsproto.h, randrproto.h)
const GET_INPUT_FOCUS = 43;
const QUERY_EXTENSION = 98;
const SHM_ATTACH = 1;
const SHM_DETACH = 2;
const SHM_PUT_IMAGE = 3;
const DPMS_CAPABLE = 1;
const DPMS_ENABLE = 4;
const DPMS_DISABLE = 5;
const DPMS_FORCE_LEVEL = 6;
const DPMS_INFO = 7;
const DPMS_MODE_ON = 0;
const DPMS_MODE_OFF = 3;
const RANDR_QUERY_VERSION = 0;
const RANDR_GET_SCREEN_INFO = 5;
const Z_PIXMAP = 2;

function bind() {
  const xcb = library('libxcb.so.1');
  const libc = library('libc.so.6');
  return {
    connect: call<[string, null], Pointer>(xcb, 'void *xcb_connect(const char *name, void *screen)'),
    hasError: call<[Pointer], number>(xcb, 'int xcb_connection_has_error(void *connection)'),
    disconnect: call<[Pointer], void>(xcb, 'void xcb_disconnect(void *connection)'),
    event: call<[Pointer], Pointer>(xcb, 'void *xcb_poll_for_event(void *connection)'),
    newId: call<[Pointer], number>(xcb, 'uint32 xcb_generate_id(void *connection)'),
    send: call<[Pointer, number, bigint, bigint], number>(
      xcb,
      'uint xcb_send_request(void *connection, int flags, void *vector, void *request)',
    ),
    reply: call<[Pointer, number, null], Pointer>(
      xcb,
      'void *xcb_wait_for_reply(void *connection, uint sequence, void *error)',
    ),
    // The cookie is a struct of this one number.
    errorOf: call<[Pointer, number], Pointer>(xcb, 'void *xcb_request_check(void *connection, uint sequence)'),
    malloc: call<[number], bigint>(libc, 'void *malloc(size_t bytes)'),
    free: call<[Pointer], void>(libc, 'void free(void *block)'),
    write: call<[bigint, Uint8Array, number], Pointer>(libc, 'void *memcpy(void *to, void *from, size_t bytes)'),
    read: call<[Uint8Array, Pointer, number], Pointer>(libc, 'void *memcpy(void *to, void *from, size_t bytes)'),
  };
}

let bound: ReturnType<typeof bind> | undefined;

/** Two 16-bit fields of a request in one word. */
const pair = (low: number, high: number): number => ((low & 0xffff) | (high << 16)) >>> 0;

/** Where of the frame, and how large, a part of it is. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A server that restarts cuts one connection. After so many tries the server counts as gone. */
const MOST_TRIES = 4;

/**
 * A connection on which the server has answered. An X server begins anew when its last client leaves, and cuts whoever connects at that
 * moment, which Xlib answers by ending the process; as long as this connection is open it does not. Throws with words.
 */
export function connectToServer(display: string): XExtensions {
  for (let tries = 1; ; tries++) {
    const connection = new XExtensions(display);
    connection.sync();
    if (!connection.lost) return connection;
    connection.close();
    if (tries === MOST_TRIES)
      throw new Error(`the X server ${display} does not take connections (is it running, may this user use it?)`);
  }
}

/** What is asked of a server that is gone is not done, and answered as by a server without the extension. */
export class XExtensions {
  private readonly xcb = (bound ??= bind());
  private readonly connection: Pointer;
  private readonly scratch: bigint;
  private readonly bytes = new Uint8Array(SCRATCH_BYTES);
  private readonly fields = new DataView(this.bytes.buffer);
  private readonly opcodes = new Map<string, number | undefined>();

  constructor(display: string) {
    this.connection = this.xcb.connect(display, null);
    this.scratch = this.xcb.malloc(SCRATCH_BYTES);
  }

  /** Whether the connection broke, or never was. */
  get lost(): boolean {
    return this.xcb.hasError(this.connection) !== 0;
  }

  /** Returns when everything asked so far is done. */
  sync(): void {
    this.answerTo(this.send(GET_INPUT_FOCUS, 0, [], false));
    // Errors, and what every client is told: nobody waits for either.
    for (let event = this.xcb.event(this.connection); event !== null; event = this.xcb.event(this.connection))
      this.xcb.free(event);
  }

  /** Does what was asked first: XCB by itself would forget it. */
  close(): void {
    this.sync();
    this.xcb.disconnect(this.connection);
    this.xcb.free(this.scratch);
  }

  /** Shares a System V segment with the server. Undefined where it does not share memory with us, else what the server calls it. */
  shareMemory(id: number): number | undefined {
    const shm = this.opcodeOf('MIT-SHM');
    if (shm === undefined) return undefined;
    const segment = this.xcb.newId(this.connection);
    const error = this.xcb.errorOf(this.connection, this.send(shm, SHM_ATTACH, [segment, id, 0], true));
    if (error === null) return segment;
    this.xcb.free(error);
    return undefined;
  }

  unshareMemory(segment: number): void {
    this.act('MIT-SHM', SHM_DETACH, [segment]);
  }

  /** Puts a part of the frame in a segment, of so many pixels, in its place in the window. */
  putShared(
    segment: number,
    window: number,
    graphics: number,
    frame: Omit<Part, 'left' | 'top'>,
    depth: number,
    part: Part,
  ): void {
    const { left, top, width, height } = part;
    const at = pair(left, top);
    const size = pair(frame.width, frame.height);
    const format = depth | (Z_PIXMAP << 8);
    this.act('MIT-SHM', SHM_PUT_IMAGE, [window, graphics, size, at, pair(width, height), at, format, segment, 0]);
  }

  get canSwitchPower(): boolean {
    return this.ask('DPMS', DPMS_CAPABLE, [])?.getUint8(8) === 1;
  }

  /** Whether the server switches the screens off by itself. */
  get savesPower(): boolean {
    return this.ask('DPMS', DPMS_INFO, [])?.getUint8(10) === 1;
  }

  setPowerSaving(on: boolean): void {
    this.act('DPMS', on ? DPMS_ENABLE : DPMS_DISABLE, []);
  }

  /** Only while power saving is on. */
  switchPower(on: boolean): void {
    this.act('DPMS', DPMS_FORCE_LEVEL, [on ? DPMS_MODE_ON : DPMS_MODE_OFF]);
  }

  /** The rate of the screen in Hz; undefined where the server does not say. */
  refreshHz(root: number): number | undefined {
    // Servers tell the rate to those who say that they know of it: since 1.1.
    this.ask('RANDR', RANDR_QUERY_VERSION, [1, 1]);
    const rate = this.ask('RANDR', RANDR_GET_SCREEN_INFO, [root])?.getUint16(26, true) ?? 0;
    return rate > 0 ? rate : undefined;
  }

  private opcodeOf(name: string): number | undefined {
    if (!this.opcodes.has(name)) {
      const padded = new Uint8Array((name.length + 3) & ~3);
      padded.set(Buffer.from(name, 'latin1'));
      const answer = this.answerTo(
        this.send(QUERY_EXTENSION, 0, [name.length, ...new Uint32Array(padded.buffer)], false),
      );
      this.opcodes.set(name, answer?.getUint8(8) === 1 ? answer.getUint8(9) : undefined);
    }
    return this.opcodes.get(name);
  }

  /** Asks an extension that may be missing. */
  private ask(extension: string, minor: number, words: readonly number[]): DataView | undefined {
    const opcode = this.opcodeOf(extension);
    return opcode === undefined ? undefined : this.answerTo(this.send(opcode, minor, words, false));
  }

  private act(extension: string, minor: number, words: readonly number[]): void {
    const opcode = this.opcodeOf(extension);
    if (opcode !== undefined) this.send(opcode, minor, words, true, 0);
  }

  /** Returns the request's number. With CHECKED an error is kept for whoever asks for it, else it is an event. */
  private send(opcode: number, minor: number, words: readonly number[], isVoid: boolean, flags = CHECKED): number {
    const { fields, scratch } = this;
    this.bytes.fill(0);
    fields.setBigUint64(VECTOR_AT, scratch + BigInt(DATA_AT), true);
    fields.setBigUint64(VECTOR_AT + 8, BigInt(4 + words.length * 4), true);
    fields.setBigUint64(REQUEST_AT, 1n, true);
    fields.setUint8(REQUEST_AT + REQUEST_OPCODE, opcode);
    fields.setUint8(REQUEST_AT + REQUEST_IS_VOID, isVoid ? 1 : 0);
    fields.setUint8(DATA_AT + 1, minor);
    words.forEach((word, index) => fields.setUint32(DATA_AT + 4 + index * 4, word, true));
    this.xcb.write(scratch, this.bytes, SCRATCH_BYTES);
    return this.xcb.send(this.connection, flags, scratch + BigInt(VECTOR_AT), scratch + BigInt(REQUEST_AT));
  }

  /** The first bytes of the answer; undefined where it is an error, or the server is gone. */
  private answerTo(request: number): DataView | undefined {
    const answer = this.xcb.reply(this.connection, request, null);
    if (answer === null) return undefined;
    const start = new Uint8Array(REPLY_BYTES);
    this.xcb.read(start, answer, REPLY_BYTES);
    this.xcb.free(answer);
    return new DataView(start.buffer);
  }
}
