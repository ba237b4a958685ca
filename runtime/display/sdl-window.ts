/** A window of SDL: opening it through a named driver, and what the display has to say about it. */
import { monotonicMs } from '../core/clock';
import type { Pointer } from '../core/foreign';
import { DEFAULT_REFRESH_HZ, type OutputEvent, type OutputRequest } from './output';
import { suitingMode } from './refresh';
import { sdlLibrary, type Sdl } from './sdl-library';
import type { PointerHold } from './wayland-pointer';

// SDL2's constants (SDL.h, SDL_video.h, SDL_events.h)
const INIT_VIDEO = 0x20;
const WINDOW_SHOWN = 0x4;
const WINDOW_FULLSCREEN = 0x1;
const WINDOW_FULLSCREEN_DESKTOP = 0x1001;
/** Without it sway floats the window, and a frame that is on its way while the screen changes keeps its size over the screen's. */
const WINDOW_RESIZABLE = 0x20;
const EVENT_QUIT = 0x100;
const EVENT_WINDOW = 0x200;
const WINDOW_EXPOSED = 3;
const WINDOW_SIZE_CHANGED = 6;
const WINDOW_CLOSE = 14;
export const SETTLING_MS = 500;
const MEASURE_PAUSE_MS = 10;
/** SDL_WINDOWPOS_UNDEFINED_DISPLAY(0): on the first screen, wherever that lies. */
const ON_FIRST_SCREEN = 0x1fff0000;
/** Wayland gets a still picture again after this pause, which takes 1 ms at 1080p. */
const RENEWED_MS = 2000;
/** Where SDL_WindowEvent keeps which event it is. */
const WINDOW_EVENT_KIND = 12;
/** sizeof(SDL_Event). */
const EVENT_BYTES = 56;
/** SDL_DisplayMode: format, w, h, refresh_rate (int each), driverdata. */
const MODE_BYTES = 24;
const MODE_WIDTH = 4;
const MODE_HEIGHT = 8;
const MODE_REFRESH = 12;

/** SDL_SysWMinfo: version (3 bytes, padded), kind of window system, then what that one has; of KMSDRM: device (int), file (int). */
const WM_INFO_BYTES = 128;
const WM_INFO_KIND = 4;
const WM_INFO_DRM_FILE = 12;
const KIND_KMSDRM = 13;

export interface SdlWindowRequest extends Pick<OutputRequest, 'size' | 'env' | 'rates'> {
  /** SDL's name of the driver. */
  readonly driver: string;
  /** On the console: N of the `/dev/dri/cardN` to show on. By itself SDL takes the last one it finds that has a screen. */
  readonly cardNumber?: number;
  /** Bits of SDL_WindowFlags beyond shown and full screen. */
  readonly flags: number;
  /** On Wayland: the layout of the screens as text, in which a change shows that SDL does not tell of; may throw. */
  readonly layout?: (() => string) | undefined;
  /** On Wayland: takes a pointer that nobody else may hide, once the window is there. */
  readonly holdPointer?: (() => PointerHold | undefined) | undefined;
}

/** Belongs to the thread that opened it. */
export class SdlWindow {
  /** Set once the display is gone; the owner sets it too when it finds out first. */
  lost = false;
  readonly driver: string;
  widthPx: number;
  heightPx: number;
  readonly refreshHz: number;
  /** Until then a compositor may answer the new window. */
  private readonly settledAtMs = monotonicMs() + SETTLING_MS;
  private renewAtMs = 0;
  private readonly event = new Uint8Array(EVENT_BYTES);
  private readonly eventFields = new DataView(this.event.buffer);

  constructor(
    readonly sdl: Sdl,
    readonly handle: Pointer,
    refreshHz: number,
    /** Whether it fills a screen in that one's own pixels. */
    private readonly covers: boolean,
    /** Whether the screens are no longer as they were when SDL looked at them. */
    private readonly isOutdated: () => boolean,
    private readonly pointer: PointerHold | undefined,
  ) {
    this.driver = `SDL ${sdl.driver()}`;
    ({ widthPx: this.widthPx, heightPx: this.heightPx } = readSize(sdl, handle));
    this.refreshHz = refreshHz || DEFAULT_REFRESH_HZ;
  }

  /** Of a window that was just opened: takes in the size that the display has given it meanwhile. Blocks for some ms. */
  measureAgain(): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MEASURE_PAUSE_MS);
    while (this.sdl.pollEvent(this.event) !== 0);
    ({ widthPx: this.widthPx, heightPx: this.heightPx } = readSize(this.sdl, this.handle));
  }

  /** Takes in what the display has to say. Never blocks. */
  poll(): OutputEvent {
    let seen: OutputEvent = 'none';
    while (!this.lost && this.sdl.pollEvent(this.event) !== 0) {
      const type = this.eventFields.getUint32(0, true);
      const kind = this.event[WINDOW_EVENT_KIND]!;
      // SDL says "quit" also when the compositor has gone; which of the two it was, the next attempt to open shows.
      if (type === EVENT_QUIT) this.lost = true;
      else if (type === EVENT_WINDOW && kind === WINDOW_CLOSE) seen = 'closed';
      else if (type === EVENT_WINDOW && kind === WINDOW_SIZE_CHANGED && seen === 'none')
        seen = this.sizeDiffers() ? 'resized' : 'none';
      else if (type === EVENT_WINDOW && seen === 'none')
        seen = kind === WINDOW_EXPOSED || this.covers ? 'exposed' : seen;
    }
    if (this.lost) return seen === 'closed' ? seen : 'lost';
    if (!this.covers || seen === 'closed' || seen === 'resized') return seen;
    // A window of a fixed size is not told when the screen below it turns, or gets another mode or scale.
    if (this.sizeDiffers()) return 'resized';
    // The size that SDL agrees on with the compositor counts from the next frame on. A still picture has none, and SDL does not say when.
    const nowMs = monotonicMs();
    const isDue = nowMs >= this.renewAtMs;
    if (!isDue && nowMs >= this.settledAtMs) return seen;
    if (isDue) {
      this.renewAtMs = nowMs + RENEWED_MS;
      this.pointer?.look();
      if (this.isOutdated()) return 'resized';
    }
    return 'exposed';
  }

  /** The file of the card that it is shown on, on the console; undefined elsewhere. It is SDL's to close. */
  drmFile(): number | undefined {
    const info = new DataView(new ArrayBuffer(WM_INFO_BYTES));
    this.sdl.version(new Uint8Array(info.buffer));
    if (this.sdl.windowInfo(this.handle, new Uint8Array(info.buffer)) === 0) return undefined;
    return info.getInt32(WM_INFO_KIND, true) === KIND_KMSDRM ? info.getInt32(WM_INFO_DRM_FILE, true) : undefined;
  }

  /** Whether the window, or the screen that it covers, has another size than it was opened with. */
  private sizeDiffers(): boolean {
    const isOurs = ({ widthPx, heightPx }: PanelPx): boolean => widthPx === this.widthPx && heightPx === this.heightPx;
    if (!isOurs(readSize(this.sdl, this.handle))) return true;
    // A television that was switched off: SDL crashes where it is asked for the screen of a window and there is none.
    if (!this.covers || this.sdl.displayCount() < 1) return false;
    return !isOurs(ownPixels(this.sdl, this.sdl.displayOf(this.handle)));
  }

  /** Destroys the window and ends the use of the video driver, at once or as soon as that can be. Once. */
  close(): void {
    this.pointer?.close();
    if (this.sdl.displayCount() < 1) stranded.push(this.handle);
    else destroy(this.sdl, this.handle);
  }
}

/**
 * Windows that were closed while their driver had no screen any more (a television that was switched off): SDL crashes where one that fills
 * the screen is destroyed then. Of this thread.
 */
const stranded: Pointer[] = [];

function destroy(sdl: Sdl, window: Pointer): void {
  sdl.destroyWindow(window);
  sdl.quit(INIT_VIDEO);
}

/** Destroys the windows that were closed without a screen. Throws where there is still none. */
function clearStranded(sdl: Sdl): void {
  if (stranded.length === 0) return;
  const event = new Uint8Array(EVENT_BYTES);
  // Screens that have come are known only then.
  while (sdl.pollEvent(event) !== 0);
  if (sdl.displayCount() < 1) throw new Error('its screens are gone');
  for (const window of stranded.splice(0)) destroy(sdl, window);
}

interface PanelPx {
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * The pixels of a screen. A Wayland compositor with a scale gives its screen as smaller than that, and SDL counts the
 * screen's own mode among those that it can have the compositor stretch; it is the largest.
 */
function ownPixels(sdl: Sdl, display: number): SdlMode {
  const own = readMode((raw) => sdl.mode(display, 0, raw));
  const desktop = desktopMode(sdl, display);
  return own.widthPx > desktop.widthPx ? own : desktop;
}

function readSize(sdl: Sdl, window: Pointer): PanelPx {
  const width = new Int32Array(1);
  const height = new Int32Array(1);
  sdl.windowSize(window, width, height);
  return { widthPx: width[0]!, heightPx: height[0]! };
}

/** What a display shows by itself; zeros where it does not say. */
function desktopMode(sdl: Sdl, display: number): SdlMode {
  return readMode((raw) => sdl.desktopMode(display, raw));
}

interface SdlMode {
  readonly widthPx: number;
  readonly heightPx: number;
  /** A whole number: SDL rounds. */
  readonly refreshHz: number;
  readonly raw: Uint8Array;
}

function readMode(ask: (raw: Uint8Array) => number): SdlMode {
  const raw = new Uint8Array(MODE_BYTES);
  ask(raw);
  const fields = new DataView(raw.buffer);
  return {
    widthPx: fields.getInt32(MODE_WIDTH, true),
    heightPx: fields.getInt32(MODE_HEIGHT, true),
    refreshHz: fields.getInt32(MODE_REFRESH, true),
    raw,
  };
}

/** Gives the display the refresh that suits a show, where it has one; returns the refresh it has then. */
function suitShow(sdl: Sdl, window: Pointer, rates: readonly number[]): number {
  const display = sdl.displayOf(window);
  const own = desktopMode(sdl, display);
  const modes = Array.from({ length: Math.max(0, sdl.modeCount(display)) }, (_, index) =>
    readMode((raw) => sdl.mode(display, index, raw)),
  ).filter(({ widthPx, heightPx }) => widthPx === own.widthPx && heightPx === own.heightPx);
  const chosen = suitingMode(own, modes, rates);
  if (chosen === own) return own.refreshHz;
  const set = sdl.setMode(window, chosen.raw) === 0 && sdl.setFullscreen(window, WINDOW_FULLSCREEN) === 0;
  return set ? chosen.refreshHz : own.refreshHz;
}

/**
 * Opens a window without a cursor, over the whole screen where no size is asked for. `prepare` runs between the start of the
 * driver and the window. Throws with SDL's reason; nothing is held then.
 */
export function openSdlWindow(
  { driver, cardNumber, size, env, flags, rates = [], layout, holdPointer }: SdlWindowRequest,
  prepare: (sdl: Sdl) => void = () => {},
): SdlWindow {
  const sdl = sdlLibrary();
  clearStranded(sdl);
  const before = tried(layout);
  // SDL reads the C environment, which a thread of Node does not share.
  for (const key of ['XDG_RUNTIME_DIR', 'WAYLAND_DISPLAY', 'DISPLAY'] as const) {
    const value = env[key];
    if (value !== undefined) sdl.setenv(key, value, 1);
  }
  // The name by which compositors and window managers have rules for it (app_id, WM_CLASS).
  for (const key of ['SDL_VIDEO_WAYLAND_WMCLASS', 'SDL_VIDEO_X11_WMCLASS']) sdl.setenv(key, 'vitrine', 0);
  // Where there is no message bus, its library would start one for each show, which leaves its socket behind.
  sdl.setenv('DBUS_SESSION_BUS_ADDRESS', 'disabled:', 0);
  sdl.setHint('SDL_VIDEODRIVER', driver);
  // Read when the driver starts; a person's own environment variable of this name goes before it.
  if (cardNumber !== undefined) sdl.setHint('SDL_KMSDRM_DEVICE_INDEX', String(cardNumber));
  sdl.setHint('SDL_VIDEO_ALLOW_SCREENSAVER', '0');
  // A window without a frame needs no library that draws frames, with a toolkit behind it.
  if (size === undefined) sdl.setHint('SDL_VIDEO_WAYLAND_ALLOW_LIBDECOR', '0');
  // Signals are the program's: as SDL's, an interrupt from the keyboard would look like a lost display.
  sdl.setHint('SDL_NO_SIGNAL_HANDLERS', '1');
  if (sdl.init(INIT_VIDEO) !== 0) throw new Error(`SDL cannot use ${driver} (${sdl.error()})`);
  let window: Pointer = null;
  try {
    prepare(sdl);
    const covers = driver === 'wayland' && size === undefined;
    const desktop = desktopMode(sdl, 0);
    const own = covers ? ownPixels(sdl, 0) : desktop;
    const full = own.widthPx === desktop.widthPx ? WINDOW_FULLSCREEN_DESKTOP : WINDOW_FULLSCREEN;
    const shown = size === undefined ? WINDOW_SHOWN | full : WINDOW_SHOWN;
    // An X server without a window manager has nobody who would make the window as large as the screen later.
    const { widthPx, heightPx } = size ?? own;
    const at = covers ? ON_FIRST_SCREEN : 0;
    window = sdl.createWindow('Vitrine', at, at, widthPx, heightPx, shown | (covers ? WINDOW_RESIZABLE : 0) | flags);
    if (window === null) throw new Error(`no window (${sdl.error()})`);
    sdl.showCursor(0);
    const isOutdated = (): boolean => {
      const now = tried(layout);
      return before !== undefined && now !== undefined && now !== before;
    };
    return new SdlWindow(sdl, window, suitShow(sdl, window, rates), covers, isOutdated, holdPointer?.());
  } catch (cause) {
    if (window !== null) sdl.destroyWindow(window);
    sdl.quit(INIT_VIDEO);
    throw cause;
  }
}

/** Undefined where there is no answer. */
function tried(layout: (() => string) | undefined): string | undefined {
  try {
    return layout?.();
  } catch {
    return undefined;
  }
}
