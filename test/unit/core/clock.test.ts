import { Worker } from 'node:worker_threads';
import { delay, monotonicMs, originOf, systemClock } from '../../../runtime/core/clock';

describe('the monotonic clock', () => {
  it('reads alike in every thread', async () => {
    const clock = require.resolve('../../../runtime/core/clock');
    const before = monotonicMs();
    const worker = new Worker(
      `require('worker_threads').parentPort.postMessage(require(${JSON.stringify(clock)}).monotonicMs())`,
      { eval: true },
    );
    const there = await new Promise<number>((resolve) => worker.once('message', resolve));
    const after = monotonicMs();
    await worker.terminate();
    // A thread's own origin is taken between two readings of its clocks.
    expect(there).toBeGreaterThan(before - 1);
    expect(there).toBeLessThan(after + 1);
  });

  it.each([
    ['after its first reading', [1]],
    ['after its second reading', [2]],
    ['in each of many rounds', Array.from({ length: 19 }, (_, round) => 3 * round + (round % 3))],
    [
      'at every reading but for three in a row',
      Array.from({ length: 60 }, (_, at) => at).filter((at) => at < 30 || at > 32),
    ],
  ])('reads alike in a thread that is stopped %s', (_when, stops) => {
    const ORIGIN_MS = 5000;
    let trueMs = 0;
    let readings = 0;
    const read = (fromMs: number) => (): number => {
      trueMs += 0.001;
      const readMs = fromMs + trueMs;
      if (stops.includes(readings)) trueMs += 120;
      readings += 1;
      return readMs;
    };
    expect(Math.abs(originOf(read(0), read(ORIGIN_MS)) - ORIGIN_MS)).toBeLessThan(0.1);
  });

  it('sleeps until an instant, not less', async () => {
    const atMs = monotonicMs() + 5;
    await systemClock.sleepUntil(atMs);
    expect(monotonicMs()).toBeGreaterThanOrEqual(atMs);
    await systemClock.sleepUntil(atMs - 1000);
  });

  it('wakes with the reason of an abort, and leaves no listener behind', async () => {
    const stop = new AbortController();
    let listeners = 0;
    const { signal } = stop;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await delay(1, signal);
    expect(listeners).toBe(0);
    const sleep = systemClock.sleepUntil(monotonicMs() + 1e12, signal);
    stop.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(delay(1, signal)).rejects.toThrow('enough');
    await expect(systemClock.sleepUntil(0, signal)).rejects.toThrow('enough');
  });
});
