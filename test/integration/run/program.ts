/** Runs commands of the built program and collects what they say. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM, sleep } from '../../bench/player';
import { LONGEST_WAIT_MS } from '../../support/until';

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

/** Looks again and again until it holds, however long a look takes; gives what was seen. */
export async function until<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (const endMs = performance.now() + LONGEST_WAIT_MS; ;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() > endMs) throw new Error(`it never came to that: ${JSON.stringify(value)}`);
    await sleep(50);
  }
}
