import { RoleBudgets } from '../../../plugins/audio/clips/budget';
import { ClipStore } from '../../../plugins/audio/clips/clip-store';
import type { DecodedClip } from '../../../plugins/audio/play/source';

describe('budgets of decoded sound', () => {
  const limits = { voice: 10_000, background: 10_000, effect: 5000, clips: 0 };
  let budgets: RoleBudgets;
  beforeEach(() => (budgets = new RoleBudgets((role) => limits[role])));
  const [a, b, c] = [{}, {}, {}];

  it('stream what is longer than all of the role', () => {
    expect(budgets.reserve(a, 'voice', 10_001, 0)).toBe('stream');
    expect(budgets.reserve(a, 'effect', 6000, 0)).toBe('stream');
    expect(budgets.reserve(a, 'clips', 1, 0)).toBe('stream');
    expect(budgets.reserve(a, 'voice', 10_000, 0)).toBe('granted');
  });

  it('put off what has no room now, until enough has been played', () => {
    expect(budgets.reserve(a, 'voice', 8000, 0)).toBe('granted');
    expect(budgets.reserve(b, 'voice', 5000, 0)).toBe('deferred');
    expect(budgets.reserve(b, 'background', 5000, 0)).toBe('granted');
    budgets.plays(a, 1000);
    expect(budgets.reserve(c, 'voice', 5000, 3999)).toBe('deferred');
    expect(budgets.reserve(c, 'voice', 5000, 4000)).toBe('granted');
    // Long over: it takes nothing, and not less.
    expect(budgets.freeMs('voice', 1e9)).toBe(5000);
  });

  it('are given back', () => {
    budgets.reserve(a, 'voice', 8000, 0);
    expect(budgets.reserve(a, 'voice', 8000, 0)).toBe('granted');
    budgets.release(a);
    expect(budgets.freeMs('voice', 0)).toBe(10_000);
  });
});

describe('decoded clips', () => {
  const clip = (frames: number): DecodedClip => ({
    frames,
    original: [new Float32Array(frames)],
    processed: [new Float32Array(frames)],
  });
  const limits = { entries: 3, bytes: 1000 };
  let store: ClipStore;
  beforeEach(() => (store = new ClipStore(() => limits)));

  it('are kept, the last ones used', () => {
    for (const key of ['a', 'b', 'c']) store.put(key, clip(10));
    expect(store.get('a')).toBeDefined();
    store.put('d', clip(10));
    expect(['a', 'b', 'c', 'd'].map((key) => store.has(key))).toEqual([true, false, true, true]);
    expect(store).toMatchObject({ hits: 1, misses: 0, size: 3, bytesHeld: 240 });
    expect(store.get('b')).toBeUndefined();
    expect(store.misses).toBe(1);
  });

  it('take no more bytes than they may', () => {
    store.put('a', clip(60));
    store.put('b', clip(60));
    expect(store).toMatchObject({ size: 2, bytesHeld: 960 });
    store.put('c', clip(10));
    expect(['a', 'b', 'c'].map((key) => store.has(key))).toEqual([false, true, true]);
    store.put('d', clip(200));
    expect(store.has('d')).toBe(false);
    store.put('b', clip(5));
    expect(store.bytesHeld).toBe(120);
    store.clear();
    expect(store).toMatchObject({ size: 0, bytesHeld: 0 });
  });
});
