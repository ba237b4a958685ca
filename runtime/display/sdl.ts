/** SDL2 through koffi: windows whose surface is filled by the CPU, for every display SDL has a driver for. */
import { foreign, koffi, type Pointer } from '../core/foreign';
import type { Rect } from '../stage/placement';
import { DEFAULT_REFRESH_HZ, type Output, type OutputEvent, type OutputName, type OutputRequest } from './output';

// SDL2's constants (SDL.h, SDL_video.h, SDL_events.h)
const INIT_VIDEO = 0x20;
const WINDOW_SHOWN = 0x4;
const WINDOW_FULLSCREEN_DESKTOP = 0x1001;
const EVENT_QUIT = 0x100;
const EVENT_WINDOW = 0x200;
const WINDOW_EXPOSED = 3;
const WINDOW_SIZE_CHANGED = 6;
const WINDOW_CLOSE = 14;
/** Where SDL_WindowEvent keeps which event it is. */
const WINDOW_EVENT_KIND = 12;
/** sizeof(SDL_Event). */
const EVENT_BYTES = 56;
/** SDL_DisplayMode: format, w, h, refresh_rate (int each), driverdata. */
const MODE_BYTES = 24;
/** SDL_Surface: flags (4, padded to 8), format pointer, w, h, pitch (int each, padded), pixels pointer. */
const SURFACE_PITCH = 24;
const SURFACE_PIXELS = 32;

function bind() {
  const sdl = koffi().load('libSDL2-2.0.so.0');
  const libc = koffi().load('libc.so.6');
  return {
    version: foreign<[Uint8Array], void>(sdl, 'void SDL_GetVersion(void *version)'),
    setHint: foreign<[string, string], number>(sdl, 'int SDL_SetHint(const char *name, const char *value)'),
    init: foreign<[number], number>(sdl, 'int SDL_InitSubSystem(uint flags)'),
    quit: foreign<[number], void>(sdl, 'void SDL_QuitSubSystem(uint flags)'),
    error: foreign<[], string>(sdl, 'const char *SDL_GetError()'),
    driver: foreign<[], string>(sdl, 'const char *SDL_GetCurrentVideoDriver()'),
    desktopMode: foreign<[number, Uint8Array], number>(sdl, 'int SDL_GetDesktopDisplayMode(int display, void *mode)'),
    createWindow: foreign<[string, number, number, number, number, number], Pointer>(
      sdl,
      'void *SDL_CreateWindow(const char *title, int x, int y, int width, int height, uint flags)',
    ),
    destroyWindow: foreign<[Pointer], void>(sdl, 'void SDL_DestroyWindow(void *window)'),
    windowSize: foreign<[Pointer, Int32Array, Int32Array], void>(
      sdl,
      'void SDL_GetWindowSizeInPixels(void *window, void *width, void *height)',
    ),
    windowSurface: foreign<[Pointer], Pointer>(sdl, 'void *SDL_GetWindowSurface(void *window)'),
    updateRects: foreign<[Pointer, Int32Array, number], number>(
      sdl,
      'int SDL_UpdateWindowSurfaceRects(void *window, void *rects, int count)',
    ),
    showCursor: foreign<[number], number>(sdl, 'int SDL_ShowCursor(int show)'),
    pollEvent: foreign<[Uint8Array], number>(sdl, 'int SDL_PollEvent(void *event)'),
    memcpy: foreign<[Pointer, Uint8Array, number], Pointer>(libc, 'void *memcpy(void *to, void *from, size_t bytes)'),
    setenv: foreign<[string, string, number], number>(
      libc,
      'int setenv(const char *name, const char *value, int overwrite)',
    ),
  };
}

type Sdl = ReturnType<typeof bind>;
let bound: Sdl | undefined;

class SdlOutput implements Output {
  private readonly event = new Uint8Array(EVENT_BYTES);
  private readonly eventFields = new DataView(this.event.buffer);
  private readonly rect = new Int32Array(4);
  private pixels: Pointer = null;
  private strideBytes = 0;
  private frame: Uint8Array = new Uint8Array(0);
  private lost = false;

  constructor(
    private readonly sdl: Sdl,
    private readonly window: Pointer,
    readonly name: OutputName,
    readonly driver: string,
    readonly widthPx: number,
    readonly heightPx: number,
    readonly refreshHz: number,
  ) {
    this.takeSurface();
  }

  private takeSurface(): void {
    const surface = this.sdl.windowSurface(this.window);
    if (surface === null) throw new Error(`no surface to draw on (${this.sdl.error()})`);
    this.strideBytes = koffi().decode(surface, SURFACE_PITCH, 'int') as number;
    this.pixels = koffi().decode(surface, SURFACE_PIXELS, 'void *') as Pointer;
  }

  attach(frame: Uint8Array): void {
    this.frame = frame;
  }

  present(damage: Rect): boolean {
    if (this.lost) return false;
    const { sdl, rect, frame } = this;
    const rowBytes = this.widthPx * 4;
    if (this.strideBytes === rowBytes) sdl.memcpy(this.pixels, frame, rowBytes * this.heightPx);
    else {
      for (let y = damage.top; y < damage.bottom; y++) {
        sdl.memcpy(this.pixels! + BigInt(y * this.strideBytes), frame.subarray(y * rowBytes), rowBytes);
      }
    }
    rect[0] = damage.left;
    rect[1] = damage.top;
    rect[2] = damage.right - damage.left;
    rect[3] = damage.bottom - damage.top;
    this.lost = sdl.updateRects(this.window, rect, 1) !== 0;
    return !this.lost;
  }

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
      else if (type === EVENT_WINDOW && kind === WINDOW_EXPOSED && seen === 'none') seen = 'exposed';
    }
    return this.lost && seen !== 'closed' ? 'lost' : seen;
  }

  private sizeDiffers(): boolean {
    const size = readSize(this.sdl, this.window);
    return size.widthPx !== this.widthPx || size.heightPx !== this.heightPx;
  }

  close(): void {
    this.sdl.destroyWindow(this.window);
    this.sdl.quit(INIT_VIDEO);
  }
}

function readSize(sdl: Sdl, window: Pointer): { widthPx: number; heightPx: number } {
  const width = new Int32Array(1);
  const height = new Int32Array(1);
  sdl.windowSize(window, width, height);
  return { widthPx: width[0]!, heightPx: height[0]! };
}

/** Version of the library that is installed: major, minor, patch. Throws where there is none. */
export function sdlVersion(): readonly [number, number, number] {
  bound ??= bind();
  const version = new Uint8Array(3);
  bound.version(version);
  return [version[0]!, version[1]!, version[2]!];
}

/** Opens a window through the named SDL driver. Throws with SDL's reason. */
export function openSdlOutput(name: OutputName, driver: string, { size, env }: OutputRequest): Output {
  bound ??= bind();
  const sdl = bound;
  // SDL reads the C environment, which a thread of Node does not share.
  for (const key of ['XDG_RUNTIME_DIR', 'WAYLAND_DISPLAY', 'DISPLAY'] as const) {
    const value = env[key];
    if (value !== undefined) sdl.setenv(key, value, 1);
  }
  sdl.setHint('SDL_VIDEODRIVER', driver);
  sdl.setHint('SDL_VIDEO_ALLOW_SCREENSAVER', '0');
  // The pacer is the clock here; a surface that waits for the display as well would be waited for twice.
  sdl.setHint('SDL_RENDER_VSYNC', '0');
  if (sdl.init(INIT_VIDEO) !== 0) throw new Error(`SDL cannot use ${driver} (${sdl.error()})`);
  let window: Pointer = null;
  try {
    const flags = size === undefined ? WINDOW_SHOWN | WINDOW_FULLSCREEN_DESKTOP : WINDOW_SHOWN;
    window = sdl.createWindow('Vitrine', 0, 0, size?.widthPx ?? 0, size?.heightPx ?? 0, flags);
    if (window === null) throw new Error(`no window (${sdl.error()})`);
    sdl.showCursor(0);
    const mode = new DataView(new ArrayBuffer(MODE_BYTES));
    const known = sdl.desktopMode(0, new Uint8Array(mode.buffer)) === 0;
    const refreshHz = (known && mode.getInt32(12, true)) || DEFAULT_REFRESH_HZ;
    const { widthPx, heightPx } = readSize(sdl, window);
    return new SdlOutput(sdl, window, name, `SDL ${sdl.driver()}`, widthPx, heightPx, refreshHz);
  } catch (cause) {
    if (window !== null) sdl.destroyWindow(window);
    sdl.quit(INIT_VIDEO);
    throw cause;
  }
}
