/** GL contexts in windows of SDL: OpenGL ES 2.0 on X11, Wayland, a bare console, or no display at all. */
import type { Pointer } from '../core/foreign';
import { proveFirstDraw } from '../gl/first-draw';
import { driverOf, type Gl, type GlContext, type GlDriver } from '../gl/gl';
import { loadGles } from '../gl/gles';
import { DEFAULT_SIZE, type OutputEvent, type OutputRequest } from './output';
import type { Sdl } from './sdl-library';
import { openSdlWindow, type SdlWindow, type SdlWindowRequest } from './sdl-window';

// SDL2's constants (SDL_video.h)
const WINDOW_OPENGL = 0x2;
const PROFILE_ES = 4;
/** SDL_GLattr with what is asked for. Pictures need neither depth nor stencil, and nothing shines through the window. */
const ATTRIBUTES = [
  [0, 8], // SDL_GL_RED_SIZE
  [1, 8], // SDL_GL_GREEN_SIZE
  [2, 8], // SDL_GL_BLUE_SIZE
  [5, 1], // SDL_GL_DOUBLEBUFFER
  [6, 0], // SDL_GL_DEPTH_SIZE
  [7, 0], // SDL_GL_STENCIL_SIZE
  [17, 2], // SDL_GL_CONTEXT_MAJOR_VERSION
  [18, 0], // SDL_GL_CONTEXT_MINOR_VERSION
  [21, PROFILE_ES], // SDL_GL_CONTEXT_PROFILE_MASK
] as const;

export interface SdlContextRequest extends Pick<OutputRequest, 'size' | 'env' | 'rates'> {
  /** `wayland`: `checkCompositor` comes first, as SDL may crash on a compositor without a seat. */
  readonly driver: 'x11' | 'wayland' | 'KMSDRM' | 'offscreen';
  /** As of a window. */
  readonly cardNumber?: number;
  readonly layout?: () => string;
  readonly holdPointer?: SdlWindowRequest['holdPointer'];
  /** Whether a swap waits for the display. Some drivers never wait: the caller must not rely on it. */
  readonly vsync: boolean;
  /** Soname of OpenGL ES; the system's when left out. */
  readonly gles?: string;
}

/** Belongs to the thread that opened it. */
export interface SdlGlContext extends GlContext {
  /** SDL's driver, for reports. */
  readonly sdlDriver: string;
  readonly refreshHz: number;
  /** Takes in what the display has to say. Never blocks. */
  poll(): OutputEvent;
  /** The file of the card that it is shown on, on the console. */
  drmFile(): number | undefined;
}

class WindowContext implements SdlGlContext {
  readonly driver: GlDriver;
  readonly sdlDriver: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  /** Room for the first byte of an error and its end. */
  private readonly error = new Uint8Array(2);

  constructor(
    readonly gl: Gl,
    private readonly window: SdlWindow,
    private readonly context: Pointer,
  ) {
    this.driver = driverOf(gl);
    ({ driver: this.sdlDriver, widthPx: this.widthPx, heightPx: this.heightPx, refreshHz: this.refreshHz } = window);
  }

  swap(): boolean {
    const { window, error } = this;
    if (window.lost) return false;
    // The call itself tells nothing; a failed swap only leaves an error.
    window.sdl.clearError();
    window.sdl.glSwapWindow(window.handle);
    window.sdl.copyError(error, error.length);
    window.lost = error[0] !== 0;
    return !window.lost;
  }

  poll(): OutputEvent {
    return this.window.poll();
  }

  drmFile(): number | undefined {
    return this.window.drmFile();
  }

  close(): void {
    this.window.sdl.glDeleteContext(this.context);
    this.window.close();
  }
}

/**
 * Opens a window of the size asked for, or over the whole screen, with a context that is current on this thread and has proven
 * that it draws; without a cursor. Throws with the reason in words; nothing is held then.
 */
export function openSdlContext(request: SdlContextRequest): SdlGlContext {
  const { driver, size, vsync, gles } = request;
  const gl = loadGles(gles);
  // Without a display there is no screen to fill.
  const sizeAsked = driver === 'offscreen' ? (size ?? DEFAULT_SIZE) : size;
  const window = openSdlWindow({ ...request, size: sizeAsked, flags: WINDOW_OPENGL }, askForGles);
  const { sdl, handle } = window;
  let context: Pointer = null;
  try {
    context = sdl.glCreateContext(handle);
    if (context === null) throw new Error(`no OpenGL ES 2 context (${sdl.error()})`);
    sdl.glSetSwapInterval(vsync ? 1 : 0);
    proveFirstDraw(gl);
    return new WindowContext(gl, window, context);
  } catch (cause) {
    if (context !== null) sdl.glDeleteContext(context);
    window.close();
    throw cause;
  }
}

function askForGles(sdl: Sdl): void {
  // On X11 the system's OpenGL ES comes through EGL, as everywhere else, not through GLX.
  sdl.setHint('SDL_VIDEO_X11_FORCE_EGL', '1');
  sdl.setHint('SDL_OPENGL_ES_DRIVER', '1');
  for (const [attribute, value] of ATTRIBUTES) sdl.glSetAttribute(attribute, value);
}
