/** Media behind a guard: whatever a plugin's reel, item or text does wrong, the show gets nothing worse than an empty reel. */
import { Guard, type PluginFault } from '../../../runtime/core/guard';
import { guardedProvider } from '../../../runtime/session/guarded-media';
import type { MediaProvider, Reel, StageItem, TextReel } from '../../../runtime/stage/media';

let faults: PluginFault[];
let guard: Guard;
beforeEach(() => {
  faults = [];
  guard = new Guard((fault) => faults.push(fault));
});

const never = new AbortController().signal;
const fails = (): never => {
  throw new Error('no page');
};

interface Page extends StageItem {
  readonly calls: string[];
}

/** An item of a plugin; `change` takes the place of some of its members. */
function pageOf(change: Partial<Record<keyof StageItem, unknown>> = {}): Page {
  const calls: string[] = [];
  return {
    picture: { slot: 1, generation: 1, widthPx: 8, heightPx: 8 },
    label: 'page',
    theme: 'all',
    takeBack: () => void calls.push('takeBack'),
    retake: () => true,
    release: () => void calls.push('release'),
    calls,
    ...change,
  } as Page;
}

const reelOf = (change: Partial<Record<keyof Reel, unknown>> = {}): Reel =>
  ({ next: () => Promise.resolve(pageOf()), size: 1, close: () => {}, ...change }) as Reel;

const provider = (reel: () => Reel, more: Partial<MediaProvider> = {}): MediaProvider =>
  guardedProvider({ media: 'images', reel, ...more }, guard);

it.each<[string, () => Reel]>([
  ['reel that throws', fails],
  ['reel that is none', () => ({ size: 1 }) as never],
  ['reel whose next throws', () => reelOf({ next: fails })],
  ['reel whose next rejects', () => reelOf({ next: () => Promise.reject(new Error('no page')) })],
  ['item that is a text', () => reelOf({ next: () => Promise.resolve('page') })],
  ['item without a picture', () => reelOf({ next: () => Promise.resolve(pageOf({ picture: undefined })) })],
  [
    'item whose picture has no size',
    () => reelOf({ next: () => Promise.resolve(pageOf({ picture: { slot: 1, generation: 1 } })) }),
  ],
  ['item without a label', () => reelOf({ next: () => Promise.resolve(pageOf({ label: 3 })) })],
  ['item that cannot be released', () => reelOf({ next: () => Promise.resolve(pageOf({ release: undefined })) })],
])('a %s is nothing to show, and the plugin is set aside', async (_what, make) => {
  const reel = provider(make).reel('s');
  expect(await reel.next(never, true)).toBeUndefined();
  expect(faults).toHaveLength(1);
  expect(await reel.next(never, true)).toBeUndefined();
  expect(reel.size).toBe(0);
  reel.close();
});

it('asks its reel nothing more of a plugin that has failed, and gives back what is on the stage', async () => {
  const page = pageOf();
  let asked = 0;
  const reel = provider(() =>
    reelOf({
      next: () => {
        asked += 1;
        return Promise.resolve(page);
      },
    }),
  ).reel('s');
  const item = (await reel.next(never, false))!;
  guard.fail('gauges', 'no page');
  expect(await reel.next(never, false)).toBeUndefined();
  expect(asked).toBe(1);
  expect(item).toMatchObject({ label: 'page', picture: page.picture });
  item.takeBack!();
  expect(item.retake!()).toBe(false);
  item.release();
  expect(page.calls).toEqual(['release']);
});

it.each(['takeBack', 'retake', 'release'] as const)('an item whose %s throws sets its plugin aside', async (member) => {
  const item = await provider(() => reelOf({ next: () => Promise.resolve(pageOf({ [member]: fails })) }))
    .reel('s')
    .next(never, false);
  expect(() => item![member]!()).not.toThrow();
  expect(faults).toMatchObject([{ member: `item.${member}`, because: 'no page' }]);
});

it('hands an item back to its reel as the one it brought, also from another scene', async () => {
  const page = pageOf();
  const currents: (StageItem | undefined)[] = [];
  const media = provider(() =>
    reelOf({
      next: (_signal: AbortSignal, _urgent: boolean, _comes: unknown, current?: StageItem) => {
        currents.push(current);
        return Promise.resolve(page);
      },
    }),
  );
  const item = await media.reel('a').next(never, false);
  expect(await media.reel('b').next(never, false, undefined, item)).toBe(item);
  expect(currents).toEqual([undefined, page]);
});

it('reads the data of a clip as they are at that moment, and answers in the place of one that throws', async () => {
  let lengthMs: number | undefined = undefined;
  const clip = {
    file: '/a.mp4',
    loops: false,
    isEndless: false,
    get lengthMs() {
      return lengthMs;
    },
    positionMs: fails,
    from: () => Promise.resolve(pageOf()),
  };
  const ends = Promise.reject(new Error('no end'));
  ends.catch(() => {});
  const item = (await provider(() => reelOf({ next: () => Promise.resolve(pageOf({ clip, ends })) }))
    .reel('s')
    .next(never, false))!;
  expect(item.clip!.lengthMs).toBeUndefined();
  lengthMs = 2000;
  expect(item.clip!.lengthMs).toBe(2000);
  expect((await item.clip!.from(1000, never))!.label).toBe('page');
  expect(item.clip!.positionMs(5)).toBeNaN();
  expect(await item.ends).toBeUndefined();
  expect(faults).toHaveLength(1);
});

it.each<[string, () => TextReel | undefined]>([
  ['throws', fails],
  ['is none', () => 'texts' as never],
  [
    'brings a text without a place',
    () => ({ count: 1, next: () => Promise.resolve(pageOf()), close: () => {} }) as never,
  ],
  ['fails at it', () => ({ count: 1, next: () => Promise.reject(new Error('no font')), close: fails })],
])('a reel of texts that %s shows none', async (_what, texts) => {
  const reel = provider(() => reelOf(), { texts }).texts!('s');
  expect(await reel?.next(never)).toBeUndefined();
  reel?.close();
  expect(faults).toHaveLength(1);
});
