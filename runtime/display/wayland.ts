/** The `wayland` output: an SDL window surface on the compositor at WAYLAND_DISPLAY. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Fits, OutputRequest, OutputSpec } from './output';
import { openSdlOutput } from './sdl';

function fits(env: OutputRequest['env']): Fits {
  const display = env['WAYLAND_DISPLAY'];
  if (display === undefined || display === '') return { fits: false, because: 'WAYLAND_DISPLAY is not set' };
  const folder = env['XDG_RUNTIME_DIR'];
  if (!isAbsolute(display) && folder === undefined) return { fits: false, because: 'XDG_RUNTIME_DIR is not set' };
  const socket = isAbsolute(display) ? display : join(folder!, display);
  return existsSync(socket) ? { fits: true } : { fits: false, because: `no Wayland compositor at ${socket}` };
}

export const waylandOutput: OutputSpec = {
  name: 'wayland',
  fits,
  open: (request) => openSdlOutput('wayland', 'wayland', request),
};
