/** Windows of SDL whose surface is filled by the CPU, for every display SDL has a driver for. */
import { koffi, type Pointer } from '../core/foreign';
import type { Rect } from '../stage/placement';
import type { Output, OutputEvent, OutputName, OutputRequest } from './output';
import { openSdlWindow, type SdlWindow } from './sdl-window';

/** SDL_Surface: flags (4, padded to 8), format pointer, w, h, pitch (int each, padded), pixels pointer. */
const SURFACE_PITCH = 24;
const SURFACE_PIXELS = 32;

class SdlOutput implements Output {
  readonly driver: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly refreshHz: number;
  private readonly rect = new Int32Array(4);
  private readonly pixels: Pointer;
  private readonly strideBytes: number;
  private frame: Uint8Array = new Uint8Array(0);

  constructor(
    readonly name: OutputName,
    private readonly window: SdlWindow,
  ) {
    ({ driver: this.driver, widthPx: this.widthPx, heightPx: this.heightPx, refreshHz: this.refreshHz } = window);
    const surface = window.sdl.windowSurface(window.handle);
    if (surface === null) throw new Error(`no surface to draw on (${window.sdl.error()})`);
    this.strideBytes = koffi().decode(surface, SURFACE_PITCH, 'int') as number;
    this.pixels = koffi().decode(surface, SURFACE_PIXELS, 'void *') as Pointer;
  }

  attach(frame: Uint8Array): void {
    this.frame = frame;
  }

  present(damage: Rect): boolean {
    if (this.window.lost) return false;
    const { rect, frame } = this;
    const { sdl, handle } = this.window;
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
    this.window.lost = sdl.updateRects(handle, rect, 1) !== 0;
    return !this.window.lost;
  }

  poll(): OutputEvent {
    return this.window.poll();
  }

  close(): void {
    this.window.close();
  }
}

/** Opens a window through the named SDL driver. Throws with SDL's reason. */
export function openSdlOutput(name: OutputName, driver: string, { size, env }: OutputRequest): Output {
  const window = openSdlWindow({ driver, size, env, flags: 0 }, (sdl) => {
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
