/** Window managers and compositors on an X server of their own, as an ordinary user: the screen is read from that server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Seen } from './still-show';
import { movePointer, pointerPixels } from './x-pointer';
import { startXServer } from './x-server';

/** Debian's user `nobody`: some of them do not run as root. */
const NOBODY = 65534;
/** The size that cage gives its window on an X server; nobody can choose another. */
export const [DESKTOP_WIDTH_PX, DESKTOP_HEIGHT_PX] = [1024, 768];

export interface DesktopKind {
  readonly name: string;
  /** Words of each program, in the order in which they are started. */
  readonly programs: readonly (readonly string[])[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its clients are clients of Wayland. */
  readonly hasWayland: boolean;
}

const size = [`--width=${DESKTOP_WIDTH_PX}`, `--height=${DESKTOP_HEIGHT_PX}`];
/** A message bus of its own: that of the session is somebody else's. */
const BUS = ['dbus-run-session', '--'] as const;

export const DESKTOPS: readonly DesktopKind[] = [
  { name: 'a bare X server', programs: [], hasWayland: false },
  { name: 'openbox', programs: [['openbox']], hasWayland: false },
  {
    name: 'openbox with a compositing manager',
    programs: [['openbox'], ['picom', '--backend', 'xrender', '--shadow']],
    hasWayland: false,
  },
  {
    name: 'weston with its panel',
    programs: [
      ['weston', '--backend=x11-backend.so', '--use-pixman', '--shell=desktop-shell.so', '--idle-time=0', ...size],
    ],
    hasWayland: true,
  },
  {
    name: 'cage',
    programs: [['cage', '--', 'sleep', 'infinity']],
    env: { WLR_BACKENDS: 'x11', WLR_RENDERER: 'pixman', WLR_LIBINPUT_NO_DEVICES: '1' },
    hasWayland: true,
  },
  {
    name: 'labwc',
    programs: [['labwc']],
    env: { WLR_BACKENDS: 'x11', WLR_RENDERER: 'pixman', WLR_LIBINPUT_NO_DEVICES: '1' },
    hasWayland: true,
  },
  {
    name: 'mutter',
    programs: [[...BUS, 'mutter', '--wayland', '--nested', '--no-x11']],
    env: { MUTTER_DEBUG_DUMMY_MODE_SPECS: `${DESKTOP_WIDTH_PX}x${DESKTOP_HEIGHT_PX}`, LIBGL_ALWAYS_SOFTWARE: '1' },
    hasWayland: true,
  },
  {
    name: 'kwin',
    programs: [
      [...BUS, 'kwin_wayland', '--no-lockscreen', '--no-global-shortcuts', ...size.flatMap((word) => word.split('='))],
    ],
    env: { KWIN_COMPOSE: 'Q' },
    hasWayland: true,
  },
];

export interface Desktop {
  /** What its clients have to have in their environment. */
  readonly env: NodeJS.ProcessEnv;
  screen(): Seen;
  /** Moves the mouse to a place of the screen, in pixels. */
  movePointer(xPx: number, yPx: number): void;
  /** Pixels of the mouse pointer over the screen, where the server draws it; 0 where it is hidden. */
  pointerPixels(): number;
  close(): Promise<void>;
}

/** Whether all its programs are installed. */
export function isInstalled({ programs }: DesktopKind): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = programs.flatMap((words) => (words[0] === BUS[0] ? [words[0], words[BUS.length]!] : [words[0]!]));
  return names.every((name) => folders.some((folder) => existsSync(join(folder, name))));
}

/** Starts an X server and these programs on it; resolves once clients can come. */
export async function startDesktop({ programs, env = {}, hasWayland }: DesktopKind): Promise<Desktop> {
  const server = await startXServer({ widthPx: DESKTOP_WIDTH_PX, heightPx: DESKTOP_HEIGHT_PX });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-desk-'));
  chmodSync(folder, 0o700);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const become = isRoot ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const { WAYLAND_DISPLAY: _none, ...rest } = process.env;
  const own = { ...rest, HOME: folder, XDG_RUNTIME_DIR: folder, DISPLAY: server.display, ...env };
  const children = programs.map((words) =>
    // Ends with this process, also where that is killed; in a group of its own with what it starts.
    spawn('setpriv', ['--pdeathsig', 'KILL', ...become, ...words], { env: own, stdio: 'ignore', detached: true }),
  );
  const close = async (): Promise<void> => {
    for (const child of [...children].reverse()) await end(child);
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const socket = (): string | undefined => readdirSync(folder).find((name) => /^wayland-\d+$/.test(name));
  while (hasWayland && socket() === undefined) {
    const gone = children.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (gone !== undefined) {
      await close();
      throw new Error(`${gone.spawnargs.join(' ')} ended with ${gone.exitCode}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    env: hasWayland
      ? { XDG_RUNTIME_DIR: folder, WAYLAND_DISPLAY: socket()!, DISPLAY: '' }
      : { DISPLAY: server.display, WAYLAND_DISPLAY: '' },
    screen: () => ({ rgb: toRgb(server.screen()), widthPx: DESKTOP_WIDTH_PX, heightPx: DESKTOP_HEIGHT_PX }),
    movePointer: (xPx, yPx) => movePointer(server.display, xPx, yPx),
    pointerPixels: () => pointerPixels(server.display),
    close,
  };
}

/** Ends all of a program's group: asked first, so that a message bus takes its socket away. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid!, 'SIGTERM');
  const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 3000);
  await ended;
  clearTimeout(late);
}

function toRgb(bgrx: Uint8Array): Buffer {
  const rgb = Buffer.alloc((bgrx.length / 4) * 3);
  for (let at = 0, out = 0; at < bgrx.length; at += 4, out += 3) {
    rgb[out] = bgrx[at + 2]!;
    rgb[out + 1] = bgrx[at + 1]!;
    rgb[out + 2] = bgrx[at]!;
  }
  return rgb;
}
