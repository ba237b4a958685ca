/** Mortal children: programs that die with this one, however it ends. Every child is started here. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Ends the child when the thread that started it dies, however that happens (util-linux, on every Debian). */
const SETPRIV = '/usr/bin/setpriv';

const children = new Set<ChildProcess>();

/** As `spawn`; at an end in good order the child dies also in the moment before the system has been told so. */
export function spawnMortal(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  if (children.size === 0) process.once('exit', endChildren);
  const bound = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : [];
  const [first = program, ...rest] = [...bound, program, ...args];
  const child = spawn(first, rest, options);
  children.add(child);
  const forget = (): void => {
    children.delete(child);
    if (children.size === 0) process.off('exit', endChildren);
  };
  return child.once('exit', forget).once('error', forget);
}

function endChildren(): void {
  for (const child of children) child.kill('SIGKILL');
}
