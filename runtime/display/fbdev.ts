/** The `fbdev` output: the kernel's framebuffer device, one picture in memory that is always on the screen. */
import type { Rect } from '../stage/placement';
import { codeOf, systemKernel, type Kernel, type Mapping } from './kernel';
import {
  DEFAULT_REFRESH_HZ,
  type Fits,
  type Output,
  type OutputEvent,
  type OutputRequest,
  type OutputSpec,
} from './output';
import { formatOf, PIXEL_BYTES, writerFor, type PixelFormat, type RectWriter } from './pixel-format';
import { silenceTerminal } from './virtual-terminal';

// linux/fb.h
const GET_VARIABLE = 0x4600;
const GET_FIXED = 0x4602;
const BLANK = 0x4611;
const UNBLANK = 0;
const POWER_DOWN = 4;
const PACKED_PIXELS = 0;
/** fb_var_screeninfo; a colour is offset and length in bits, and which end its highest is at. */
const VARIABLE = {
  bytes: 160,
  width: 0,
  height: 4,
  left: 16,
  top: 20,
  bitsPerPixel: 24,
  red: 32,
  green: 44,
  blue: 56,
  /** Picoseconds a pixel; 0 when the driver does not know. */
  pixelClockPs: 100,
  /** Left, right, upper and lower margin. */
  margins: 104,
  horizontalSync: 120,
  verticalSync: 124,
} as const;

/** fb_fix_screeninfo has a field as long as a word of the machine, before all that is of interest here. */
function fixedLayout(wordBytes: 4 | 8) {
  return {
    bytes: wordBytes === 8 ? 80 : 68,
    id: 0,
    idBytes: 16,
    memoryStart: 16,
    memoryBytes: 16 + wordBytes,
    type: 20 + wordBytes,
    lineBytes: 40 + wordBytes,
  } as const;
}

const WORD_BYTES = process.arch === 'arm' || process.arch === 'ia32' ? 4 : 8;
const PAGE_BYTES = 4096;

/** What a framebuffer device says of itself. */
export interface Framebuffer {
  readonly id: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly format: PixelFormat;
  readonly pitchBytes: number;
  /** Of the mapping: where the memory begins in its first page, and how long it is from there. */
  readonly startBytes: number;
  readonly memoryBytes: number;
  /** From the start of the memory to the first pixel that is seen. */
  readonly visibleBytes: number;
  readonly refreshHz: number;
}

/** Reads the two structures. Throws where the pixels are of a kind that cannot be written. */
export function describeFramebuffer(variable: DataView, fixed: DataView, wordBytes: 4 | 8 = WORD_BYTES): Framebuffer {
  const layout = fixedLayout(wordBytes);
  const word = (at: number): number => variable.getUint32(at, true);
  const colour = (at: number): [number, number] => [word(at), word(at + 4)];
  const bits = word(VARIABLE.bitsPerPixel);
  const [red, green, blue] = [colour(VARIABLE.red), colour(VARIABLE.green), colour(VARIABLE.blue)];
  const format =
    fixed.getUint32(layout.type, true) === PACKED_PIXELS ? formatOf(bits, { red, green, blue }) : undefined;
  if (format === undefined) {
    const places = [red, green, blue].map(([offset, length]) => `${length}@${offset}`).join(' ');
    throw new Error(`pixels of ${bits} bits (red, green, blue ${places}) are not known here; set a depth of 32 or 16`);
  }
  const id = new Uint8Array(fixed.buffer, fixed.byteOffset + layout.id, layout.idBytes);
  const start =
    wordBytes === 8 ? fixed.getBigUint64(layout.memoryStart, true) : BigInt(fixed.getUint32(layout.memoryStart, true));
  const pitchBytes = fixed.getUint32(layout.lineBytes, true);
  return {
    id: String.fromCharCode(...id).split('\0', 1)[0]!,
    widthPx: word(VARIABLE.width),
    heightPx: word(VARIABLE.height),
    format,
    pitchBytes,
    startBytes: Number(start % BigInt(PAGE_BYTES)),
    memoryBytes: fixed.getUint32(layout.memoryBytes, true),
    visibleBytes: word(VARIABLE.top) * pitchBytes + word(VARIABLE.left) * PIXEL_BYTES[format],
    refreshHz: refreshHzOf(variable),
  };
}

function refreshHzOf(variable: DataView): number {
  const word = (at: number): number => variable.getUint32(at, true);
  const margin = (index: number): number => word(VARIABLE.margins + 4 * index);
  const totalWidth = word(VARIABLE.width) + margin(0) + margin(1) + word(VARIABLE.horizontalSync);
  const totalHeight = word(VARIABLE.height) + margin(2) + margin(3) + word(VARIABLE.verticalSync);
  const hz = 1e12 / (word(VARIABLE.pixelClockPs) * totalWidth * totalHeight);
  // Drivers without a real clock fill in anything; a screen shows 20 to 250 pictures a second.
  return hz >= 20 && hz <= 250 ? hz : DEFAULT_REFRESH_HZ;
}

class FbdevOutput implements Output {
  readonly name = 'fbdev';
  readonly driver: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  private write: RectWriter | undefined;
  private lost = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly file: number,
    private readonly framebuffer: Framebuffer,
    private readonly memory: Mapping,
    private readonly unsilence: () => void,
  ) {
    this.driver = `${framebuffer.id} ${framebuffer.format}`;
    this.widthPx = framebuffer.widthPx;
    this.heightPx = framebuffer.heightPx;
    this.refreshHz = framebuffer.refreshHz;
  }

  attach(frame: Uint8Array): void {
    this.write = writerFor(this.framebuffer.format, frame, this.widthPx);
  }

  present(damage: Rect): boolean {
    const { startBytes, visibleBytes, pitchBytes } = this.framebuffer;
    if (!this.lost) this.write?.(this.memory, startBytes + visibleBytes, pitchBytes, damage);
    return !this.lost;
  }

  poll(): OutputEvent {
    if (this.lost) return 'lost';
    try {
      const now = readFramebuffer(this.kernel, this.file);
      const same =
        now.widthPx === this.widthPx &&
        now.heightPx === this.heightPx &&
        now.format === this.framebuffer.format &&
        now.pitchBytes === this.framebuffer.pitchBytes &&
        now.visibleBytes === this.framebuffer.visibleBytes;
      return same ? 'none' : 'resized';
    } catch {
      this.lost = true;
      return 'lost';
    }
  }

  power(on: boolean): string {
    this.kernel.ioctl(this.file, BLANK, on ? UNBLANK : POWER_DOWN);
    return 'framebuffer blanking';
  }

  close(): void {
    this.memory.close();
    this.unsilence();
    this.kernel.close(this.file);
  }
}

function readFramebuffer(kernel: Kernel, file: number): Framebuffer {
  const variable = new DataView(new ArrayBuffer(VARIABLE.bytes));
  const fixed = new DataView(new ArrayBuffer(fixedLayout(WORD_BYTES).bytes));
  kernel.ioctl(file, GET_VARIABLE, new Uint8Array(variable.buffer));
  kernel.ioctl(file, GET_FIXED, new Uint8Array(fixed.buffer));
  return describeFramebuffer(variable, fixed);
}

/** `/dev/fb0`, `/dev/fb1`, … */
function devicePaths(kernel: Kernel): string[] {
  return kernel
    .list('/dev')
    .filter((name) => /^fb\d+$/.test(name))
    .sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)))
    .map((name) => `/dev/${name}`);
}

function inWords(path: string, cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'EACCES' || code === 'EPERM') return `no right to use ${path}; add this user to the group video`;
  if (code === 'ENOTTY' || code === 'EINVAL') return `${path} is not a framebuffer (${code})`;
  if (code === 'ENODEV' || code === 'ENXIO' || code === 'ENOENT') return `no framebuffer behind ${path}`;
  return `${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
}

/**
 * Whether the device is a graphics card's imitation of one, and no display is connected to the card: its pixels can be written, and
 * nobody sees them.
 */
function isUnseen(kernel: Kernel, path: string): boolean {
  const device = path.slice(path.lastIndexOf('/') + 1);
  const cards = kernel.list(`/sys/class/graphics/${device}/device/drm`).filter((name) => /^card\d+$/.test(name));
  const states = kernel
    .list('/sys/class/drm')
    .filter((name) => cards.some((card) => name.startsWith(`${card}-`)))
    .flatMap((name) => kernel.line(`/sys/class/drm/${name}/status`) ?? []);
  return states.length > 0 && states.every((state) => state === 'disconnected');
}

/** Opens one device. Throws with words; nothing stays open then. */
function openDevice(kernel: Kernel, path: string): FbdevOutput {
  if (isUnseen(kernel, path)) throw new Error(`${path} belongs to a graphics card without a display`);
  let file: number;
  try {
    file = kernel.open(path);
  } catch (cause) {
    throw new Error(inWords(path, cause), { cause });
  }
  try {
    const framebuffer = readFramebuffer(kernel, file);
    const memory = mapFramebuffer(kernel, file, path, framebuffer);
    try {
      kernel.ioctl(file, BLANK, UNBLANK);
    } catch {
      // Most drivers that cannot blank cannot unblank either, and are on.
    }
    return new FbdevOutput(kernel, file, framebuffer, memory, silenceTerminal(kernel));
  } catch (cause) {
    kernel.close(file);
    throw new Error(inWords(path, cause), { cause });
  }
}

function mapFramebuffer(kernel: Kernel, file: number, path: string, framebuffer: Framebuffer): Mapping {
  const { startBytes, memoryBytes, visibleBytes, pitchBytes, widthPx, heightPx, format } = framebuffer;
  const lastByte = visibleBytes + (heightPx - 1) * pitchBytes + widthPx * PIXEL_BYTES[format];
  if (lastByte > memoryBytes) throw new Error(`${widthPx}x${heightPx} pixels are more than its ${memoryBytes} bytes`);
  try {
    return kernel.map(file, startBytes + memoryBytes, 0n);
  } catch (cause) {
    throw new Error(`its memory cannot be mapped (${codeOf(cause)}); use the kms output, or another driver`, { cause });
  }
}

/** An `fbdev` output that asks `kernel`. */
export function createFbdevOutput(kernel: Kernel) {
  return {
    name: 'fbdev',
    renderer: 'cpu',
    fits(): Fits {
      return devicePaths(kernel).length > 0
        ? { fits: true }
        : { fits: false, because: 'no framebuffer device in /dev' };
    },
    /** The size is the device's own: a framebuffer that shows another one was set up so by who configured the machine. */
    open(_request: OutputRequest): FbdevOutput {
      const paths = devicePaths(kernel);
      if (paths.length === 0)
        throw new Error('no framebuffer device in /dev; is its driver in the kernel (vesafb, simpledrm)?');
      const troubles: string[] = [];
      for (const path of paths) {
        try {
          return openDevice(kernel, path);
        } catch (cause) {
          troubles.push(cause instanceof Error ? cause.message : String(cause));
        }
      }
      throw new Error(troubles.join('; '));
    },
  } as const satisfies OutputSpec;
}

export const fbdevOutput = createFbdevOutput(systemKernel);
