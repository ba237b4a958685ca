import 'reflect-metadata';
import { DecodeQueue, WithdrawnError } from '../../../plugins/theme-bank/decode-queue';
import { Turns } from '../../../runtime/core/turns';
import type { LiveSettings } from '../../../plugins/theme-bank/settings';

describe('the decode queue', () => {
  const open = (workers: number, queue: number, largeWork = new Turns(), decodesBeside = 1): DecodeQueue =>
    new DecodeQueue({ now: { workers, queue, decodesBeside } } as LiveSettings, largeWork);
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

  it.each([
    [1, []],
    [2, ['a']],
  ])('with %i at once waits for other work that needs much memory: %j begun beside it', async (workers, begun) => {
    const largeWork = new Turns();
    const capture = job('capture');
    const captured = largeWork.take(capture.run);
    const queue = open(workers, 8, largeWork);
    const a = job('a');
    const run = queue.run(a.run, true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(order.filter((name) => name !== 'capture')).toEqual(begun);
    capture.end();
    a.end();
    expect(await Promise.all([captured, run.done])).toEqual(['capture', 'a']);
  });

  it.each([
    [1, 0, ['a']],
    [1, 1, ['a', 'e']],
    [2, 0, ['a', 'b']],
    [2, 1, ['a', 'b', 'e']],
    [3, 1, ['a', 'b', 'c', 'e']],
  ])('with %i at once and %i beside begins %j while one takes very long', async (workers, beside, begun) => {
    jest.useFakeTimers();
    const queue = open(workers, 8, new Turns(), beside);
    const jobs = ['a', 'b', 'c', 'd', 'e'].map(job);
    const runs = jobs.map(({ run }) => queue.run(run, true));
    await jest.advanceTimersByTimeAsync(2900);
    expect(order).toHaveLength(workers);
    // No more than one beside those planned for, however long that takes.
    await jest.advanceTimersByTimeAsync(60_000);
    expect([...order].sort()).toEqual(begun);
    jobs.forEach(({ end }) => end());
    await Promise.all(runs.map(({ done }) => done));
    expect(order).toHaveLength(5);
    await jest.advanceTimersByTimeAsync(1000);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
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

  describe('with pauses', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });
    /** Runs jobs of 10 ms each, none of them urgent but those named so; gives when each began. */
    const starts = async (workers: number, sleepMs: number, names: readonly string[]): Promise<[string, number][]> => {
      const queue = open(workers, 100);
      queue.sleepMs = sleepMs;
      const began: [string, number][] = [];
      const zeroMs = performance.now();
      const runs = names.map((name) =>
        queue.run(async () => {
          began.push([name, performance.now() - zeroMs]);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }, name.startsWith('urgent')),
      );
      await jest.advanceTimersByTimeAsync(1000);
      await Promise.all(runs.map(({ done }) => done));
      return began;
    };

    it('leaves a worker alone after each decode', async () => {
      const began = await starts(1, 50, ['a', 'b', 'c']);
      expect(began).toEqual([
        ['a', 0],
        ['b', 60],
        ['c', 120],
      ]);
    });

    it('begins no two decodes at once on several workers, and leaves each alone', async () => {
      const began = await starts(2, 50, ['a', 'b', 'c', 'd', 'e']);
      expect(began.map(([, atMs]) => atMs)).toEqual([0, 50, 100, 150, 200]);
      expect((await starts(2, 4, ['a', 'b', 'c', 'd'])).map(([, atMs]) => atMs)).toEqual([0, 4, 14, 18]);
    });

    it('begins what is urgent at once', async () => {
      expect(await starts(1, 50, ['a', 'b', 'urgent'])).toEqual([
        ['a', 0],
        ['urgent', 10],
        ['b', 60],
      ]);
    });

    it('counts what runs, and no pause', async () => {
      const queue = open(2, 100);
      queue.sleepMs = 50;
      const job = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
      for (let at = 0; at < 3; at += 1) queue.run(job, false);
      await jest.advanceTimersByTimeAsync(1000);
      expect(queue.unhurriedMs).toBe(30);
    });
  });

  it('takes back what has not begun, unless somebody hurried it', async () => {
    const queue = open(1, 8);
    const [a, b, c] = [job('a'), job('b'), job('c')];
    const [first, second, third] = [a, b, c].map(({ run }) => queue.run(run, false));
    third!.hurry();
    for (const each of [first, second, third]) each!.withdraw();
    await expect(second!.done).rejects.toBeInstanceOf(WithdrawnError);
    a.end();
    c.end();
    expect(await Promise.all([first!.done, third!.done])).toEqual(['a', 'c']);
    expect(order).toEqual(['a', 'c']);
  });
});
