/** CEC: the television at the other end of the HDMI cable, told to switch itself through the program `cec-ctl`. */
import { readdirSync } from 'node:fs';
import { spawnMortal } from '../core/mortal-child';
import { programOnPath } from '../core/program-on-path';

/** What came of it: how it was done, or what hindered it; neither where there is nothing to tell. */
export interface Switched {
  readonly by?: string;
  readonly because?: string;
}

/** A television answers within a second or not at all. */
const LIMIT_MS = 5000;

export function cecDevices(): string[] {
  try {
    return readdirSync('/dev')
      .filter((name) => /^cec\d+$/.test(name))
      .map((name) => `/dev/${name}`);
  } catch {
    return [];
  }
}

/** Switches every television that can be told. Never rejects; no process is left. */
export async function switchTelevisions(
  on: boolean,
  env: NodeJS.ProcessEnv,
  devices = cecDevices(),
): Promise<Switched> {
  if (devices.length === 0) return {};
  const outcomes = await Promise.all(devices.map((device) => switchTelevision(on, env, device)));
  const failed = outcomes.flatMap((because) => (because === undefined ? [] : [because]));
  return failed.length === outcomes.length ? { because: failed.join('; ') } : { by: 'CEC' };
}

/** Resolves with what hindered it. Television is logical address 0 (HDMI-CEC 1.4, table 5). */
function switchTelevision(on: boolean, env: NodeJS.ProcessEnv, device: string): Promise<string | undefined> {
  const message = on ? '--image-view-on' : '--standby';
  const program = programOnPath('cec-ctl', env);
  if (program === undefined)
    return Promise.resolve(`${device} is there, but cec-ctl is not installed (Debian package v4l-utils)`);
  return new Promise((resolve) => {
    const args = ['-d', device, '--playback', '--to', '0', message];
    const child = spawnMortal(program, args, { env, stdio: 'ignore', timeout: LIMIT_MS, killSignal: 'SIGKILL' });
    child.once('error', (cause) => resolve(`${device}: cec-ctl could not be started (${cause.message})`));
    child.once('exit', (code, signal) => {
      if (code === 0) resolve(undefined);
      else if (signal === 'SIGKILL') resolve(`${device}: no answer within ${LIMIT_MS / 1000} s`);
      else resolve(`${device}: cec-ctl ended with ${code ?? signal}`);
    });
  });
}
