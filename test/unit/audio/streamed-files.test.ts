/** Files that are streamed for a while because decoding them whole went badly. */
import { StreamedFiles } from '../../../plugins/audio/clips/streamed-files';

it('streams a file for a while, and for twice as long each time it goes badly again, up to an hour', () => {
  const files = new StreamedFiles();
  const pauses: number[] = [];
  for (let nowMs = 0, times = 0; times < 9; times++) {
    const pauseMs = files.add('a', 'slow', nowMs);
    pauses.push(pauseMs / 60_000);
    expect(files.because('a', nowMs + pauseMs - 1)).toBe('slow');
    nowMs += pauseMs;
    expect(files.because('a', nowMs)).toBeUndefined();
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(files.because('b', 0)).toBeUndefined();
});

it('knows nothing against a file that went well since', () => {
  const files = new StreamedFiles();
  files.add('a', 'slow', 0);
  files.add('a', 'slow', 0);
  files.forgive('a');
  expect(files.because('a', 0)).toBeUndefined();
  expect(files.add('a', 'slow', 0)).toBe(60_000);
});
