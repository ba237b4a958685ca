/** Reels of pictures and clips in one scene: each gets the turns that the order gives it. */
import { mixReels } from '../../../runtime/session/mixed-reel';
import { createRandom } from '../../../runtime/show/random';
import type { Reel, StageItem } from '../../../runtime/stage/media';

const never = new AbortController().signal;
const itemOf = (label: string): StageItem => ({
  picture: { slot: 1, generation: 1, widthPx: 1, heightPx: 1 },
  label,
  theme: 't',
  release: () => {},
});

/** Reels of one order: `p…` are pictures, `c…` clips, and what ends in `!` turns out to be broken when it is asked for. */
function reelsOf(order: string[]): Reel[] {
  return ['p', 'c'].map((kind) => ({
    size: 1,
    get due() {
      return order[0]?.startsWith(kind) ?? false;
    },
    next: async () => {
      while (order[0]?.startsWith(kind) === true) {
        const label = order.shift()!;
        await Promise.resolve();
        if (!label.endsWith('!')) return itemOf(label);
      }
      return undefined;
    },
    close: () => {},
  }));
}

async function labels(reel: Reel, count: number): Promise<(string | undefined)[]> {
  const list: (string | undefined)[] = [];
  for (let at = 0; at < count; at += 1) list.push((await reel.next(never, true))?.label);
  return list;
}

it('takes from the reel that is due', async () => {
  const mixed = mixReels(reelsOf(['p1', 'c1', 'c2', 'p2']), createRandom(1));
  expect(await labels(mixed, 5)).toEqual(['p1', 'c1', 'c2', 'p2', undefined]);
});

it('passes the turn on where an item is broken, as often as it takes', async () => {
  const mixed = mixReels(reelsOf(['p1!', 'c1!', 'p2!', 'c2!', 'p3', 'c3']), createRandom(1));
  expect(await labels(mixed, 3)).toEqual(['p3', 'c3', undefined]);
});

it('draws by size from reels that have an order each, and from the other where one has nothing', async () => {
  const own = (label: string, size: number, empty = false): Reel => ({
    size,
    next: () => Promise.resolve(empty ? undefined : itemOf(label)),
    close: () => {},
  });
  const drawn = await labels(mixReels([own('p', 9), own('c', 1)], createRandom(1)), 500);
  expect(drawn.filter((label) => label === 'c').length / 500).toBeCloseTo(0.1, 1);
  expect(await labels(mixReels([own('p', 9, true), own('c', 1)], createRandom(1)), 3)).toEqual(['c', 'c', 'c']);
});

it('draws by size between the reels of one order and one that has its own', async () => {
  const own: Reel = { size: 2, next: () => Promise.resolve(itemOf('own')), close: () => {} };
  const order = Array.from({ length: 600 }, (_, at) => (at % 3 === 0 ? `p${at}` : `c${at}`));
  const drawn = await labels(mixReels([...reelsOf([...order]), own], createRandom(1)), 500);
  expect(drawn.filter((label) => label === 'own').length / 500).toBeCloseTo(0.5, 1);
  const ordered = drawn.filter((label) => label !== 'own');
  expect(ordered).toEqual(order.slice(0, ordered.length));
});

describe('with a reel that has nothing ready', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('shows something of the others after a while', async () => {
    const slow: Reel = {
      size: 9,
      due: true,
      next: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      close: () => {},
    };
    const other: Reel = { size: 1, due: false, next: () => Promise.resolve(itemOf('other')), close: () => {} };
    const item = mixReels([slow, other], createRandom(1)).next(never, true);
    await jest.advanceTimersByTimeAsync(5000);
    expect((await item)?.label).toBe('other');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not wait until that has settled, and gives back what it brings after all', async () => {
    let bring: (item: StageItem) => void = () => {};
    const next = (): Promise<StageItem> => new Promise((resolve) => (bring = resolve));
    const slow: Reel = { size: 9, due: true, next, close: () => {} };
    const other: Reel = { size: 1, due: false, next: () => Promise.resolve(itemOf('other')), close: () => {} };
    const item = mixReels([slow, other], createRandom(1)).next(never, true);
    await jest.advanceTimersByTimeAsync(5000);
    expect((await item)?.label).toBe('other');
    const given: string[] = [];
    bring({ ...itemOf('late'), takeBack: () => given.push('turn'), release: () => given.push('item') });
    await jest.advanceTimersByTimeAsync(0);
    expect(given).toEqual(['turn', 'item']);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const slow: Reel = {
      size: 1,
      next: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      close: () => {},
    };
    const item = mixReels([slow, slow], createRandom(1)).next(stop.signal, true);
    const ended = expect(item).rejects.toThrow('over');
    stop.abort(new Error('over'));
    await ended;
    expect(jest.getTimerCount()).toBe(0);
  });
});
