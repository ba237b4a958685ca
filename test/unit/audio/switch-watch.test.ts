/** The times of switches: as they were rendered, whatever else the main thread does. */
import { SwitchWatch } from '../../../plugins/audio/output/switch-watch';

let watch: SwitchWatch;
beforeEach(() => {
  jest.useFakeTimers();
  watch = new SwitchWatch();
});
afterEach(() => jest.useRealTimers());

/** A switch that is rendered so long after its request. */
function switchIn(ms: number, deviceMs = 0): void {
  const askedMs = performance.now();
  watch.watch(
    () => performance.now() - askedMs >= ms,
    () => deviceMs,
  );
}

it('are those of the sound', () => {
  for (const ms of [8, 12, 20]) {
    switchIn(ms);
    jest.advanceTimersByTime(100);
  }
  expect(watch.report()).toEqual({ toggleMs: { p50: 12, p99: 20 }, togglesUnseen: 0 });
});

it('count what the device holds, where it says so', () => {
  switchIn(10, 30);
  jest.advanceTimersByTime(100);
  expect(watch.report()).toMatchObject({ toggleHeardMs: { p50: 40, p99: 40 } });
});

it('leave out a switch that was rendered while the main thread was busy', () => {
  switchIn(10);
  jest.advanceTimersByTime(4);
  // No timer fires for 80 ms.
  const { now } = performance;
  const spy = jest.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 80);
  jest.advanceTimersByTime(1);
  spy.mockRestore();
  expect(watch.report()).toEqual({ toggleMs: { p50: 0, p99: 0 }, togglesUnseen: 1 });
});

it('know nothing of a switch that never comes', () => {
  switchIn(Infinity);
  jest.advanceTimersByTime(10_000);
  expect(watch.report()).toEqual({ toggleMs: { p50: 0, p99: 0 }, togglesUnseen: 0 });
  expect(jest.getTimerCount()).toBe(0);
});
