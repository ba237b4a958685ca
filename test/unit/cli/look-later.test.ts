/** Clips that a start had no time for: looked at one by one, and the memory fitted once they are known. */
import { lookLater, type LaterParts } from '../../../runtime/cli/look-later';
import { openScope, type Scope } from '../../../runtime/core/scope';

let scope: Scope;
let unknown: number;
let unknownSounds: number;
let looked: number[];
let fitted: number;
let onReload: () => void;

beforeEach(() => {
  jest.useFakeTimers();
  scope = openScope('test');
  [unknown, unknownSounds, looked, fitted] = [3, 0, [], 0];
});
afterEach(async () => {
  jest.useRealTimers();
  await scope.close(1000);
});

function begin(look: () => void = () => (unknown -= 1)): void {
  const show = {
    scenes: { a: { media: 'videos', themes: ['t'] } },
    themes: { t: { videos: ['*'] } },
    folder: '/',
    cuelist: { cues: [{ sounds: [{ file: '/s' }] }] },
  };
  const onMs = Date.now() + 1000;
  lookLater({
    show: show as never,
    instance: {
      // Not on yet when all this begins.
      get show() {
        return Date.now() < onMs ? undefined : (show as never);
      },
      events: { on: (_name: string, act: () => void) => ((onReload = act), () => {}) } as never,
      fitMemory: () => void (fitted += 1),
    },
    looks: {
      clips: (_paths, most = 0) => {
        if (most > 0) {
          looked.push(most);
          look();
        }
        return Promise.resolve({ known: [], unknown });
      },
      sounds: () => Promise.resolve({ known: [], unknown: unknownSounds }),
      pictures: () => Promise.resolve([]),
      costlyVectors: () => Promise.resolve(false),
      close: () => {},
    },
    files: { resolve: () => Promise.resolve({ files: ['/a', '/b', '/c', '/d'], folders: [], warnings: [] }) },
    scope,
  } satisfies LaterParts);
}

it('begins after the start, looks at one at a time, and fits the memory once', async () => {
  begin();
  await jest.advanceTimersByTimeAsync(9000);
  expect(looked).toEqual([]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect([looked, fitted]).toEqual([[1, 1, 1], 1]);
});

it('does nothing where all is known', async () => {
  unknown = 0;
  begin();
  await jest.advanceTimersByTimeAsync(60_000);
  expect([looked, fitted]).toEqual([[], 0]);
});

it('fits the memory once the sounds that play are known, and not before', async () => {
  [unknown, unknownSounds] = [0, 1];
  begin();
  await jest.advanceTimersByTimeAsync(9000);
  expect(fitted).toBe(0);
  unknownSounds = 0;
  await jest.advanceTimersByTimeAsync(60_000);
  expect([looked, fitted]).toEqual([[], 1]);
});

it('gives up on files that are looked at in vain, and begins anew after a reload', async () => {
  begin(() => {});
  await jest.advanceTimersByTimeAsync(60_000);
  expect([looked.length, fitted]).toEqual([4, 1]);
  onReload();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(looked.length).toBe(8);
});

it('ends with the scope', async () => {
  begin();
  await scope.close(1000);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(looked).toEqual([]);
});
