import { parseOpeningHours } from '../../../runtime/core/opening-hours';
import { DisplayPower, type DisplayState } from '../../../runtime/session/display-power';

const MINUTE_MS = 60_000;

beforeEach(() => jest.useFakeTimers({ now: new Date('2026-11-16T07:58:00') }));
afterEach(() => jest.useRealTimers());

function openPower(schedule: string | undefined) {
  const done: string[] = [];
  const told: DisplayState[] = [];
  const power = new DisplayPower({
    hours: schedule === undefined ? undefined : parseOpeningHours(schedule),
    wallMs: Date.now,
    act: (on) => {
      done.push(on ? 'on' : 'off');
      return Promise.resolve({ by: ['DPMS'], notes: [] });
    },
    onSwitched: (state) => told.push(state),
  });
  return { power, done, told };
}

describe('the display of a show', () => {
  it('is off outside of the opening hours, and on when they begin', async () => {
    const { power, done, told } = openPower('08:00-20:00');
    power.start();
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(done).toEqual(['off']);
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(done).toEqual(['off', 'on']);
    await jest.advanceTimersByTimeAsync(12 * 60 * MINUTE_MS);
    expect(done).toEqual(['off', 'on', 'off']);
    expect(told.every(({ because }) => because === 'opening hours')).toBe(true);
    power.stop();
    await jest.advanceTimersByTimeAsync(24 * 60 * MINUTE_MS);
    expect(done).toHaveLength(3);
  });

  it('does what was said by hand until the hours change next', async () => {
    const { power, done } = openPower('08:00-20:00');
    power.start();
    expect(await power.turn(true)).toEqual({ display: 'on', because: 'command', by: ['DPMS'], notes: [] });
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(done).toEqual(['off', 'on']);
    await jest.advanceTimersByTimeAsync(60 * MINUTE_MS);
    await power.turn(false);
    expect(power.now.display).toBe('off');
    await jest.advanceTimersByTimeAsync(10 * 60 * MINUTE_MS);
    expect(power.now).toMatchObject({ display: 'off', because: 'command' });
    await jest.advanceTimersByTimeAsync(14 * 60 * MINUTE_MS);
    expect(power.now).toMatchObject({ display: 'on', because: 'opening hours' });
    power.stop();
  });

  it('notices within a minute that the clock was set', async () => {
    const { power, done } = openPower('08:00-20:00');
    power.start();
    await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
    jest.setSystemTime(new Date('2026-11-16T21:00:00'));
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(done.at(-1)).toBe('off');
    power.stop();
  });

  it('is on and stays so where there are no hours', async () => {
    const { power, done } = openPower(undefined);
    power.start();
    await jest.advanceTimersByTimeAsync(48 * 60 * MINUTE_MS);
    expect([done, power.now.display]).toEqual([[], 'on']);
  });
});
