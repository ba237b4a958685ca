/** Where the program's own files are, whether a module runs from a file of its own or from a bundle. */
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The folder `runtime` of the build: the nearest one above this code. */
function runtimeFolder(): string {
  let folder = __dirname;
  while (basename(folder) !== 'runtime' && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** A file of the build, such as a thread's entry or the kernels, by its path below `runtime`. */
export function builtFile(...path: string[]): string {
  return join(runtimeFolder(), ...path);
}

/** A file that comes with the program uncompiled, such as a profile, by its path below the package's folder. */
export function packageFile(...path: string[]): string {
  return join(runtimeFolder(), '..', '..', ...path);
}

/** `~/pictures` as a shell would take it: below the user's home. Other paths stay as they are. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(process.env['HOME'] ?? homedir(), path.slice(1)) : path;
}

/** Where small state is kept: systemd's place for a service, else a person's. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const service = env['STATE_DIRECTORY']?.split(':')[0];
  if (service !== undefined && service !== '') return service;
  const home = env['XDG_STATE_HOME'] ?? join(env['HOME'] ?? homedir(), '.local', 'state');
  return join(home, 'vitrine');
}
