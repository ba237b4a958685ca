/** sway without a screen or a GPU, as an ordinary user, in a runtime folder of its own; its picture is read from outside by grim. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readPicture, type Seen } from './still-show';

/** Debian's user `nobody`: sway does not run as root. */
const NOBODY = 65534;

export interface Sway {
  /** What its clients have to have in their environment. */
  readonly env: { readonly XDG_RUNTIME_DIR: string; readonly WAYLAND_DISPLAY: string };
  /** A command of sway, such as `output HEADLESS-1 scale 2`. Rejects where it fails. */
  command(words: string): Promise<void>;
  /** The whole screen as it is seen, in its own pixels. */
  screen(): Promise<Seen>;
  close(): Promise<void>;
}

/** `[1, 7]`. */
export function swayVersion(): readonly number[] {
  const text = execFileSync('sway', ['--version'], { encoding: 'utf8' });
  return (/(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
}

/** Starts sway with one screen of that size. */
export async function startSway(widthPx: number, heightPx: number): Promise<Sway> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-sway-'));
  chmodSync(folder, 0o700);
  const config = join(folder, 'config');
  writeFileSync(config, `output * mode ${widthPx}x${heightPx}@60Hz bg #000000 solid_color\n`);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const own = { ...process.env, XDG_RUNTIME_DIR: folder, DISPLAY: '', WAYLAND_DISPLAY: '' };
  const env = { ...own, WLR_BACKENDS: 'headless', WLR_LIBINPUT_NO_DEVICES: '1', WLR_RENDERER: 'pixman' };
  const become = isRoot ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'KILL', ...become, 'sway', '-c', config], {
    env,
    stdio: 'ignore',
  });
  const named = (pattern: RegExp): string | undefined => readdirSync(folder).find((name) => pattern.test(name));
  const ready = (): boolean => named(/^sway-ipc.*\.sock$/) !== undefined && named(/^wayland-\d+$/) !== undefined;
  while (!ready()) {
    if (child.exitCode !== null) throw new Error(`sway ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const client = { XDG_RUNTIME_DIR: folder, WAYLAND_DISPLAY: named(/^wayland-\d+$/)! };
  const run = promisify(execFile);
  return {
    env: client,
    async command(words) {
      await run('swaymsg', ['-s', join(folder, named(/^sway-ipc.*\.sock$/)!), words]);
    },
    async screen() {
      const file = join(folder, 'screen.png');
      await run('grim', ['-l', '0', file], { env: { ...own, ...client } });
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
}
