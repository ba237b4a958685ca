import 'reflect-metadata';
import { DecodeQueue } from '../../../plugins/theme-bank/decode-queue';
import type { LiveSettings } from '../../../plugins/theme-bank/settings';

describe('the decode queue', () => {
  const open = (workers: number, queue: number): DecodeQueue =>
    new DecodeQueue({ now: { workers, queue } } as LiveSettings);
  const order: string[] = [];
  beforeEach(() => {
    order.length = 0;
  });
  /** A job that runs until it is ended. */
  const job = (name: string): { run: () => Promise<string>; end: () => void } => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    return {
      run: async () => {
        order.push(name);
        await ended;
        return name;
      },
      end: () => end(),
    };
  };

  it('runs as many at once as there are workers, in order, urgent ones first', async () => {
    const queue = open(2, 8);
    const jobs = ['a', 'b', 'c', 'd', 'urgent'].map(job);
    const runs = jobs.map(({ run }, at) => queue.run(run, at === 4));
    expect(order).toEqual(['a', 'b']);
    runs[3]!.hurry();
    jobs.forEach(({ end }) => end());
    expect(await Promise.all(runs.map(({ done }) => done))).toEqual(['a', 'b', 'c', 'd', 'urgent']);
    expect(order).toEqual(['a', 'b', 'd', 'urgent', 'c']);
  });

  it('has no room beyond its limit, and tells when it has', async () => {
    const queue = open(1, 1);
    const [a, b] = [job('a'), job('b')];
    const first = queue.run(a.run, false);
    const second = queue.run(b.run, false);
    expect(queue.hasRoom).toBe(false);
    a.end();
    await queue.room();
    expect(queue.hasRoom).toBe(true);
    b.end();
    await Promise.all([first.done, second.done]);
  });

  it('drops what waits when it closes and waits for what runs', async () => {
    const queue = open(1, 8);
    const running = job('running');
    const first = queue.run(running.run, false);
    const dropped = queue.run(job('dropped').run, false).done.catch((cause: unknown) => (cause as Error).name);
    const closing = queue.close();
    expect(await dropped).toBe('AbortError');
    running.end();
    await closing;
    expect(await first.done).toBe('running');
    await expect(queue.run(job('late').run, true).done).rejects.toThrow('closed');
  });

  it('goes on after a job that fails', async () => {
    const queue = open(1, 8);
    const failed = queue
      .run(() => Promise.reject(new Error('broken')), false)
      .done.catch((cause: unknown) => (cause as Error).message);
    const next = job('next');
    next.end();
    expect(await Promise.all([failed, queue.run(next.run, false).done])).toEqual(['broken', 'next']);
  });
});
