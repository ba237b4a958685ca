/** Starts processes that open GL contexts, and hears what came of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { GlDriver } from '../../runtime/gl/gl';
import type { SceneResult } from './gl-scene';
import type { Holdings } from './leftovers';

export interface GlOrder {
  /** A driver of SDL, or `gl` for the package of that name. */
  readonly driver: string;
  /** How many threads open one, one after the other; the process's main thread opens one when left out. */
  readonly threads?: number;
  /** Only opens and closes, this often. */
  readonly rounds?: number;
  readonly wholeScreen?: boolean;
  readonly gles?: string;
  /** Keeps what was shown until `look` is over. */
  readonly hold?: boolean;
}

export interface GlReport extends Partial<Omit<SceneResult, 'pixels'>> {
  readonly failed?: string;
  /** Pixels that were not as they had to be. */
  readonly wrong?: number;
  readonly swapped?: boolean;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly refreshHz?: number | undefined;
  readonly driver?: GlDriver;
  readonly held?: Readonly<Record<'none' | 'one' | 'many', Holdings>>;
}

/** One report a thread. `look` runs while the picture is held. Rejects when the process does not end well. */
export async function runGl(
  order: GlOrder,
  env: Readonly<Record<string, string | undefined>> = {},
  look?: () => Promise<void>,
): Promise<GlReport[]> {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, DBUS_SESSION_BUS_ADDRESS: _bus, ...neutral } = process.env;
  const argument = JSON.stringify({ ...order, hold: look !== undefined });
  const child = spawn(process.execPath, [join(__dirname, 'gl-entry.js'), argument], { env: { ...neutral, ...env } });
  let said = '';
  let complaint = '';
  let looked: Promise<void> | undefined;
  child.stderr.on('data', (chunk: Buffer) => (complaint += String(chunk)));
  // A child that has ended reads nothing. Its exit is handled below.
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => {
    said += String(chunk);
    if (look === undefined || looked !== undefined || !said.includes('\nshown\n')) return;
    looked = look().finally(() => child.stdin.write('go on\n'));
    // Awaited below, once the process has ended.
    looked.catch(() => {});
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  await looked;
  const report = /^report (.*)$/m.exec(said)?.[1];
  if (code !== 0 || report === undefined) throw new Error(`ended with ${code ?? signal}: ${said}${complaint}`);
  return JSON.parse(report) as GlReport[];
}
