/** Silences: what counts as one, when it is reported, and when health comes back. */
import { RECENT_MS, SILENCE_MS, Silences } from '../../../plugins/audio/health/silences';

const sound = {};
const missing = (sinceMs: number): ReadonlyMap<object, { file: string; sinceMs: number }> =>
  new Map([[sound, { file: '/a.mp3', sinceMs }]]);
const NOTHING = new Map<object, never>();

it('reports a sound that is due and silent once, when it lasts, and once more when it is over', () => {
  const silences = new Silences();
  expect(silences.look(1000, missing(900))).toEqual([]);
  expect(silences.isSilent).toBe(false);
  expect(silences.look(900 + SILENCE_MS, missing(900))).toEqual([{ file: '/a.mp3' }]);
  expect(silences.look(5000, missing(900))).toEqual([]);
  expect(silences.files).toEqual(['/a.mp3']);
  expect(silences.report(5000)).toEqual({ silences: 1, silentMs: 4100 });
  expect(silences.look(6000, NOTHING)).toEqual([{ file: '/a.mp3', lastedMs: 5100 }]);
  expect(silences.report(9000)).toEqual({ silences: 1, silentMs: 5100 });
});

it('does not count a gap that is over before it is a silence', () => {
  const silences = new Silences();
  silences.look(1000, missing(800));
  expect(silences.look(1200, NOTHING)).toEqual([]);
  expect(silences.report(5000)).toEqual({ silences: 0, silentMs: 0 });
  expect(silences.wasSilent(5000)).toBe(false);
});

it('is well again a minute after the last silence', () => {
  const silences = new Silences();
  silences.look(2000, missing(1000));
  silences.look(3000, NOTHING);
  expect(silences.wasSilent(3000)).toBe(true);
  expect(silences.wasSilent(2000 + RECENT_MS - 1)).toBe(true);
  expect(silences.wasSilent(2000 + RECENT_MS)).toBe(false);
});
