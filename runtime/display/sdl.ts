/** Windows of SDL whose surface is filled by the CPU, for every display SDL has a driver for. */
import { monotonicMs } from '../core/clock';
import { koffi, type Pointer } from '../core/foreign';
import type { Rect } from '../stage/placement';
import type { Output, OutputEvent, OutputName } from './output';
import { openSdlWindow, SETTLING_MS, type SdlWindow, type SdlWindowRequest } from './sdl-window';

/** SDL_Surface: flags (4, padded to 8), format pointer, w, h, pitch (int each, padded), pixels pointer. */
const SURFACE_WIDTH = 16;
const SURFACE_HEIGHT = 20;
const SURFACE_PITCH = 24;
const SURFACE_PIXELS = 32;

class SdlOutput implements Output {
  readonly driver: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  private readonly rect = new Int32Array(4);
  private pixels: Pointer = null;
  private strideBytes = 0;
  private frame: Uint8Array = new Uint8Array(0);

  constructor(
    readonly name: OutputName,
    private readonly window: SdlWindow,
  ) {
    ({ driver: this.driver, widthPx: this.widthPx, heightPx: this.heightPx, refreshHz: this.refreshHz } = window);
    let surface = this.takeSurface();
    // A compositor may put the window on another screen than was asked for.
    for (const untilMs = monotonicMs() + SETTLING_MS; surface === 'other' && monotonicMs() < untilMs;) {
      window.measureAgain();
      ({ widthPx: this.widthPx, heightPx: this.heightPx } = window);
      surface = this.takeSurface();
    }
    if (surface === 'none') throw new Error(`no surface to draw on (${window.sdl.error()})`);
    if (surface === 'other') throw new Error('the screen keeps changing its size');
  }

  /** Takes the surface that the window has now. `other`: of another size than the frame; `none`: there is none any more. */
  private takeSurface(): 'same' | 'other' | 'none' {
    const surface = this.window.sdl.windowSurface(this.window.handle);
    if (surface === null) return 'none';
    const field = (offset: number): number => koffi().decode(surface, offset, 'int') as number;
    if (field(SURFACE_WIDTH) !== this.widthPx || field(SURFACE_HEIGHT) !== this.heightPx) return 'other';
    this.strideBytes = field(SURFACE_PITCH);
    this.pixels = koffi().decode(surface, SURFACE_PIXELS, 'void *') as Pointer;
    return 'same';
  }

  attach(frame: Uint8Array): void {
    this.frame = frame;
  }

  present(damage: Rect): boolean {
    const { window } = this;
    if (window.lost) return false;
    if (this.show(damage.left, damage.top, damage.right, damage.bottom)) return true;
    // Every configure of a compositor makes the surface invalid, also one that changes nothing; SDL then has another one.
    const surface = this.takeSurface();
    if (surface === 'same') window.lost = !this.show(0, 0, this.widthPx, this.heightPx);
    else window.lost = surface === 'none';
    return !window.lost;
  }

  /** Puts a part of the frame on the surface and the surface on the window. False where SDL refuses that. */
  private show(left: number, top: number, right: number, bottom: number): boolean {
    const { rect, frame } = this;
    const { sdl, handle } = this.window;
    const rowBytes = this.widthPx * 4;
    if (this.strideBytes === rowBytes) sdl.memcpy(this.pixels, frame, rowBytes * this.heightPx);
    else {
      for (let y = top; y < bottom; y++) {
        sdl.memcpy(this.pixels! + BigInt(y * this.strideBytes), frame.subarray(y * rowBytes), rowBytes);
      }
    }
    rect[0] = left;
    rect[1] = top;
    rect[2] = right - left;
    rect[3] = bottom - top;
    return sdl.updateRects(handle, rect, 1) === 0;
  }

  poll(): OutputEvent {
    return this.window.poll();
  }

  close(): void {
    this.window.close();
  }
}

/** Opens a window through the named SDL driver. Throws with SDL's reason. */
export function openSdlOutput(
  name: OutputName,
  driver: string,
  { size, env, layout, holdPointer }: Pick<SdlWindowRequest, 'size' | 'env' | 'layout' | 'holdPointer'>,
): Output {
  const window = openSdlWindow({ driver, size, env, flags: 0, layout, holdPointer }, (sdl) => {
    // The pacer is the clock here; a surface that waits for the display as well would be waited for twice.
    sdl.setHint('SDL_RENDER_VSYNC', '0');
  });
  try {
    return new SdlOutput(name, window);
  } catch (cause) {
    window.close();
    throw cause;
  }
}
