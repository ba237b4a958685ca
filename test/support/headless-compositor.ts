/**
 * A compositor without a screen or a GPU, as an ordinary user, in a runtime folder of its own; its picture is read from outside by grim, and
 * its screen is changed as its user would.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readPicture, type Seen } from './still-show';

/** Debian's user `nobody`: sway does not run as root. */
const NOBODY = 65534;

/** One change of a screen. */
export type ScreenChange =
  | { readonly mode: readonly [widthPx: number, heightPx: number] }
  | { readonly scale: number }
  | { readonly turn: 90 | 180 | 270 }
  | { readonly on: boolean };

/** Where the compositor keeps its sockets. */
interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** A file of the folder. */
  named(pattern: RegExp): string | undefined;
}

interface Kind {
  readonly arguments: (folder: string, widthPx: number, heightPx: number) => readonly string[];
  readonly isReady: (place: Place) => boolean;
  readonly change: (place: Place, output: string, change: ScreenChange) => Promise<void>;
}

const run = promisify(execFile);

const swaymsg = (place: Place, words: string): Promise<unknown> =>
  run('swaymsg', ['-s', join(place.folder, place.named(/^sway-ipc.*\.sock$/)!), words]);

const KINDS = {
  sway: {
    arguments(folder, widthPx, heightPx) {
      const config = join(folder, 'config');
      writeFileSync(config, `output * mode ${widthPx}x${heightPx}@60Hz bg #000000 solid_color\n`);
      return ['-c', config];
    },
    isReady: ({ named }) => named(/^sway-ipc.*\.sock$/) !== undefined && named(/^wayland-\d+$/) !== undefined,
    async change(place, output, change) {
      await swaymsg(place, `output ${output} ${swayWords(change)}`);
    },
  },
  labwc: {
    arguments: (folder) => ['-C', folder],
    isReady: ({ named }) => named(/^wayland-\d+$/) !== undefined,
    async change({ env }, output, change) {
      await run('wlr-randr', ['--output', output, ...randrArguments(change)], { env });
    },
  },
} satisfies Readonly<Record<string, Kind>>;

function swayWords(change: ScreenChange): string {
  if ('mode' in change) return `mode ${change.mode.join('x')}@60Hz`;
  if ('scale' in change) return `scale ${change.scale}`;
  return 'turn' in change ? `transform ${change.turn}` : `dpms ${change.on ? 'on' : 'off'}`;
}

function randrArguments(change: ScreenChange): string[] {
  if ('mode' in change) return ['--custom-mode', `${change.mode.join('x')}@60Hz`];
  if ('scale' in change) return ['--scale', String(change.scale)];
  return 'turn' in change ? ['--transform', String(change.turn)] : [change.on ? '--on' : '--off'];
}

export type CompositorName = keyof typeof KINDS;

export interface HeadlessCompositor {
  /** What its clients have to have in their environment. */
  readonly env: { readonly XDG_RUNTIME_DIR: string; readonly WAYLAND_DISPLAY: string };
  /** Changes its first screen, or the one of that name. Rejects where that fails. */
  change(change: ScreenChange, output?: string): Promise<void>;
  /** A command of sway. Rejects where it fails. */
  command(words: string): Promise<void>;
  /** The whole screen as it is seen, in its own pixels. */
  screen(): Promise<Seen>;
  close(): Promise<void>;
}

/** What of its programs is missing here; empty where it can be tested. */
export function missingFor(name: CompositorName): string[] {
  const programs = name === 'sway' ? ['sway', 'swaymsg', 'grim'] : ['labwc', 'wlr-randr', 'grim'];
  const folders = (process.env['PATH'] ?? '').split(':');
  return programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
}

/** `[1, 7]`. */
export function swayVersion(): readonly number[] {
  const text = execFileSync('sway', ['--version'], { encoding: 'utf8' });
  return (/(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
}

/** Starts it with one screen of that size. */
export async function startHeadless(
  name: CompositorName,
  widthPx: number,
  heightPx: number,
): Promise<HeadlessCompositor> {
  const kind: Kind = KINDS[name];
  const folder = mkdtempSync(join(tmpdir(), `vitrine-${name}-`));
  chmodSync(folder, 0o700);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const own = { ...process.env, XDG_RUNTIME_DIR: folder, DISPLAY: '', WAYLAND_DISPLAY: '' };
  const env = { ...own, WLR_BACKENDS: 'headless', WLR_LIBINPUT_NO_DEVICES: '1', WLR_RENDERER: 'pixman' };
  const become = isRoot ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const words = [name, ...kind.arguments(folder, widthPx, heightPx)];
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'KILL', ...become, ...words], { env, stdio: 'ignore' });
  const named = (pattern: RegExp): string | undefined => readdirSync(folder).find((file) => pattern.test(file));
  while (!kind.isReady({ folder, env: own, named })) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const client = { XDG_RUNTIME_DIR: folder, WAYLAND_DISPLAY: named(/^wayland-\d+$/)! };
  const place: Place = { folder, env: { ...own, ...client }, named };
  const compositor: HeadlessCompositor = {
    env: client,
    change: (change, output = 'HEADLESS-1') => kind.change(place, output, change),
    async command(text) {
      await swaymsg(place, text);
    },
    async screen() {
      const file = join(folder, 'screen.png');
      await run('grim', ['-l', '0', file], { env: place.env });
      return readPicture(file);
    },
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
  if (name === 'labwc') await compositor.change({ mode: [widthPx, heightPx] });
  return compositor;
}
