/** Signals are kept from the first line of the program on. */
import { onHangup, takeHangups, takeSignals } from '../../../runtime/core/signals';

afterEach(() => {
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT']) process.removeAllListeners(signal);
});

it('takes hangups that came before anybody could act for one, and each after that', () => {
  takeHangups();
  for (let times = 0; times < 3; times += 1) process.emit('SIGHUP');
  let acts = 0;
  const stop = onHangup(() => (acts += 1));
  expect(acts).toBe(1);
  process.emit('SIGHUP');
  process.emit('SIGHUP');
  expect(acts).toBe(3);
  stop();
  process.emit('SIGHUP');
  expect(acts).toBe(3);
});

it('has one signal for all who ask, aborted by the first that comes', () => {
  const signal = takeSignals();
  expect(takeSignals()).toBe(signal);
  expect(process.listenerCount('SIGTERM')).toBe(1);
  process.emit('SIGTERM');
  expect(signal.aborted).toBe(true);
});
