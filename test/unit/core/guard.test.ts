/** The guard: a fault of a plugin ends at the call, whatever kind of fault it is. */
import { Guard, SETTLE_MS, type PluginFault } from '../../../runtime/core/guard';

// The clock stands still here, and the machine does not.
jest.mock('../../../runtime/core/time-limit', () => ({
  limitOwnTime: (ms: number, late: () => void) => {
    const timer = setTimeout(late, ms);
    return () => clearTimeout(timer);
  },
}));

let faults: PluginFault[];
let guard: Guard;
beforeEach(() => {
  jest.useFakeTimers();
  faults = [];
  guard = new Guard((fault) => faults.push(fault));
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

const isOne = (answer: unknown): boolean => answer === 1;
const ONE_OR_ZERO = { otherwise: 0, isRight: isOne };

it('hands right answers on', async () => {
  expect(guard.call('a', () => 1, ONE_OR_ZERO)).toBe(1);
  expect(await guard.wait('b', () => Promise.resolve(1), { ...ONE_OR_ZERO, limitMs: 10 })).toBe(1);
  // A plugin in plain JavaScript may answer at once.
  expect(await guard.wait('c', () => 1, ONE_OR_ZERO)).toBe(1);
  expect(guard.isAside).toBe(false);
});

const hangs = new Promise<number>(() => {});
const faulty: readonly (readonly [string, () => number | Promise<number>, string])[] = [
  [
    'throws',
    () => {
      throw new Error('no page');
    },
    'no page',
  ],
  ['rejects', () => Promise.reject(new Error('no page')), 'no page'],
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as a plugin may
  ['rejects with nothing', () => Promise.reject(undefined), 'undefined'],
  ['hangs', () => hangs, 'it did not answer within 0.01 s'],
  ['answers wrong', () => 2, 'its answer is not right: 2'],
  ['answers with nothing', () => undefined as never, 'its answer is not right: undefined'],
  ['answers with an object', () => ({ page: 1 }) as never, 'its answer is not right: an object of page'],
];

it.each(faulty)('answers in the place of one that %s, and never calls the plugin again', async (_how, act, because) => {
  let calls = 0;
  const member = (): number | Promise<number> => {
    calls += 1;
    return act();
  };
  const answer = guard.wait('next', member, { ...ONE_OR_ZERO, limitMs: 10 });
  await jest.advanceTimersByTimeAsync(10);
  expect(await answer).toBe(0);
  expect(faults).toEqual([
    { member: 'next', because, ...(faults[0]!.cause === undefined ? {} : { cause: faults[0]!.cause }) },
  ]);
  expect(await guard.wait('next', member, ONE_OR_ZERO)).toBe(0);
  expect(guard.call('other', () => 1, ONE_OR_ZERO)).toBe(0);
  expect(calls).toBe(1);
  guard.fail('later', 'a consequence');
  expect(faults).toHaveLength(1);
});

it('answers in the place of one that throws or answers wrong at once', () => {
  expect(guard.call('a', () => 2, ONE_OR_ZERO)).toBe(0);
  expect(faults).toEqual([{ member: 'a', because: 'its answer is not right: 2' }]);
  guard = new Guard((fault) => faults.push(fault));
  const broken = (): number => {
    throw new Error('no page');
  };
  expect(guard.call('b', broken, ONE_OR_ZERO)).toBe(0);
  expect(faults[1]).toMatchObject({ member: 'b', because: 'no page' });
});

it('lets a plugin reject with the reason of its signal', async () => {
  const stop = new AbortController();
  const { signal } = stop;
  const next = (): Promise<number> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  const answer = guard.wait('next', next, { ...ONE_OR_ZERO, signal });
  stop.abort(new Error('over'));
  await expect(answer).rejects.toThrow('over');
  expect(guard.isAside).toBe(false);
});

it.each(['before', 'while'])(
  'gives up one that does not settle after its signal, aborted %s it is called',
  async (when) => {
    const stop = new AbortController();
    if (when === 'before') stop.abort(new Error('over'));
    let bring: (item: number) => void = () => {};
    const late: number[] = [];
    const expected = { ...ONE_OR_ZERO, signal: stop.signal, late: (item: number) => void late.push(item) };
    const answer = guard.wait('next', () => new Promise<number>((resolve) => (bring = resolve)), expected);
    const settled = expect(answer).rejects.toThrow('over');
    stop.abort(new Error('over'));
    await jest.advanceTimersByTimeAsync(SETTLE_MS - 1);
    expect(guard.isAside).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await settled;
    expect(faults).toEqual([{ member: 'next', because: 'it did not settle within 5 s of its signal' }]);
    // An item that comes after all is nobody's: it must be possible to give it back.
    bring(1);
    await jest.advanceTimersByTimeAsync(0);
    expect(late).toEqual([1]);
  },
);

it('lets a plugin that has failed give back what it has', () => {
  guard.fail('next', 'no page');
  const given: string[] = [];
  guard.giveBack('release', () => void given.push('item'));
  guard.giveBack('close', () => {
    throw new Error('again');
  });
  expect(given).toEqual(['item']);
  expect(faults).toHaveLength(1);
});
