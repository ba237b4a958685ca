/** Mode setting of one graphics card: what it has, buffers the CPU draws into, and what it shows. Render thread only. */
import type { Connector, Mode } from './drm-modes';
import { connectorName, readMode } from './drm-modes';
import {
  BLOB,
  CAPABILITY,
  CAPABILITY_DUMB_BUFFER,
  CONNECTED,
  CONNECTOR,
  CREATE_DUMB,
  CRTC,
  DPMS_OFF,
  DPMS_ON,
  ENCODER,
  EVENT,
  EVENT_FLIP_COMPLETE,
  FOURCC,
  FRAMEBUFFER,
  MAP_DUMB,
  MODE,
  PAGE_FLIP,
  PAGE_FLIP_EVENT,
  PROPERTY,
  REQUEST,
  RESOURCES,
  SET_PROPERTY,
} from './drm-layout';
import type { Kernel, Mapping } from './kernel';

export interface Resources {
  readonly crtcs: readonly number[];
  readonly connectors: readonly number[];
}

export interface Encoder {
  /** The crtc it is fed from now, 0 for none. */
  readonly crtc: number;
  /** Bit n: the n-th crtc of the card can feed it. */
  readonly possibleCrtcs: number;
}

/** A buffer in memory that the CPU draws into and the card shows. Owned by who created it. */
export interface DumbBuffer {
  readonly format: keyof typeof FOURCC;
  readonly framebuffer: number;
  readonly pitchBytes: number;
  readonly memory: Mapping;
  /** Gives everything back. What shows it goes dark. */
  close(): void;
}

/** Room for several events of 32 bytes. */
const EVENT_BUFFER_BYTES = 1024;
/** A screen's description is a few blocks of 128 bytes. */
const LONGEST_BLOB_BYTES = 64 * 1024;

/** A structure of `bytes` zeros; its memory never moves. */
function structure(bytes: number): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(bytes));
}

const bytesOf = (fields: DataView<ArrayBuffer>): Uint8Array => new Uint8Array(fields.buffer);

/** Zero elements still have an address: some kernels look at it. */
const words = (count: number): Uint32Array => new Uint32Array(new ArrayBuffer(Math.max(1, count) * 4));

export class Card {
  private readonly events = structure(EVENT_BUFFER_BYTES);
  private readonly eventBytes = bytesOf(this.events);
  private readonly flip = structure(PAGE_FLIP.bytes);
  private readonly flipBytes = bytesOf(this.flip);
  /**
   * When the last flip happened at a refresh, by the kernel's monotonic clock, in ms; 0 before the first. Cards without refreshes of
   * their own (of virtual machines) flip at once, count none, and stay at 0.
   */
  lastFlipMs = 0;

  private constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly file: number,
  ) {}

  /** Opens a card. The first to open it also becomes its master. Throws what the kernel says. */
  static open(kernel: Kernel, path: string): Card {
    return new Card(kernel, path, kernel.open(path));
  }

  /** A card that somebody else has open, and closes. */
  static borrow(kernel: Kernel, path: string, file: number): Card {
    return new Card(kernel, path, file);
  }

  close(): void {
    this.kernel.close(this.file);
  }

  private call(request: number, fields: DataView<ArrayBuffer>): void {
    this.kernel.ioctl(this.file, request, bytesOf(fields));
  }

  /** Whether the CPU can draw for it. */
  hasDumbBuffers(): boolean {
    const fields = structure(CAPABILITY.bytes);
    fields.setBigUint64(CAPABILITY.which, BigInt(CAPABILITY_DUMB_BUFFER), true);
    try {
      this.call(REQUEST.capability, fields);
    } catch {
      return false;
    }
    return fields.getBigUint64(CAPABILITY.value, true) !== 0n;
  }

  /** Only the master may change what is shown. Throws when another program is. */
  becomeMaster(): void {
    this.kernel.ioctl(this.file, REQUEST.setMaster, 0);
  }

  dropMaster(): void {
    this.kernel.ioctl(this.file, REQUEST.dropMaster, 0);
  }

  resources(): Resources {
    const fields = structure(RESOURCES.bytes);
    this.call(REQUEST.resources, fields);
    const crtcs = words(fields.getUint32(RESOURCES.crtcCount, true));
    const connectors = words(fields.getUint32(RESOURCES.connectorCount, true));
    const encoders = words(fields.getUint32(RESOURCES.encoderCount, true));
    // Framebuffers are not asked for.
    fields.setUint32(32, 0, true);
    this.point(fields, RESOURCES.crtcs, crtcs);
    this.point(fields, RESOURCES.connectors, connectors);
    this.point(fields, RESOURCES.encoders, encoders);
    this.call(REQUEST.resources, fields);
    return {
      crtcs: [...crtcs.subarray(0, fields.getUint32(RESOURCES.crtcCount, true))],
      connectors: [...connectors.subarray(0, fields.getUint32(RESOURCES.connectorCount, true))],
    };
  }

  private point(fields: DataView<ArrayBuffer>, at: number, array: ArrayBufferView): void {
    fields.setBigUint64(at, this.kernel.addressOf(array), true);
  }

  /**
   * A connector. `probe` asks the screen itself, which takes some ten milliseconds; else it is as the kernel last found it.
   */
  connector(id: number, probe: boolean): Connector {
    const fields = structure(CONNECTOR.bytes);
    fields.setUint32(CONNECTOR.id, id, true);
    if (probe) this.call(REQUEST.connector, fields);
    // Room for modes makes the kernel answer from memory; it says how many there are when the room was too small.
    let room = Math.max(1, fields.getUint32(CONNECTOR.modeCount, true));
    for (;;) {
      const modes = new Uint8Array(new ArrayBuffer(room * MODE.bytes));
      const read = this.readConnector(fields, modes, room);
      if (read !== undefined) return read;
      room = fields.getUint32(CONNECTOR.modeCount, true);
    }
  }

  /** Undefined when there are more modes than room. */
  private readConnector(fields: DataView<ArrayBuffer>, modes: Uint8Array, room: number): Connector | undefined {
    // The first call gives the counts; the numbers of properties and encoders do not change between.
    fields.setUint32(CONNECTOR.modeCount, room, true);
    this.point(fields, CONNECTOR.modes, modes);
    fields.setUint32(CONNECTOR.propertyCount, 0, true);
    fields.setUint32(CONNECTOR.encoderCount, 0, true);
    this.call(REQUEST.connector, fields);
    const propertyCount = fields.getUint32(CONNECTOR.propertyCount, true);
    const properties = words(propertyCount);
    const values = new BigUint64Array(new ArrayBuffer(Math.max(1, propertyCount) * 8));
    const encoders = words(fields.getUint32(CONNECTOR.encoderCount, true));
    this.point(fields, CONNECTOR.properties, properties);
    this.point(fields, CONNECTOR.propertyValues, values);
    this.point(fields, CONNECTOR.encoders, encoders);
    fields.setUint32(CONNECTOR.modeCount, room, true);
    this.call(REQUEST.connector, fields);
    const modeCount = fields.getUint32(CONNECTOR.modeCount, true);
    if (modeCount > room) return undefined;
    return {
      id: fields.getUint32(CONNECTOR.id, true),
      name: connectorName(fields.getUint32(CONNECTOR.type, true), fields.getUint32(CONNECTOR.typeIndex, true)),
      connected: fields.getUint32(CONNECTOR.connection, true) === CONNECTED,
      modes: Array.from({ length: modeCount }, (_, i) => readMode(modes, i * MODE.bytes)),
      encoder: fields.getUint32(CONNECTOR.encoder, true),
      encoders: [...encoders.subarray(0, fields.getUint32(CONNECTOR.encoderCount, true))],
      properties: new Map(Array.from({ length: propertyCount }, (_, i) => [properties[i]!, values[i]!])),
    };
  }

  encoder(id: number): Encoder {
    const fields = structure(ENCODER.bytes);
    fields.setUint32(ENCODER.id, id, true);
    this.call(REQUEST.encoder, fields);
    return {
      crtc: fields.getUint32(ENCODER.crtc, true),
      possibleCrtcs: fields.getUint32(ENCODER.possibleCrtcs, true),
    };
  }

  /** The property of a connector with this name, undefined when it has none. */
  property({ properties }: Connector, name: string): { readonly id: number; readonly value: bigint } | undefined {
    for (const [id, value] of properties) {
      const fields = structure(PROPERTY.bytes);
      fields.setUint32(PROPERTY.id, id, true);
      this.call(REQUEST.property, fields);
      const text = bytesOf(fields).subarray(PROPERTY.name, PROPERTY.name + PROPERTY.nameBytes);
      if (String.fromCharCode(...text).split('\0', 1)[0] === name) return { id, value };
    }
    return undefined;
  }

  setProperty(connector: number, property: number, value: bigint): void {
    const fields = structure(SET_PROPERTY.bytes);
    fields.setBigUint64(SET_PROPERTY.value, value, true);
    fields.setUint32(SET_PROPERTY.property, property, true);
    fields.setUint32(SET_PROPERTY.connector, connector, true);
    this.call(REQUEST.setProperty, fields);
  }

  /** Switches the screen on a connector. Throws what the kernel says, or that it has no such switch. */
  power(connector: Connector, on: boolean): void {
    const dpms = this.property(connector, 'DPMS');
    if (dpms === undefined) throw new Error(`${connector.name} of ${this.path} cannot be switched`);
    this.setProperty(connector.id, dpms.id, BigInt(on ? DPMS_ON : DPMS_OFF));
  }

  /** Bytes that a property names; none of a blob that is not there. */
  blob(id: number): Uint8Array {
    if (id === 0) return new Uint8Array(0);
    const fields = structure(BLOB.bytes);
    fields.setUint32(BLOB.id, id, true);
    this.call(REQUEST.blob, fields);
    const length = Math.min(LONGEST_BLOB_BYTES, fields.getUint32(BLOB.length, true));
    const data = new Uint8Array(new ArrayBuffer(Math.max(1, length)));
    fields.setUint32(BLOB.length, length, true);
    this.point(fields, BLOB.data, data);
    this.call(REQUEST.blob, fields);
    return data;
  }

  /** What a crtc shows now, to be put back with `restoreCrtc`. */
  saveCrtc(crtc: number): Uint8Array {
    const fields = structure(CRTC.bytes);
    fields.setUint32(CRTC.id, crtc, true);
    this.call(REQUEST.getCrtc, fields);
    return bytesOf(fields);
  }

  /** Puts back what was saved; a crtc that showed nothing is switched off. */
  restoreCrtc(saved: Uint8Array, connector: number): void {
    const fields = new DataView(saved.slice().buffer);
    const shows = fields.getUint32(CRTC.valid, true) !== 0 && fields.getUint32(CRTC.framebuffer, true) !== 0;
    if (!shows) {
      const crtc = fields.getUint32(CRTC.id, true);
      bytesOf(fields).fill(0);
      fields.setUint32(CRTC.id, crtc, true);
    }
    const connectors = words(1);
    connectors[0] = connector;
    this.point(fields, CRTC.connectors, connectors);
    fields.setUint32(CRTC.connectorCount, shows ? 1 : 0, true);
    this.call(REQUEST.setCrtc, fields);
  }

  /** Shows a framebuffer on a connector in a mode. Blocks until it is on. */
  setCrtc(crtc: number, framebuffer: number, connector: number, mode: Mode): void {
    const fields = structure(CRTC.bytes);
    fields.setUint32(CRTC.id, crtc, true);
    fields.setUint32(CRTC.framebuffer, framebuffer, true);
    fields.setUint32(CRTC.valid, 1, true);
    bytesOf(fields).set(mode.raw, CRTC.mode);
    const connectors = words(1);
    connectors[0] = connector;
    this.point(fields, CRTC.connectors, connectors);
    fields.setUint32(CRTC.connectorCount, 1, true);
    this.call(REQUEST.setCrtc, fields);
  }

  /** A buffer of zeros. When a step of it fails, those before it are taken back. */
  createBuffer(widthPx: number, heightPx: number, format: keyof typeof FOURCC): DumbBuffer {
    const created = structure(CREATE_DUMB.bytes);
    created.setUint32(CREATE_DUMB.width, widthPx, true);
    created.setUint32(CREATE_DUMB.height, heightPx, true);
    created.setUint32(CREATE_DUMB.bitsPerPixel, format === 'rgb565' ? 16 : 32, true);
    this.call(REQUEST.createDumb, created);
    const handle = created.getUint32(CREATE_DUMB.handle, true);
    const pitchBytes = created.getUint32(CREATE_DUMB.pitch, true);
    const bytes = Number(created.getBigUint64(CREATE_DUMB.size, true));
    let framebuffer = 0;
    const giveBack = (): void => {
      if (framebuffer !== 0) this.callWord(REQUEST.removeFramebuffer, framebuffer);
      this.callWord(REQUEST.destroyDumb, handle);
    };
    try {
      framebuffer = this.addFramebuffer(widthPx, heightPx, format, handle, pitchBytes);
      const asked = structure(MAP_DUMB.bytes);
      asked.setUint32(MAP_DUMB.handle, handle, true);
      this.call(REQUEST.mapDumb, asked);
      const memory = this.kernel.map(this.file, bytes, asked.getBigUint64(MAP_DUMB.offset, true));
      const close = (): void => {
        memory.close();
        giveBack();
      };
      return { format, framebuffer, pitchBytes, memory, close };
    } catch (cause) {
      giveBack();
      throw cause;
    }
  }

  private callWord(request: number, value: number): void {
    const fields = structure(4);
    fields.setUint32(0, value, true);
    this.call(request, fields);
  }

  private addFramebuffer(
    widthPx: number,
    heightPx: number,
    format: keyof typeof FOURCC,
    handle: number,
    pitchBytes: number,
  ): number {
    const fields = structure(FRAMEBUFFER.bytes);
    fields.setUint32(FRAMEBUFFER.width, widthPx, true);
    fields.setUint32(FRAMEBUFFER.height, heightPx, true);
    fields.setUint32(FRAMEBUFFER.format, FOURCC[format], true);
    fields.setUint32(FRAMEBUFFER.handles, handle, true);
    fields.setUint32(FRAMEBUFFER.pitches, pitchBytes, true);
    this.call(REQUEST.addFramebuffer, fields);
    return fields.getUint32(FRAMEBUFFER.id, true);
  }

  /** Asks for a framebuffer from the next refresh on; `awaitFlip` tells when it is. */
  requestFlip(crtc: number, framebuffer: number): void {
    const { flip } = this;
    flip.setUint32(PAGE_FLIP.crtc, crtc, true);
    flip.setUint32(PAGE_FLIP.framebuffer, framebuffer, true);
    flip.setUint32(PAGE_FLIP.flags, PAGE_FLIP_EVENT, true);
    this.kernel.ioctl(this.file, REQUEST.pageFlip, this.flipBytes);
  }

  /** Waits for the flip that was asked for. False when it did not happen in time. */
  awaitFlip(timeoutMs: number): boolean {
    const endMs = performance.now() + timeoutMs;
    for (let leftMs = timeoutMs; leftMs >= 0; leftMs = endMs - performance.now()) {
      if (!this.kernel.waitReadable(this.file, leftMs)) return false;
      if (this.readFlips() > 0) return true;
    }
    return false;
  }

  /** Takes in what has been told, and returns how many flips it was. */
  private readFlips(): number {
    const { events } = this;
    const length = this.kernel.read(this.file, this.eventBytes);
    let flips = 0;
    for (let at = 0; at + 8 <= length; at += Math.max(8, events.getUint32(at + EVENT.length, true))) {
      if (events.getUint32(at + EVENT.type, true) !== EVENT_FLIP_COMPLETE) continue;
      flips += 1;
      if (events.getUint32(at + EVENT.sequence, true) === 0) continue;
      this.lastFlipMs =
        events.getUint32(at + EVENT.seconds, true) * 1e3 + events.getUint32(at + EVENT.microseconds, true) / 1e3;
    }
    return flips;
  }
}
