/** Other processes as /proc tells of them: whose children there are, what they have loaded, which signals they take. */
import { readdirSync, readFileSync } from 'node:fs';

/** Hexadecimal, of the signals that are caught (proc(5)). */
const CAUGHT = /^SigCgt:\s+([0-9a-f]+)$/m;
const HANGUP_BIT = 1n;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It is gone.
  }
}

/** All below a process that live. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const [state, parent] = read(`/proc/${name}/stat`).split(') ').at(-1)!.split(' ');
    if (parent === undefined || state === 'Z') continue;
    parents.set(Number(parent), [...(parents.get(Number(parent)) ?? []), Number(name)]);
  }
  const below = (of: number): number[] => (parents.get(of) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

export function isAlive(pid: number): boolean {
  const state = read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')[0];
  return state !== '' && state !== 'Z';
}

/** Whether it has mapped a file whose path holds `part`. */
export const hasLoaded = (pid: number, part: string): boolean => read(`/proc/${pid}/maps`).includes(part);

/** Whether it takes SIGHUP itself; Node does so for nobody. */
export function takesHangup(pid: number): boolean {
  const caught = CAUGHT.exec(read(`/proc/${pid}/status`))?.[1];
  return caught !== undefined && (BigInt(`0x${caught}`) & HANGUP_BIT) !== 0n;
}
