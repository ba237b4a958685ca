/** Finds the running instance: where its socket is, from the command line, the environment or the configuration. */
import { resolve } from 'node:path';
import { callerSocketPaths } from '../control/socket-path';
import { VitrineError } from '../core/errors';
import type { CommandIo } from './command';

/** Paths to try, best first. `socket` is what the command line says, `root` a folder of the shape of `/`. */
export function instancePaths(
  io: Pick<CommandIo, 'env' | 'cwd'>,
  socket: string | undefined,
  root = '/',
): readonly string[] {
  const uid = process.getuid?.() ?? 0;
  const setting = socket ?? io.env['VITRINE_CONTROL_SOCKET'] ?? configuredSocket(io, root);
  return callerSocketPaths({ setting: setting === 'auto' ? setting : resolve(io.cwd, setting), env: io.env, uid });
}

/** What the files of this machine say. A configuration that is broken now says nothing about the instance that runs. */
function configuredSocket(io: Pick<CommandIo, 'env' | 'cwd'>, root: string): string {
  const { loadSettings } = require('./settings') as typeof import('./settings');
  try {
    const settings = loadSettings({ config: [], set: [], args: {}, env: io.env, cwd: io.cwd, root });
    return String(settings.values['control.socket']);
  } catch (cause) {
    if (cause instanceof VitrineError) return 'auto';
    throw cause;
  }
}
