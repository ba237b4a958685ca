/** The `wayland` output: an SDL window surface on the compositor at WAYLAND_DISPLAY. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Fits, Output, OutputRequest, OutputSpec, Surroundings } from './output';
import { openSdlOutput } from './sdl';
import { sdlVersion } from './sdl-library';
import type { SdlWindowRequest } from './sdl-window';
import { compositorInterfaces, screenLayout } from './wayland-globals';
import { holdPointer } from './wayland-pointer';

/** Before this version SDL crashes on a compositor without a seat (libsdl-org/SDL issue 8898). */
const SEATLESS_SINCE = [2, 30] as const;

/** Where the compositor's socket is; else why there is none. */
function socketOf(env: Surroundings['env']): { readonly path: string } | { readonly because: string } {
  const display = env['WAYLAND_DISPLAY'];
  if (display === undefined || display === '') return { because: 'WAYLAND_DISPLAY is not set' };
  if (isAbsolute(display)) return { path: display };
  const folder = env['XDG_RUNTIME_DIR'];
  return folder === undefined ? { because: 'XDG_RUNTIME_DIR is not set' } : { path: join(folder, display) };
}

function fits({ env }: Surroundings): Fits {
  const socket = socketOf(env);
  if ('because' in socket) return { fits: false, because: socket.because };
  return existsSync(socket.path) ? { fits: true } : { fits: false, because: `no Wayland compositor at ${socket.path}` };
}

/** Throws with the reason where SDL cannot or must not be let at the compositor. */
export function checkCompositor(env: OutputRequest['env']): void {
  const socket = socketOf(env);
  if ('because' in socket) throw new Error(socket.because);
  const interfaces = compositorInterfaces(socket.path);
  const [major, minor] = sdlVersion();
  const bearsSeatless = major > SEATLESS_SINCE[0] || (major === SEATLESS_SINCE[0] && minor >= SEATLESS_SINCE[1]);
  if (!interfaces.includes('wl_seat') && !bearsSeatless) {
    throw new Error(
      `the compositor has no seat, which SDL ${major}.${minor} does not survive; ` +
        `connect an input device or install SDL ${SEATLESS_SINCE.join('.')}`,
    );
  }
}

function open(request: OutputRequest): Output {
  checkCompositor(request.env);
  return openSdlOutput('wayland', 'wayland', { ...request, ...asked(request.env) });
}

/** Questions to the compositor that SDL does not ask: the layout of its screens, and a pointer to hide. */
export function asked(env: OutputRequest['env']): Required<Pick<SdlWindowRequest, 'layout' | 'holdPointer'>> {
  const socket = socketOf(env);
  return {
    layout() {
      if ('because' in socket) throw new Error(socket.because);
      return screenLayout(socket.path);
    },
    holdPointer: () => ('because' in socket ? undefined : holdPointer(socket.path)),
  };
}

export const waylandOutput: OutputSpec = { name: 'wayland', renderer: 'cpu', fits, open };
