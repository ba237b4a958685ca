/** A kernel with graphics cards and framebuffers as a test sets them up, whose calls can be made to fail. */
import * as layout from '../../runtime/display/drm-layout';
import { KernelError, type Kernel, type Mapping } from '../../runtime/display/kernel';

export interface FakeMode {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly clockKhz?: number;
  readonly preferred?: boolean;
}

export interface FakeConnector {
  readonly id: number;
  readonly type: number;
  readonly index: number;
  connected: boolean;
  modes: readonly FakeMode[];
  /** `card0` where left out. */
  readonly card?: string;
}

export function fakeMode({ widthPx, heightPx, clockKhz = 0, preferred = false }: FakeMode): Uint8Array {
  const fields = new DataView(new ArrayBuffer(layout.MODE.bytes));
  fields.setUint16(layout.MODE.width, widthPx, true);
  fields.setUint16(layout.MODE.height, heightPx, true);
  fields.setUint32(layout.MODE.clockKhz, clockKhz, true);
  fields.setUint16(layout.MODE.totalWidth, widthPx + 280, true);
  fields.setUint16(layout.MODE.totalHeight, heightPx + 45, true);
  fields.setUint32(layout.MODE.roundedHz, 60, true);
  fields.setUint32(layout.MODE.type, preferred ? layout.MODE_TYPE_PREFERRED : 0, true);
  return new Uint8Array(fields.buffer);
}

interface FakeBuffer {
  readonly memory: Uint8Array;
  readonly pitchBytes: number;
  framebuffer: number;
}

const { REQUEST } = layout;
const DPMS = 7;
const CRTC = 40;
const ENCODER = 30;

/** One card on `/dev/dri/card0` or several, one framebuffer on `/dev/fb0`, one console, each there when it was set up. */
export class FakeKernel implements Kernel {
  connectors: FakeConnector[] = [];
  hasCard = true;
  cards: readonly string[] = ['card0'];
  /** Cards that only compute: they know nothing of screens. */
  screenless: readonly string[] = [];
  hasTerminal = true;
  /** Extra bytes at the end of a row of a buffer. */
  padBytes = 0;
  /** Of `/dev/fb0`, when there is one. */
  framebuffer: { readonly variable: Uint8Array; readonly fixed: Uint8Array; readonly memory: Uint8Array } | undefined;
  /** Value of the property DPMS: 0 on, 3 off. */
  power = 3;
  /** Flips are confirmed; a test takes it away. */
  confirmsFlips = true;
  terminalMode = 0;
  readonly openFiles = new Map<number, string>();
  readonly buffers = new Map<number, FakeBuffer>();
  readonly calls: string[] = [];
  /** Framebuffer on the screen. */
  shown = 99;
  events: string[] = [];
  private mapped = 0;
  private readonly refusals = new Map<string, string>();
  private readonly arrays = new Map<bigint, ArrayBufferView>();
  private readonly flips: Uint8Array[] = [];
  private next = 100;

  /** Makes a call fail: `open /dev/dri/card0`, `map`, `addFramebuffer`, … */
  refuse(call: string, code: string): void {
    this.refusals.set(call, code);
  }

  allow(call: string): void {
    this.refusals.delete(call);
  }

  /** Files and mappings that are open. */
  get held(): number {
    return this.openFiles.size + this.mapped + this.buffers.size;
  }

  private check(call: string): void {
    this.calls.push(call);
    const code = this.refusals.get(call);
    if (code !== undefined) throw new KernelError(call, code);
  }

  list(folder: string): string[] {
    if (folder === '/dev/dri') return this.hasCard ? [...this.cards, 'renderD128'] : [];
    if (folder === '/dev') return this.framebuffer === undefined ? ['null'] : ['fb0', 'null'];
    if (folder.startsWith('/sys/class/graphics')) return this.connectors.length > 0 ? ['card0', 'renderD128'] : [];
    return this.connectors.map(({ index }) => `card0-HDMI-A-${index}`);
  }

  line(path: string): string | undefined {
    const found = this.connectors.find(({ index }) => path === `/sys/class/drm/card0-HDMI-A-${index}/status`);
    return found === undefined ? undefined : found.connected ? 'connected' : 'disconnected';
  }

  linkName(): string {
    return 'vc4-drm';
  }

  open(path: string): number {
    this.check(`open ${path}`);
    if (path.startsWith('/dev/tty') && !(this.hasTerminal && path === '/dev/tty0'))
      throw new KernelError('open', 'ENOENT');
    const file = this.next++;
    this.openFiles.set(file, path);
    return file;
  }

  close(file: number): void {
    if (!this.openFiles.delete(file)) throw new KernelError('close', 'EBADF');
  }

  openDeviceEvents(): number {
    this.check('openDeviceEvents');
    const file = this.next++;
    this.openFiles.set(file, 'events');
    return file;
  }

  addressOf(array: ArrayBufferView): bigint {
    const address = BigInt(this.next++) << 16n;
    this.arrays.set(address, array);
    return address;
  }

  map(file: number, bytes: number, offset: bigint): Mapping {
    this.check('map');
    const memory =
      this.openFiles.get(file) === '/dev/fb0'
        ? this.framebuffer!.memory
        : this.buffers.get(Number(offset >> 12n))!.memory;
    if (memory.byteLength < bytes) throw new KernelError('mmap', 'EINVAL');
    this.mapped += 1;
    let closed = false;
    return {
      write(at, source, sourceByte, length) {
        if (closed || at + length > memory.byteLength) throw new Error('a write outside of the mapping');
        memory.set(source.subarray(sourceByte, sourceByte + length), at);
      },
      close: () => {
        closed = true;
        this.mapped -= 1;
      },
    };
  }

  waitReadable(): boolean {
    return this.flips.length > 0;
  }

  read(file: number, into: Uint8Array): number {
    const message = this.openFiles.get(file) === 'events' ? this.events.shift() : undefined;
    const bytes = message === undefined ? this.flips.shift() : Buffer.from(message);
    if (bytes === undefined || (this.openFiles.get(file) === 'events' && message === undefined)) return 0;
    into.set(bytes);
    return bytes.length;
  }

  ioctl(file: number, request: number, argument: Uint8Array | number): void {
    const path = this.openFiles.get(file);
    if (path === undefined) throw new KernelError('ioctl', 'EBADF');
    if (path === '/dev/tty0') return this.terminalCall(request, argument);
    if (path === '/dev/fb0') return this.framebufferCall(request, argument);
    const name = Object.entries(REQUEST).find(([, value]) => value === request)?.[0] ?? `unknown ${request}`;
    this.check(name);
    if (typeof argument !== 'number')
      this.cardCall(name as keyof typeof REQUEST, argument, path.slice('/dev/dri/'.length));
  }

  private terminalCall(request: number, argument: Uint8Array | number): void {
    this.check(request === 0x4b3b ? 'KDGETMODE' : 'KDSETMODE');
    if (typeof argument === 'number') this.terminalMode = argument;
    else argument[0] = this.terminalMode;
  }

  private framebufferCall(request: number, argument: Uint8Array | number): void {
    this.check(`fb ${request.toString(16)}`);
    if (typeof argument === 'number') return;
    argument.set(request === 0x4600 ? this.framebuffer!.variable : this.framebuffer!.fixed);
  }

  private fill(fields: DataView, at: number, count: number, values: readonly number[]): void {
    const array = this.arrays.get(fields.getBigUint64(at, true));
    if (array instanceof Uint32Array && fields.getUint32(count, true) >= values.length) array.set(values);
    fields.setUint32(count, values.length, true);
  }

  private cardCall(name: keyof typeof REQUEST, bytes: Uint8Array, card: string): void {
    const fields = new DataView(bytes.buffer);
    const word = (at: number): number => fields.getUint32(at, true);
    const put = (at: number, value: number): void => fields.setUint32(at, value, true);
    switch (name) {
      case 'capability':
        return fields.setBigUint64(layout.CAPABILITY.value, 1n, true);
      case 'resources':
        if (this.screenless.includes(card)) throw new KernelError(name, 'EOPNOTSUPP');
        this.fill(fields, layout.RESOURCES.crtcs, layout.RESOURCES.crtcCount, [CRTC]);
        this.fill(fields, layout.RESOURCES.encoders, layout.RESOURCES.encoderCount, [ENCODER]);
        return this.fill(
          fields,
          layout.RESOURCES.connectors,
          layout.RESOURCES.connectorCount,
          this.connectors.filter(({ card: of = 'card0' }) => of === card).map(({ id }) => id),
        );
      case 'encoder':
        return put(layout.ENCODER.possibleCrtcs, 1);
      case 'connector':
        return this.connectorCall(fields);
      case 'setProperty':
        this.power = Number(fields.getBigUint64(layout.SET_PROPERTY.value, true));
        return;
      case 'property':
        return void bytes.set(Buffer.from(word(layout.PROPERTY.id) === DPMS ? 'DPMS' : 'other'), layout.PROPERTY.name);
      case 'getCrtc':
        put(layout.CRTC.framebuffer, this.shown);
        put(layout.CRTC.valid, 1);
        return;
      case 'setCrtc':
        this.shown = word(layout.CRTC.framebuffer);
        return;
      case 'createDumb': {
        const pitchBytes = (word(layout.CREATE_DUMB.width) * word(layout.CREATE_DUMB.bitsPerPixel)) / 8 + this.padBytes;
        const memory = new Uint8Array(pitchBytes * word(layout.CREATE_DUMB.height));
        const handle = this.next++;
        this.buffers.set(handle, { memory, pitchBytes, framebuffer: 0 });
        put(layout.CREATE_DUMB.handle, handle);
        put(layout.CREATE_DUMB.pitch, pitchBytes);
        return fields.setBigUint64(layout.CREATE_DUMB.size, BigInt(memory.byteLength), true);
      }
      case 'addFramebuffer': {
        const code = this.refusals.get(`addFramebuffer ${word(layout.FRAMEBUFFER.format).toString(16)}`);
        if (code !== undefined) throw new KernelError(name, code);
        const framebuffer = this.next++;
        this.buffers.get(word(layout.FRAMEBUFFER.handles))!.framebuffer = framebuffer;
        return put(layout.FRAMEBUFFER.id, framebuffer);
      }
      case 'mapDumb':
        return fields.setBigUint64(layout.MAP_DUMB.offset, BigInt(word(layout.MAP_DUMB.handle)) << 12n, true);
      case 'destroyDumb':
        this.buffers.delete(word(0));
        return;
      case 'pageFlip':
        this.shown = word(layout.PAGE_FLIP.framebuffer);
        if (this.confirmsFlips) this.flips.push(flipEvent(12, 345_678));
        return;
      default:
        return;
    }
  }

  private connectorCall(fields: DataView): void {
    const { CONNECTOR, MODE } = layout;
    const connector = this.connectors.find(({ id }) => id === fields.getUint32(CONNECTOR.id, true));
    if (connector === undefined) throw new KernelError('connector', 'ENOENT');
    const modes = this.arrays.get(fields.getBigUint64(CONNECTOR.modes, true));
    if (modes instanceof Uint8Array && fields.getUint32(CONNECTOR.modeCount, true) >= connector.modes.length)
      connector.modes.forEach((mode, i) => modes.set(fakeMode(mode), i * MODE.bytes));
    fields.setUint32(CONNECTOR.modeCount, connector.modes.length, true);
    this.fill(fields, CONNECTOR.encoders, CONNECTOR.encoderCount, [ENCODER]);
    const values = this.arrays.get(fields.getBigUint64(CONNECTOR.propertyValues, true));
    if (values instanceof BigUint64Array && fields.getUint32(CONNECTOR.propertyCount, true) >= 1) values[0] = 3n;
    this.fill(fields, CONNECTOR.properties, CONNECTOR.propertyCount, [DPMS]);
    fields.setUint32(CONNECTOR.type, connector.type, true);
    fields.setUint32(CONNECTOR.typeIndex, connector.index, true);
    fields.setUint32(CONNECTOR.connection, connector.connected ? 1 : 2, true);
  }

  /** Memory of the buffer that is on the screen. */
  get screen(): Uint8Array {
    const found = [...this.buffers.values()].find(({ framebuffer }) => framebuffer === this.shown);
    if (found === undefined) throw new Error('no buffer of ours is on the screen');
    return found.memory;
  }
}

function flipEvent(seconds: number, microseconds: number): Uint8Array {
  const event = new DataView(new ArrayBuffer(32));
  event.setUint32(layout.EVENT.type, layout.EVENT_FLIP_COMPLETE, true);
  event.setUint32(layout.EVENT.length, 32, true);
  event.setUint32(layout.EVENT.seconds, seconds, true);
  event.setUint32(layout.EVENT.microseconds, microseconds, true);
  event.setUint32(layout.EVENT.sequence, 7, true);
  return new Uint8Array(event.buffer);
}
