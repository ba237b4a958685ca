/** What the decode worker makes next, and what gives way for it. */
import { chunkAfter, hotChunks, victim, wishes, type PlannedTrack } from '../../../plugins/audio/chunks/plan';

const track = (change: Partial<PlannedTrack> & { key: string }): PlannedTrack => ({
  loops: false,
  resident: new Set(),
  ...change,
});
const order = (...tracks: PlannedTrack[]): string[] =>
  [...wishes(tracks)].map(({ key, chunk, priority }) => `${priority} ${key}${chunk}`);

it('makes what is heard, then what comes next, of all that plays', () => {
  expect(order(track({ key: 'a', playing: 3 }), track({ key: 'b', playing: 0 }))).toEqual([
    '1 a3',
    '1 b0',
    '1 a4',
    '1 b1',
    '2 a4',
    '2 b1',
  ]);
});

it('then the rest of the track, onwards and from its begin', () => {
  const half = track({ key: 'a', playing: 3, total: 6, resident: new Set([3, 4]) });
  expect(order(half)).toEqual(['2 a5']);
  expect(order(track({ ...half, resident: new Set([3, 4, 5]) }))).toEqual(['2 a0']);
  expect(order(track({ ...half, resident: new Set([0, 1, 2, 3, 4, 5]) }))).toEqual([]);
});

it('then what played before, the last one first', () => {
  const whole = track({ key: 'a', playing: 0, total: 1, resident: new Set([0]) });
  expect(order(whole, track({ key: 'b', total: 2, resident: new Set([0]) }), track({ key: 'c', total: 1 }))).toEqual([
    '3 b1',
    '3 c0',
  ]);
});

it('goes round where the track does', () => {
  expect(chunkAfter({ total: 3, loops: true }, 2)).toBe(0);
  expect(chunkAfter({ total: 3, loops: false }, 2)).toBeUndefined();
  expect(chunkAfter({ loops: false }, 2)).toBe(3);
  expect(hotChunks(track({ key: 'a', playing: 2, total: 3, loops: true }))).toEqual([2, 0]);
  expect(hotChunks(track({ key: 'a', playing: 0, total: 1, loops: true }))).toEqual([0]);
});

it('does not ask again for what cannot be decoded', () => {
  expect(order(track({ key: 'a', playing: 0, failedFrom: 1, resident: new Set([0]) }))).toEqual([]);
});

describe('what gives way', () => {
  const playing = track({ key: 'a', playing: 5, resident: new Set([1, 4, 5, 6, 9]) });
  const wish = { key: 'a', chunk: 7, priority: 1 } as const;

  it('is first what does not play, the oldest from its end', () => {
    const tracks = [
      playing,
      track({ key: 'b', resident: new Set([0]) }),
      track({ key: 'c', resident: new Set([0, 1]) }),
    ];
    expect(victim(tracks, wish)).toMatchObject({ key: 'c', chunk: 1 });
  });

  it('is then what was heard longest ago, then what lies farthest ahead, and never what is heard now or next', () => {
    expect(victim([playing], wish)).toMatchObject({ key: 'a', chunk: 1 });
    expect(victim([track({ ...playing, resident: new Set([5, 6, 8, 9]) })], wish)).toMatchObject({ chunk: 9 });
    expect(victim([track({ ...playing, resident: new Set([5, 6]) })], wish)).toBeUndefined();
  });

  it('is nothing that plays, for what is only good to have', () => {
    expect(victim([playing], { ...wish, priority: 2 })).toBeUndefined();
    const idle = track({ key: 'b', resident: new Set([0]) });
    expect(victim([playing, idle], { ...wish, priority: 2 })).toMatchObject({ key: 'b' });
    expect(victim([playing, idle], { key: 'c', chunk: 0, priority: 3 })).toBeUndefined();
  });
});
