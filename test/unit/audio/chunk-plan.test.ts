/** What the decode worker makes next, and what gives way for it. */
import { chunkAfter, hotChunks, victim, wishes, type PlannedTrack } from '../../../plugins/audio/chunks/plan';

const track = (change: Partial<PlannedTrack> & { key: string }): PlannedTrack => ({
  loops: false,
  parts: 1,
  resident: new Set(),
  begun: new Map(),
  ...change,
});
const order = (...tracks: PlannedTrack[]): string[] =>
  [...wishes(tracks)].map(({ key, chunk, priority }) => `${priority} ${key}${chunk}`);

it('makes what is heard, then what comes next, of all that plays', () => {
  const [a, b] = [track({ key: 'a', playing: 3 }), track({ key: 'b', playing: 0 })];
  const there = (one: PlannedTrack, ...chunks: number[]): PlannedTrack => ({ ...one, resident: new Set(chunks) });
  expect(order(a, b)[0]).toBe('1 a3');
  expect(order(there(a, 3), b)[0]).toBe('1 b0');
  expect(order(there(a, 3), there(b, 0))[0]).toBe('1 a4');
  expect(order(there(a, 3, 4), there(b, 0))[0]).toBe('1 b1');
  expect(order(there(a, 3, 4), there(b, 0, 1))).toEqual(['2 a5', '2 a0', '2 b2']);
});

describe('parts', () => {
  /** A track of chunks of four parts: those that are begun with what is there of them. */
  const parted = (key: string, playing: number, part: number, begun: Record<number, number[]>): PlannedTrack =>
    track({
      key,
      playing,
      part,
      parts: 4,
      resident: new Set(Object.keys(begun).map(Number)),
      begun: new Map(Object.entries(begun).flatMap(([at, of]) => (of.length < 4 ? [[Number(at), new Set(of)]] : []))),
    });
  const first = (...tracks: PlannedTrack[]): string => {
    const { key, chunk, part } = [...wishes(tracks)][0]!;
    return `${key}${chunk}.${part}`;
  };

  it('are made from the one that is heard on, and those of the next chunk after them', () => {
    expect(first(parted('a', 2, 1, {}))).toBe('a2.1');
    expect(first(parted('a', 2, 1, { 2: [1, 2] }))).toBe('a2.3');
    expect(first(parted('a', 2, 1, { 2: [1, 2, 3] }))).toBe('a3.0');
    expect(first(parted('a', 2, 1, { 2: [1, 2, 3], 3: [0] }))).toBe('a3.1');
  });

  it('are made of the sound first that runs out first', () => {
    const far = parted('far', 0, 0, { 0: [0, 1, 2, 3] });
    const near = parted('near', 5, 2, { 5: [0, 1, 2, 3] });
    const none = parted('none', 0, 3, {});
    expect(first(far, near)).toBe('near6.0');
    expect(first(far, near, none)).toBe('none0.3');
    expect(first(far, parted('near', 5, 2, { 5: [0, 1, 2, 3], 6: [0, 1, 2, 3] }))).toBe('far1.0');
  });

  it('are not made beyond the end, nor where they cannot be decoded', () => {
    const short = { ...parted('a', 0, 0, { 0: [0, 1] }), total: 1, lastParts: 2 };
    expect(order(short)).toEqual([]);
    expect(order({ ...parted('a', 0, 0, { 0: [0, 1] }), failedFrom: { chunk: 0, part: 2 } })).toEqual([]);
  });

  it('before the one that was jumped to are made once all after it are there', () => {
    const jumped = { ...parted('a', 1, 2, { 1: [2, 3] }), total: 3, lastParts: 4 };
    expect(order(jumped)).toEqual(['1 a2', '2 a2', '2 a0']);
    expect(order({ ...parted('a', 1, 2, { 0: [0, 1, 2, 3], 1: [2, 3], 2: [0, 1, 2, 3] }), total: 3 })).toEqual([
      '2 a1',
    ]);
  });
});

it('then the rest of the track, onwards and from its begin', () => {
  const half = track({ key: 'a', playing: 3, total: 6, resident: new Set([3, 4]) });
  expect(order(half)).toEqual(['2 a5', '2 a0']);
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
  expect(order(track({ key: 'a', playing: 0, failedFrom: { chunk: 1, part: 0 }, resident: new Set([0]) }))).toEqual([]);
});

describe('what gives way', () => {
  const playing = track({ key: 'a', playing: 5, resident: new Set([1, 4, 5, 6, 9]) });
  const wish = { key: 'a', priority: 1, isCurrent: false } as const;

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
    expect(victim([playing, idle], { key: 'c', priority: 3, isCurrent: false })).toBeUndefined();
  });

  it('is what another sound needs afterwards, for what is heard now and for nothing else', () => {
    const full = track({ key: 'a', playing: 5, resident: new Set([5, 6]) });
    const fresh = track({ key: 'b', playing: 0 });
    expect(victim([full, fresh], { key: 'b', priority: 1, isCurrent: false })).toBeUndefined();
    expect(victim([full, fresh], { key: 'b', priority: 1, isCurrent: true })).toEqual({ key: 'a', chunk: 6 });
  });

  it('is nothing that the same track needs at another place', () => {
    const both = { key: 'a', resident: new Set([2, 3, 7, 8]) };
    const tracks = [track({ ...both, playing: 2 }), track({ ...both, playing: 7 })];
    expect(victim(tracks, wish)).toBeUndefined();
    const meets = [track({ key: 'a', playing: 2, resident: new Set([2, 3]) }), track({ key: 'a', playing: 3 })];
    expect(victim(meets, { key: 'b', priority: 1, isCurrent: true })).toBeUndefined();
  });
});
