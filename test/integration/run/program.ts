/** Runs commands of the built program and collects what they say. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM, sleep } from '../../bench/player';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let calls = 0;

/** Each call has a socket of its own where the arguments name none: other tests run at the same time. */
export function vitrine(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  calls += 1;
  const own = { VITRINE_CONTROL_SOCKET: join(tmpdir(), `v-${process.pid}-${calls}.sock`) };
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

/** Looks again and again until it holds, for half a minute; gives what was seen. */
export async function until<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 600; turn++) {
    const value = await look();
    if (holds(value)) return value;
    await sleep(50);
  }
  throw new Error(`it never came to that: ${JSON.stringify(await look())}`);
}
