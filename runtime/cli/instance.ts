/** Finds the running instance: where its socket is, from the command line, the environment or the configuration. */
import { resolve } from 'node:path';
import type { Call } from '../control/client';
import { callerSocketPaths } from '../control/socket-path';
import { isStrange } from '../control/strangers';
import { VitrineError } from '../core/errors';
import type { CommandIo } from './command';

/**
 * Where to ask, best first; `socket` is what the command line says, `root` a folder of the shape of `/`. A path that a person named is asked
 * whoever owns it.
 */
export function instancePaths(
  io: Pick<CommandIo, 'env' | 'cwd'>,
  socket: string | undefined,
  root = '/',
): Pick<Call, 'socketPaths' | 'strangers'> {
  const uid = process.getuid?.() ?? 0;
  const setting = socket ?? io.env['VITRINE_CONTROL_SOCKET'] ?? configuredSocket(io, root);
  if (setting !== 'auto') return { socketPaths: [resolve(io.cwd, setting)] };
  const paths = callerSocketPaths({ setting, env: io.env, uid });
  const strangers = paths.filter((path) => isStrange(path, uid));
  return { socketPaths: paths.filter((path) => !strangers.includes(path)), strangers };
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
