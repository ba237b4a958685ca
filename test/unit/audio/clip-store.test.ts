/** The decoded clips: which are kept, by number and by bytes. */
import { ClipStore } from '../../../plugins/audio/clips/clip-store';
import type { DecodedClip } from '../../../plugins/audio/play/source';

/** So many bytes in both states together. */
const clipOf = (bytes: number): DecodedClip => {
  const plane = (): Float32Array[] => [new Float32Array(bytes / 8)];
  return { frames: bytes / 8, original: plane(), processed: plane() };
};

it('keeps those that were used last, as many as there is room for', () => {
  const store = new ClipStore(() => ({ entries: 2, bytes: 1e6 }));
  store.put('a', clipOf(80));
  store.put('b', clipOf(80));
  expect(store.get('a')).toBeDefined();
  store.put('c', clipOf(80));
  expect([store.has('a'), store.has('b'), store.has('c')]).toEqual([true, false, true]);
  expect(store.get('b')).toBeUndefined();
  expect([store.hits, store.misses, store.size, store.bytesHeld]).toEqual([1, 1, 2, 160]);
});

it('is bounded in bytes, whatever the number; what is larger than all the room is not kept', () => {
  const store = new ClipStore(() => ({ entries: 16, bytes: 200 }));
  store.put('a', clipOf(80));
  store.put('b', clipOf(80));
  store.put('c', clipOf(80));
  expect([store.has('a'), store.size, store.bytesHeld]).toEqual([false, 2, 160]);
  store.put('huge', clipOf(240));
  expect([store.has('huge'), store.bytesHeld]).toEqual([false, 160]);
});

it('holds one clip for one key, and none once it is emptied', () => {
  const store = new ClipStore(() => ({ entries: 16, bytes: 1e6 }));
  store.put('a', clipOf(80));
  store.put('a', clipOf(160));
  expect([store.size, store.bytesHeld]).toEqual([1, 160]);
  store.clear();
  expect([store.size, store.bytesHeld]).toEqual([0, 0]);
});

it('keeps one copy of a file, whatever its gain', () => {
  const store = new ClipStore(() => ({ entries: 16, bytes: 1e6 }));
  store.put('as it is', clipOf(80), '/a.wav');
  store.put('louder', clipOf(80), '/a.wav');
  store.put('b', clipOf(80), '/b.wav');
  expect([store.has('as it is'), store.has('louder'), store.size, store.bytesHeld]).toEqual([false, true, 2, 160]);
  store.clear();
  store.put('as it is', clipOf(80), '/a.wav');
  expect([store.size, store.bytesHeld]).toEqual([1, 80]);
});
