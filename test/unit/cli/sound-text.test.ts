/** Sound in words for people. */
import { outcomeText, statusText } from '../../../runtime/cli/remote-text';

const file = (name: string): string => `/srv/show/${name}`;

it('tells in the status where sound goes, how loud, what is heard, and what is not ready', () => {
  const sound = {
    sink: 'none',
    because: 'there is no sound device',
    mastered: false,
    volumes: { voice: 1, background: 0.4, master: 1 },
    ready: 2,
    of: 4,
    sounds: [
      { file: file('a.wav'), role: 'voice', cue: 'day', state: 'plays', positionMs: 12_000, lengthMs: 65_000 },
      { file: file('over.wav'), role: 'effect', cue: 'day', state: 'over' },
      { file: file('b.wav'), role: 'voice', cue: 'noon', state: 'deferred', because: 'waits for room' },
      { file: file('c.wav'), role: 'effect', cue: 'noon', state: 'preparing' },
    ],
  };
  const report = { video: { framesShown: 50, decoder: 'software' }, audio: { sink: 'none', underruns: 0, tier1: {} } };
  expect(statusText({ state: 'playing', sound, report }).split('\n')).toEqual([
    'state    playing',
    'sound    none (silence: there is no sound device), not mastered',
    'volumes  voice 1, background 0.4, master 1',
    'heard    a.wav (voice) 12 s of 1 min 5 s',
    'sounds   2 of 4 ready',
    '         b.wav of noon: deferred, waits for room',
    '         c.wav of noon: preparing',
    'video    frames shown 50, decoder software',
    'audio    sink none, underruns 0',
  ]);
});

it('tells in an event how many sounds are ready, and of the others why not', () => {
  const sounds = [{ file: file('b.wav'), role: 'voice', cue: 'noon', state: 'deferred', because: 'waits for room' }];
  expect(outcomeText('sounds-ready', { ready: 1, of: 2, sounds })).toBe(
    'sounds-ready: 1 of 2; b.wav of noon: deferred, waits for room',
  );
  expect(outcomeText('sounds-ready', { ready: 2, of: 2, sounds: [] })).toBe('sounds-ready: 2 of 2');
});

it('tells where a seek went and what stayed', () => {
  const moved = [{ file: file('a.wav'), role: 'voice', positionMs: 90_000, lengthMs: 240_000 }];
  const left = [{ file: file('b.wav'), role: 'effect', positionMs: 500, lengthMs: 1500, because: 'ends after 1.5 s' }];
  expect(outcomeText('seek', { cue: 'day', moved, left })).toBe(
    'seek: a.wav at 1 min 30 s of 4 min; b.wav stays at 500 ms of 1.5 s: ends after 1.5 s',
  );
});

it('tells what the caches hold as a table, with rates a person can read', () => {
  const text = outcomeText('cache', {
    tier1: { chunks: 2, bytes: 2_488_320, hits: 25, misses: 1, hitRate: 25 / 26 },
    tier2: { chunks: 38, bytes: 60 << 20, hits: 0, misses: 0, hitRate: 1 },
    tracks: [
      { file: file('bed.ogg'), chunks: 40, of: 120, plays: true },
      { file: file('old.ogg'), chunks: 3, of: null, plays: false },
    ],
    clips: { clips: 1, bytes: 1 << 20, hits: 1, misses: 2 },
    bytes: 66_452_480,
    budgetBytes: 78_400_000,
    healthy: true,
  });
  expect(text.split('\n')).toEqual([
    'cache: 63.4 MiB of 74.8 MiB, healthy',
    '                       pieces     size  hits  misses  hit rate',
    'heard now and next          2  2.4 MiB    25       1      96 %',
    'kept ahead and behind      38   60 MiB     0       0         -',
    'short sounds, whole         1    1 MiB     1       2      33 %',
    '',
    'streamed     chunks',
    'bed.ogg   40 of 120  plays',
    'old.ogg      3 of ?   kept',
  ]);
});

it('copes with whatever it is given', () => {
  for (const odd of [null, 7, 'x', [], {}, { sounds: 3, tier1: null, tracks: [null], moved: 'x' }])
    for (const name of ['cache', 'seek', 'sounds-ready']) expect(() => outcomeText(name, odd)).not.toThrow();
  for (const sound of [null, 7, [], {}, { of: 'x', sounds: [{}, null] }])
    expect(() => statusText({ sound })).not.toThrow();
});
