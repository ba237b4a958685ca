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

/** Longest path of a Unix socket: `sun_path` holds 108 bytes with the closing zero (unix(7)). */
export const LONGEST_SOCKET_PATH_BYTES = 107;

/** Where an instance listens. */
export function instanceSocketPath({ setting, env, uid }: SocketPlace): string {
  if (setting !== 'auto') return setting;
  if (uid === 0 || isSet(env['RUNTIME_DIRECTORY'])) return SERVICE_SOCKET;
  const runtimeFolder = env['XDG_RUNTIME_DIR'];
  return isSet(runtimeFolder) ? join(runtimeFolder, 'vitrine/control.sock') : `/tmp/vitrine-${uid}/control.sock`;
}

/** Where a caller looks, best first: an instance of its own user, then the service. */
export function callerSocketPaths(place: SocketPlace): readonly string[] {
  const own = instanceSocketPath(place);
  return place.setting !== 'auto' || own === SERVICE_SOCKET ? [own] : [own, SERVICE_SOCKET];
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
