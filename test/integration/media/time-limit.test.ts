/** Time limits of children: one that waits for a processor is given longer, one that sleeps, hangs or computes for ever is not. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { run } from '../../../runtime/media/child';
import { limitTime, OwnTime } from '../../../runtime/core/time-limit';
import { until } from '../../support/until';

const LIMIT_MS = 500;
/** A child of a low priority gets a thirtieth of the processor beside two of this. */
const SPIN = 'while :; do :; done';
const [processor = '0'] = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))!.slice(1);

let others: ChildProcess[] = [];

function keepBusy(): void {
  others = Array.from({ length: 2 }, () => spawn('taskset', ['-c', processor, 'bash', '-c', SPIN]));
}

afterEach(async () => {
  const ended = others.map((other) => once(other, 'exit'));
  for (const other of others) other.kill('SIGKILL');
  await Promise.all(ended);
  others = [];
});

/** Arguments of `taskset`: a command on the busy processor, at a low priority. */
const starved = (...command: string[]): string[] => ['-c', processor, 'nice', '-n', '12', ...command];

it('a child that other programs keep from its processor has longer', async () => {
  keepBusy();
  const work = 'for ((i = 0; i < 20000; i += 1)); do :; done; echo done';
  const startMs = performance.now();
  const { output } = await run('taskset', starved('bash', '-c', work), LIMIT_MS, 1000);
  expect(output).toBe('done\n');
  // Else nothing was tried.
  expect(performance.now() - startMs).toBeGreaterThan(LIMIT_MS);
});

it('work of this process that other programs keep from its processor has longer', async () => {
  const burn = `
    const { limitOwnTime } = require(${JSON.stringify(require.resolve('../../../runtime/core/time-limit'))});
    let startMs = 0;
    const say = (word) => { console.log(word, performance.now() - startMs > ${LIMIT_MS}); process.exit(); };
    let end;
    const begin = () => {
      startMs = performance.now();
      end = limitOwnTime(${LIMIT_MS}, () => say('late'));
      turn();
    };
    const turn = () => {
      for (const fromMs = performance.now(); performance.now() - fromMs < 5;);
      if (performance.now() - startMs < ${2 * LIMIT_MS}) return setImmediate(turn);
      end();
      say('in time');
    };
    console.log('ready');
    process.stdin.once('data', () => begin());`;
  const child = spawn('taskset', ['-c', processor, process.execPath, '-e', burn]);
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const ended = once(child, 'close');
  // Its start takes no time of the test.
  await until(() => output !== '');
  keepBusy();
  setPriority(child.pid!, 12);
  child.stdin.end('begin');
  await ended;
  expect(output).toBe('ready\nin time true\n');
});

it.each([
  ['sleeps', 'sleep 60'],
  ['waits for input', 'exec tail -f /dev/null'],
  ['is stopped', 'kill -STOP $$'],
  ['computes for ever', SPIN],
])('a child that %s has no more than its time', async (_, script) => {
  await expect(run('bash', ['-c', script], LIMIT_MS, 1000)).rejects.toThrow(`it took longer than ${LIMIT_MS / 1000} s`);
});

it('the time of a child goes on while it sleeps, and stands while it waits for a processor', async () => {
  keepBusy();
  const waiting = spawn('taskset', starved('bash', '-c', SPIN));
  const asleep = spawn('sleep', ['60']);
  others.push(waiting, asleep);
  // Both are at their work.
  await until(() => nameOf(waiting) === 'bash' && nameOf(asleep) === 'sleep' && stateOf(asleep) === 'S');
  const [waits, sleeps] = [new OwnTime(waiting.pid), new OwnTime(asleep.pid)];
  const fromMs = performance.now();
  for (let look = 0; look < 20; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    void waits.ms;
  }
  const passedMs = performance.now() - fromMs;
  expect(waits.ms).toBeLessThan(passedMs / 2);
  expect(sleeps.ms).toBeGreaterThanOrEqual(passedMs);
});

const nameOf = ({ pid }: ChildProcess): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
const stateOf = ({ pid }: ChildProcess): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)![0]!;

it('the time of a child that has ended stands, until this process knows', () => {
  // Nothing of this process runs meanwhile: the child stays as it ended.
  const child = spawn('true');
  while (stateOf(child) !== 'Z');
  const own = new OwnTime(child.pid);
  const fromMs = performance.now();
  while (performance.now() - fromMs < 100);
  expect(own.ms).toBeLessThan(50);
});

it('a limit that was ended is never late', async () => {
  const late = jest.fn();
  limitTime(process.pid, 1, late)();
  const end = limitTime(process.pid, 0, late);
  end();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(late).not.toHaveBeenCalled();
});

it.each([undefined, 0, 2 ** 30])('of process %s all time counts', async (pid) => {
  const own = new OwnTime(pid);
  const fromMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const passedMs = performance.now() - fromMs;
  expect(own.ms).toBeGreaterThanOrEqual(passedMs);
});
