/** The needs of sounds: bounded by the files there are, never by less than they come to. */
import fc from 'fast-check';
import { soundNeed, streamsAtOnce, type SoundFigure } from '../../../runtime/options/sound-need';

const RATE_HZ = 48_000;
const CHUNK_MS = 8000;
const longest = (role: string): number => ({ voice: 10_000, background: 10_000, effect: 5000 })[role] ?? 0;
const need = (known: readonly SoundFigure[], unknown = 0): ReturnType<typeof soundNeed> =>
  soundNeed({ known, unknown }, CHUNK_MS, RATE_HZ, longest);
const sound = (lengthMs: number, channels: 1 | 2, ...roles: string[]): SoundFigure => ({ lengthMs, channels, roles });

it('counts short sounds whole and long ones in chunks, each in two states', () => {
  // 5.6 s of mono: 5.6 x 48,000 x 2 x 4 bytes; 21 s of stereo are three chunks of 8 s.
  expect(need([sound(5000, 1, 'voice'), sound(21_000, 2, 'background')])).toEqual({
    wholeBytes: 5.6 * RATE_HZ * 2 * 4,
    streamedBytes: 3 * 8 * RATE_HZ * 2 * 2 * 4,
    streamedFiles: 1,
  });
});

it('counts a sound of two roles in both ways where one streams it, and the sound of a clip as streamed', () => {
  const both = need([sound(7000, 1, 'voice', 'effect')]);
  expect(both.wholeBytes).toBeGreaterThan(0);
  expect(both.streamedFiles).toBe(1);
  expect(need([sound(1000, 2, 'clips')])).toMatchObject({ wholeBytes: 0, streamedFiles: 1 });
});

it('bounds nothing where one sound is not known', () => {
  const open = { wholeBytes: Infinity, streamedBytes: Infinity, streamedFiles: Infinity };
  expect(need([sound(1000, 1, 'voice')], 1)).toEqual(open);
  expect(soundNeed(undefined, CHUNK_MS, RATE_HZ, longest)).toEqual(open);
  expect(streamsAtOnce(6, open)).toBe(6);
});

it('streams at most twice as many sounds as there are files, two at least, and never more than play', () => {
  const figures = fc.record({
    lengthMs: fc.nat(600_000),
    channels: fc.constantFrom(1 as const, 2 as const),
    roles: fc.uniqueArray(fc.constantFrom('voice', 'background', 'effect', 'clips'), { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(figures, { maxLength: 6 }), fc.nat(8), figures, (known, atOnce, more) => {
      const [before, after] = [need(known), need([...known, more])];
      const streams = streamsAtOnce(atOnce, before);
      expect(streams).toBeLessThanOrEqual(atOnce);
      expect(streams).toBeGreaterThanOrEqual(Math.min(atOnce, 2));
      // A further sound never needs less.
      expect(after.wholeBytes + after.streamedBytes).toBeGreaterThan(before.wholeBytes + before.streamedBytes);
      expect(streamsAtOnce(atOnce, after)).toBeGreaterThanOrEqual(streams);
    }),
  );
});
