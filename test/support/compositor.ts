/** A real Wayland compositor in a runtime folder of its own that can be asked for its picture. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const SOCKET = 'wayland-test';

export interface Compositor {
  /** What its clients have to have in their environment. */
  readonly env: { readonly XDG_RUNTIME_DIR: string; readonly WAYLAND_DISPLAY: string };
  start(): Promise<void>;
  /** The screen as RGB, rows tight. */
  screen(): Promise<Buffer>;
  /** Ends it without a word to its clients. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Prepares a compositor; `start` runs it, again after a `kill`. On an X server it has a seat with keyboard and pointer, by
 * itself it has none, as on a device without any input.
 */
export function prepareCompositor(widthPx: number, heightPx: number, xDisplay?: string): Compositor {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-wl-'));
  chmodSync(folder, 0o700);
  const env = { XDG_RUNTIME_DIR: folder, WAYLAND_DISPLAY: SOCKET };
  let end: () => Promise<void> = async () => {};
  return {
    env,
    async start() {
      const backend = xDisplay === undefined ? 'headless-backend.so' : 'x11-backend.so';
      const args = [`--backend=${backend}`, '--use-pixman', '--shell=kiosk-shell.so', '--idle-time=0', '--debug'];
      const size = [`--width=${widthPx}`, `--height=${heightPx}`];
      // Ends with this process, also where that is killed.
      const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'weston', ...args, `--socket=${SOCKET}`, ...size], {
        env: { ...process.env, XDG_RUNTIME_DIR: folder, DISPLAY: xDisplay },
        stdio: 'ignore',
      });
      end = async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
        for (const left of [SOCKET, `${SOCKET}.lock`]) rmSync(join(folder, left), { force: true });
      };
      while (!existsSync(join(folder, SOCKET))) {
        if (child.exitCode !== null) throw new Error(`weston ended with ${child.exitCode}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async screen() {
      await promisify(execFile)('weston-screenshooter', {
        cwd: folder,
        env: { ...process.env, ...env, XDG_PICTURES_DIR: folder },
      });
      const file = readdirSync(folder).find((name) => name.endsWith('.png'))!;
      const pixels = await sharp(join(folder, file)).removeAlpha().raw().toBuffer();
      rmSync(join(folder, file));
      return pixels;
    },
    kill: () => end(),
    async close() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
