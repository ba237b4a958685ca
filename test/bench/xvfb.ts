/** A virtual X server for benchmarks, on a free display number. */
import { spawn, type ChildProcess } from 'node:child_process';

export interface Xvfb {
  readonly display: string;
  readonly pid: number;
  stop(): void;
}

export function startXvfb(widthPx = 1920, heightPx = 1080): Promise<Xvfb> {
  const child: ChildProcess = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${widthPx}x${heightPx}x24`, '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdio[3]!.once('data', (number: Buffer) => {
      resolve({ display: `:${number.toString().trim()}`, pid: child.pid!, stop: () => void child.kill() });
    });
  });
}
