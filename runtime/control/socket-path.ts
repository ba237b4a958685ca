/** Where the control socket is: pure rules, the same for the instance and for those who call it. */
import { join } from 'node:path';

export interface SocketPlace {
  /** `control.socket`: a path, or `auto`. */
  readonly setting: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number;
}

/** The socket of the service; its folder is made by systemd (`RuntimeDirectory=`) or by root. */
export const SERVICE_SOCKET = '/run/vitrine/control.sock';

/** Below the folder of a session. */
const SOCKET = 'vitrine/control.sock';

/** Longest path of a Unix socket: `sun_path` holds 108 bytes with the closing zero (unix(7)). */
export const LONGEST_SOCKET_PATH_BYTES = 107;

/** Where an instance listens. */
export function instanceSocketPath({ setting, env, uid }: SocketPlace): string {
  if (setting !== 'auto') return setting;
  if (isSet(env['RUNTIME_DIRECTORY'])) return SERVICE_SOCKET;
  const runtimeFolder = env['XDG_RUNTIME_DIR'];
  if (isSet(runtimeFolder)) return join(runtimeFolder, SOCKET);
  return uid === 0 ? SERVICE_SOCKET : `/tmp/vitrine-${uid}/control.sock`;
}

/** Where a caller looks, best first: an instance of its own user, also of a session that the caller is not in, then the service. */
export function callerSocketPaths(place: SocketPlace): readonly string[] {
  const own = instanceSocketPath(place);
  if (place.setting !== 'auto') return [own];
  return [...new Set([own, join(`/run/user/${place.uid}`, SOCKET), SERVICE_SOCKET])];
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
