/** Looks at children: one that waits for a processor is not taken for one that hangs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { until } from '../../support/until';
import { hasWorked, workOf, type Work } from '../../../runtime/media/child';

let child: ChildProcess;
afterEach(async () => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
});

/** Whether a process has come to its work, by what the kernel says of it: its name in brackets, its state, and so on (proc(5)). */
type Sign = (stat: string) => boolean;
const ASLEEP: Sign = (stat) => /\((sleep|cat)\) S/.test(stat);
const STOPPED: Sign = (stat) => /\) T/.test(stat);
/** Of the policy SCHED_IDLE, under its last name. */
const COMPUTES: Sign = (stat) => stat.includes('(bash) ') && stat.split(') ')[1]!.split(' ')[38] === '5';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a shell; resolves when it has come to its work. */
async function start(script: string, sign: Sign): Promise<number> {
  child = spawn('bash', ['-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  const pid = child.pid!;
  await until(() => sign(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  return pid;
}

/** Whether it has worked, for some looks one after the other. */
async function looks(pid: number, count = 5): Promise<boolean[]> {
  const seen: boolean[] = [];
  let before: Work = workOf(pid);
  for (let look = 0; look < count; look += 1) {
    await pause(30);
    const now = workOf(pid);
    seen.push(hasWorked(before, now));
    before = now;
  }
  return seen;
}

it('that compute are at work, also where another one has the processor', async () => {
  const [processor] = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))!.slice(1);
  const loop = 'bash -c "while :; do :; done"';
  const other = spawn('taskset', ['-c', processor!, 'bash', '-c', 'while :; do :; done']);
  try {
    const pid = await start(`exec taskset -c ${processor} chrt -i 0 ${loop}`, COMPUTES);
    expect(await looks(pid, 20)).not.toContain(false);
  } finally {
    const ended = once(other, 'exit');
    other.kill('SIGKILL');
    await ended;
  }
});

it('that wait for somebody to read are at work', async () => {
  const pid = await start('exec cat /dev/zero', ASLEEP);
  child.stdout!.pause();
  expect(await looks(pid)).not.toContain(false);
});

it.each([
  ['sleep', 'exec sleep 100', ASLEEP],
  ['wait for input', 'exec cat', ASLEEP],
  ['are stopped', 'kill -STOP $$', STOPPED],
] as const)('that %s are not', async (_what, script, sign) => {
  const pid = await start(script, sign);
  expect(await looks(pid)).not.toContain(true);
});

it('that are gone are not', async () => {
  const pid = await start('exec sleep 100', ASLEEP);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(hasWorked(workOf(pid), workOf(pid))).toBe(false);
});
