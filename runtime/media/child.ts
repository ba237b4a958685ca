/** Children: programs that die with us, say little, and are never waited for in vain. */
import type { StdioOptions } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { spawnMortal } from '../core/mortal-child';
import { limitTime } from '../core/time-limit';

/** Of what a child complains, the end is kept. */
const COMPLAINT_BYTES = 64 * 1024;

/** Bounds the memory of a child (util-linux, on every Debian). */
const PRLIMIT = '/usr/bin/prlimit';

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines it wrote to standard error. */
  readonly complaint: string;
}

export interface Child {
  readonly ended: Promise<ChildEnd>;
  readonly pid: number | undefined;
  /** What it writes to descriptor 1, where that was asked for. Read it, or the child waits. */
  readonly output: Readable | undefined;
  /**
   * Ends it at once, without a word. Its output is thrown away: a paused stream, or a descriptor that a grandchild still holds, never keeps
   * `ended` from resolving.
   */
  kill(): void;
}

/**
 * Starts a program; descriptors 1 and 3 as given, or 1 to be read here. It may write to `mostBytes` of memory, beyond which its allocations
 * fail. `ended` never rejects: a program that cannot be started says so as its complaint.
 */
export function startChild(
  program: string,
  args: readonly string[],
  out: number | 'ignore' | 'pipe',
  beside?: number,
  mostBytes = Infinity,
): Child {
  const isBound = Number.isFinite(mostBytes) && existsSync(PRLIMIT);
  const bound = isBound ? [PRLIMIT, `--data=${Math.ceil(mostBytes)}`] : [];
  const stdio: StdioOptions = ['ignore', out, 'pipe', ...(beside === undefined ? [] : [beside])];
  const [first = program, ...rest] = [...bound, program, ...args];
  const child = spawnMortal(first, rest, { stdio });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-COMPLAINT_BYTES);
  });
  let killed = false;
  const discard = (): void => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('error', (cause) => resolve({ code: null, signal: null, complaint: cause.message }));
    child.once('exit', () => killed && discard());
    child.once('close', (code, signal) => resolve({ code, signal, complaint: complaint.trim() }));
  });
  const kill = (): void => {
    killed = true;
    child.kill('SIGKILL');
    // A program that has ended already, with output that nobody reads.
    if (child.exitCode !== null || child.signalCode !== null) discard();
  };
  return { ended, pid: child.pid, output: child.stdout ?? undefined, kill };
}

/** What a child wrote to standard output. Else like `run`. */
export async function outputOf(...order: Parameters<typeof run>): Promise<string> {
  return (await run(...order)).output;
}

/**
 * What a child wrote, at most `mostBytes` of it, and the end of what it said beside; killed after `limitMs` of its own time. Rejects with its complaint, whose
 * cause is all that it said.
 */
export async function run(
  program: string,
  args: readonly string[],
  limitMs: number,
  mostBytes: number,
): Promise<{ readonly output: string; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawnMortal(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // First of all: where no descriptor is left there are no pipes to listen to.
    child.once('error', (cause) => {
      endLimit();
      reject(cause);
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    let fault = '';
    const stop = (why: string): void => {
      fault ||= why;
      child.kill('SIGKILL');
    };
    const endLimit = limitTime(child.pid, limitMs, () => stop(`it took longer than ${limitMs / 1000} s`));
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) stop('it said too much');
      else chunks.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + String(chunk)).slice(-COMPLAINT_BYTES)));
    child.once('close', (code) => {
      endLimit();
      if (fault === '' && code === 0) resolve({ output: Buffer.concat(chunks).toString('utf8'), said: complaint });
      else reject(new Error(fault || lastLine(complaint) || `it ended with ${String(code)}`, { cause: complaint }));
    });
  });
}

/** A process at work, as one look finds it. */
export interface Work {
  /** Processor time so far, in ticks; -1 where the process is gone. */
  readonly ticks: number;
  /** A thread of it runs, waits for a processor that others have or for its disk, or for the reader of its output. */
  readonly isBusy: boolean;
}

/** The number of `write` by Node's name of the processor (the kernel's tables of system calls). */
const WRITE_CALLS: Readonly<Record<string, string>> = { x64: '1', ia32: '4', arm: '4', arm64: '64', riscv64: '64' };

const GONE: Work = { ticks: -1, isBusy: false };

/** Looks at a process and its threads. */
export function workOf(pid: number | undefined): Work {
  const fieldsOf = (place: string): string[] =>
    readFileSync(`/proc/${pid}/${place}`, 'utf8').split(') ').at(-1)!.split(' ');
  try {
    const [, , , , , , , , , , , user, system] = fieldsOf('stat');
    const isBusy = (thread: string): boolean => {
      const [state] = fieldsOf(`task/${thread}/stat`);
      return state === 'R' || state === 'D' || (state === 'S' && isWriting(`/proc/${pid}/task/${thread}`));
    };
    return { ticks: Number(user) + Number(system), isBusy: readdirSync(`/proc/${pid}/task`).some(isBusy) };
  } catch {
    // A thread that ends while it is looked at is at work, too; a process that does is gone at the next look.
    return existsSync(`/proc/${pid}/stat`) ? { ticks: 0, isBusy: true } : GONE;
  }
}

/** Whether a thread waits because nobody reads its output. */
function isWriting(thread: string): boolean {
  try {
    return readFileSync(`${thread}/syscall`, 'utf8').split(' ')[0] === WRITE_CALLS[process.arch];
  } catch {
    // Not for everybody to see.
    return false;
  }
}

/** Whether it has done anything between two looks, or would if it were let. Slow is not hung. */
export const hasWorked = (before: Work, now: Work): boolean => now.isBusy || now.ticks !== before.ticks;

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
