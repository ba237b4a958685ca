/**
 * The `x11` output: a full-screen window filled through shared memory. Xlib itself instead of SDL, because SDL keeps a second
 * connection of its own whose loss ends the process (docs/adr/001-x11-through-xlib.md).
 */
import { existsSync } from 'node:fs';
import type { Pointer } from '../core/foreign';
import type { Rect } from '../stage/placement';
import {
  DEFAULT_REFRESH_HZ,
  type Fits,
  type Output,
  type OutputEvent,
  type OutputRequest,
  type OutputSpec,
  type Surroundings,
} from './output';
import { connectToServer, type XExtensions } from './x-extensions';
import { xlib, type Xlib } from './xlib';

// Xlib's constants (X.h, Xatom.h)
const EXPOSURE_MASK = 1 << 15;
const STRUCTURE_NOTIFY_MASK = 1 << 17;
const EXPOSE = 12;
const DESTROY_NOTIFY = 17;
const CONFIGURE_NOTIFY = 22;
const CLIENT_MESSAGE = 33;
const Z_PIXMAP = 2;
const REPLACE = 0;
const ATOM_ATOM = 4;
const ATOM_CARDINAL = 6;
/** sizeof(XEvent): 24 longs. */
const EVENT_BYTES = 24 * 8;
/** Offset of `width` in XConfigureEvent; `height` follows. */
const CONFIGURE_WIDTH = 56;
const IPC_PRIVATE = 0;
const IPC_CREAT_0600 = 0o1000 | 0o600;
const IPC_RMID = 0;

const FORMAT_32 = 32;
/** shmat: in the place of what is mapped there. */
const SHM_REMAP = 0o40000;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS_FIXED_NORESERVE = 0x2 | 0x20 | 0x10 | 0x4000;

/** `:0`, `:1.0`, `host:0`: the socket of a local display, undefined of a remote one. */
export function socketOf(display: string): string | undefined {
  const match = /^(?:unix)?:(\d+)(?:\.\d+)?$/.exec(display);
  return match === null ? undefined : `/tmp/.X11-unix/X${match[1]!}`;
}

function fits({ env }: Surroundings): Fits {
  const display = env['DISPLAY'];
  if (display === undefined || display === '') return { fits: false, because: 'DISPLAY is not set' };
  const socket = socketOf(display);
  if (socket !== undefined && !existsSync(socket))
    return { fits: false, because: `no X server at ${display} (${socket})` };
  return { fits: true };
}

/** How the frame gets to the server. `put` sends a part of it, which may be drawn into afterwards; `free` gives back what it holds. */
interface Carrier {
  put(left: number, top: number, width: number, height: number): void;
  free(): void;
}

class X11Output implements Output {
  readonly name = 'x11';
  readonly driver: string;
  readonly refreshHz: number;
  private readonly event = new Uint8Array(EVENT_BYTES);
  private readonly eventFields = new DataView(this.event.buffer);
  private readonly wakefulness: () => void;
  private carrier: Carrier | undefined;

  constructor(
    private readonly x: Xlib,
    private readonly display: Pointer,
    private readonly extensions: XExtensions,
    private readonly window: number,
    readonly widthPx: number,
    readonly heightPx: number,
    private readonly displayName: string,
    /** Connections that had broken before this one was made. */
    private readonly lossesAtOpen: number,
  ) {
    this.driver = x.serverVendor(display);
    this.refreshHz = extensions.refreshHz(x.rootWindow(display, x.defaultScreen(display))) ?? DEFAULT_REFRESH_HZ;
    this.wakefulness = keepAwake(x, display, extensions);
  }

  private get lost(): boolean {
    return this.x.losses > this.lossesAtOpen || this.extensions.lost;
  }

  attach(frame: Uint8Array): void {
    this.carrier?.free();
    this.carrier =
      shareFrame(this.x, this.display, this.extensions, this.window, frame, this.widthPx, this.heightPx) ??
      sendFrame(this.x, this.display, this.window, frame, this.widthPx, this.heightPx);
  }

  present(damage: Rect): boolean {
    if (this.lost) return false;
    this.carrier?.put(damage.left, damage.top, damage.right - damage.left, damage.bottom - damage.top);
    return !this.lost;
  }

  poll(): OutputEvent {
    const { x, display } = this;
    let seen: OutputEvent = 'none';
    while (!this.lost && x.pending(display) > 0) {
      x.nextEvent(display, this.event);
      const type = this.eventFields.getInt32(0, true);
      if (type === EXPOSE && seen === 'none') seen = 'exposed';
      else if (type === DESTROY_NOTIFY || type === CLIENT_MESSAGE) seen = 'closed';
      else if (type === CONFIGURE_NOTIFY && seen !== 'closed') {
        const widthPx = this.eventFields.getInt32(CONFIGURE_WIDTH, true);
        const heightPx = this.eventFields.getInt32(CONFIGURE_WIDTH + 4, true);
        if (widthPx !== this.widthPx || heightPx !== this.heightPx) seen = 'resized';
      }
    }
    return this.lost ? 'lost' : seen;
  }

  power(on: boolean): string {
    return powerX11(this.displayName, on);
  }

  hold(): () => void {
    return holdServer(this.displayName);
  }

  close(): void {
    const { x, display } = this;
    this.wakefulness();
    this.carrier?.free();
    x.destroyWindow(display, this.window);
    this.extensions.close();
    x.closeDisplay(display);
  }
}

/** An X server restarts when its last client leaves. This connection keeps it running until the returned function is called. Throws with words. */
export function holdServer(name: string): () => void {
  const connection = connectToServer(name);
  return () => connection.close();
}

/** Switches the screens of an X server, over a connection of its own. Returns how; throws with words. */
export function powerX11(name: string, on: boolean): string {
  const extensions = connectToServer(name);
  try {
    if (!extensions.canSwitchPower) throw new Error(`the X server ${name} cannot switch its screens`);
    if (!on) extensions.setPowerSaving(true);
    extensions.switchPower(on);
    // By itself the server must not switch anything.
    if (on) extensions.setPowerSaving(false);
    extensions.sync();
    return 'DPMS';
  } finally {
    extensions.close();
  }
}

/** The picture has to stay: no screen saver and no power saving, until the returned act puts them back. */
function keepAwake(x: Xlib, display: Pointer, extensions: XExtensions): () => void {
  const saved = [new Int32Array(1), new Int32Array(1), new Int32Array(1), new Int32Array(1)] as const;
  x.getScreenSaver(display, ...saved);
  x.setScreenSaver(display, 0, 0, 0, 0);
  const { savesPower } = extensions;
  if (savesPower) extensions.setPowerSaving(false);
  return () => {
    x.setScreenSaver(display, saved[0][0]!, saved[1][0]!, saved[2][0]!, saved[3][0]!);
    if (savesPower) extensions.setPowerSaving(true);
  };
}

/**
 * Puts a segment that the server shares in the frame's place in the arena: what is drawn is what the server reads, and no
 * frame is ever copied on this side. Undefined where the server cannot (another machine, no extension, no segments left).
 */
function shareFrame(
  x: Xlib,
  display: Pointer,
  extensions: XExtensions,
  window: number,
  frame: Uint8Array,
  width: number,
  height: number,
): Carrier | undefined {
  const id = x.shmget(IPC_PRIVATE, frame.byteLength, IPC_CREAT_0600);
  if (id < 0) return undefined;
  const address = x.shmat(id, frame, SHM_REMAP);
  const mapped = address !== null && BigInt.asIntN(64, address) !== -1n;
  const unmap = (): void => {
    // Plain memory again, in one step: the arena must never have a hole.
    x.mmap(frame, frame.byteLength, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_FIXED_NORESERVE, -1, 0);
  };
  const segment = mapped ? extensions.shareMemory(id) : undefined;
  // From here on the segment lives exactly as long as somebody has it mapped: nothing is left behind by a crash.
  x.shmctl(id, IPC_RMID, null);
  if (segment === undefined) {
    if (mapped) unmap();
    return undefined;
  }
  const screen = x.defaultScreen(display);
  const depth = x.defaultDepth(display, screen);
  const graphics = x.graphicsId(x.defaultGraphics(display, screen));
  const size = { width, height };
  return {
    put(left, top, w, h) {
      extensions.putShared(segment, window, graphics, size, depth, { left, top, width: w, height: h });
      // The server reads the frame when it comes to the request; after this it has.
      extensions.sync();
    },
    free() {
      extensions.unshareMemory(segment);
      extensions.sync();
      unmap();
    },
  };
}

/** Sends the pixels over the connection; for a server that does not share memory with us. */
function sendFrame(
  x: Xlib,
  display: Pointer,
  window: number,
  frame: Uint8Array,
  width: number,
  height: number,
): Carrier {
  const screen = x.defaultScreen(display);
  const visual = x.defaultVisual(display, screen);
  const image = x.createImage(
    display,
    visual,
    x.defaultDepth(display, screen),
    Z_PIXMAP,
    0,
    frame,
    width,
    height,
    32,
    width * 4,
  );
  const graphics = x.defaultGraphics(display, screen);
  return {
    put(left, top, w, h) {
      x.putImage(display, window, graphics, image, left, top, left, top, w, h);
      x.sync(display, 0);
    },
    free: () => x.free(image),
  };
}

function openWindow(x: Xlib, display: Pointer, width: number, height: number, wholeScreen: boolean): number {
  const root = x.rootWindow(display, x.defaultScreen(display));
  const window = x.createWindow(display, root, 0, 0, width, height, 0, 0, 0);
  const atom = (name: string): number => x.internAtom(display, name, 0);
  const set = (property: string, type: number, ...values: number[]): void => {
    const data = new Uint8Array(new BigUint64Array(values.map(BigInt)).buffer); // format 32 means longs
    x.changeProperty(display, window, atom(property), type, FORMAT_32, REPLACE, data, values.length);
  };
  x.storeName(display, window, 'Vitrine');
  set('WM_PROTOCOLS', ATOM_ATOM, atom('WM_DELETE_WINDOW'));
  if (wholeScreen) {
    set('_NET_WM_STATE', ATOM_ATOM, atom('_NET_WM_STATE_FULLSCREEN'), atom('_NET_WM_STATE_ABOVE'));
    set('_NET_WM_BYPASS_COMPOSITOR', ATOM_CARDINAL, 1);
  }
  const nothing = x.createBitmap(display, window, new Uint8Array(1), 1, 1);
  const colour = new Uint8Array(16);
  x.defineCursor(display, window, x.createCursor(display, nothing, nothing, colour, colour, 0, 0));
  x.selectInput(display, window, EXPOSURE_MASK | STRUCTURE_NOTIFY_MASK);
  x.mapRaised(display, window);
  x.sync(display, 0);
  return window;
}

function open({ size, env }: OutputRequest): Output {
  const x = xlib();
  const name = env['DISPLAY'] ?? ':0';
  const lossesBefore = x.losses;
  // Before Xlib's: from here on the server stays as it is.
  const extensions = connectToServer(name);
  const display = x.open(name);
  if (display === undefined) {
    extensions.close();
    throw new Error(`the X server ${name} takes no second connection`);
  }
  const screen = x.defaultScreen(display);
  const depth = x.defaultDepth(display, screen);
  if (depth !== 24 && depth !== 32) {
    extensions.close();
    x.closeDisplay(display);
    throw new Error(`the X server ${name} has ${depth} bits a pixel; 24 are needed`);
  }
  const screenWidthPx = x.screenWidth(display, screen);
  const screenHeightPx = x.screenHeight(display, screen);
  const { widthPx, heightPx } = size ?? { widthPx: screenWidthPx, heightPx: screenHeightPx };
  const wholeScreen = widthPx === screenWidthPx && heightPx === screenHeightPx;
  const window = openWindow(x, display, widthPx, heightPx, wholeScreen);
  const output = new X11Output(x, display, extensions, window, widthPx, heightPx, name, lossesBefore);
  // What was asked of a server that is gone was answered with nothing; Xlib says so at the next round trip.
  x.sync(display, 0);
  if (x.losses === lossesBefore && !extensions.lost) return output;
  extensions.close();
  x.closeDisplay(display);
  throw new Error(`the X server ${name} went away while its window was opened`);
}

export const x11Output: OutputSpec = { name: 'x11', renderer: 'cpu', fits, open };
