/** CEC: the television at the other end of the HDMI cable, told to switch itself through the program `cec-ctl`. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';

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
  return new Promise((resolve) => {
    execFile(
      'cec-ctl',
      ['-d', device, '--playback', '--to', '0', message],
      { env, timeout: LIMIT_MS, killSignal: 'SIGKILL' },
      (failure) => {
        if (failure === null) resolve(undefined);
        else if ((failure as NodeJS.ErrnoException).code === 'ENOENT')
          resolve(`${device} is there, but cec-ctl is not installed (Debian package v4l-utils)`);
        else if (failure.killed === true) resolve(`${device}: no answer within ${LIMIT_MS / 1000} s`);
        else resolve(`${device}: cec-ctl ended with ${String(failure.code)}`);
      },
    );
  });
}
