import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { koffi } from '../../../runtime/core/foreign';
import { ownThread, separate } from '../../../runtime/render/cpu/processors';

/** The processors a thread may run on, as the kernel writes them: `0-2,5`. */
function allowedFor(thread: number): number[] {
  const status = readFileSync(`/proc/self/task/${thread}/status`, 'utf8');
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)![1]!;
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

describe('helpers of the drawing thread', () => {
  const several = availableParallelism() > 1 ? it : it.skip;

  several('keep off its processor, and only off that one', async () => {
    const threads = new Int32Array(new SharedArrayBuffer(8));
    const helper = new Worker(
      `const { workerData } = require('worker_threads');
       const { module, threads } = workerData;
       Atomics.store(threads, 1, require(module).ownThread());
       Atomics.notify(threads, 1);
       setInterval(() => {}, 1000);`,
      { eval: true, workerData: { module: require.resolve('../../../runtime/render/cpu/processors'), threads } },
    );
    try {
      koffi();
      const separation = separate(threads);
      separation.keep(); // Neither is known yet: nothing happens.
      const before = allowedFor(ownThread());
      while (Atomics.load(threads, 1) === 0) await new Promise((done) => setTimeout(done, 10));
      separation.keep();
      const left = allowedFor(threads[1]!);
      expect(left).toHaveLength(before.length - 1);
      expect(before).toEqual(expect.arrayContaining(left));
      expect(allowedFor(ownThread())).toEqual(before);
    } finally {
      await helper.terminate();
    }
  });
});
