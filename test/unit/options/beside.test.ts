/** What two shows take side by side. */
import { besidePlannedBytes, besideValues } from '../../../runtime/options/beside';
import type { Tuning } from '../../../runtime/options/tune';

const BYTES = 'theme.imageCacheBytes';

/** A tuning of a cache and clips of so many bytes, and of 10 more. */
function tuning(cache: number, clips: number, budgetBytes = 1000): Tuning {
  const owners = { pictures: cache, 'video rings': clips / 2, 'video decoders': clips / 2, process: 10 };
  const consumers = Object.entries(owners).map(([owner, bytes]) => ({ owner, formula: '', bytes }));
  const account = { consumers, plannedBytes: cache + clips + 10, budgetBytes };
  return { values: { [BYTES]: cache, 'theme.imageCacheEntries': cache / 10 }, account } as unknown as Tuning;
}

it('adds up pictures as far as there is room', () => {
  expect(besideValues(tuning(100, 0), tuning(300, 0))).toEqual({ [BYTES]: 400, 'theme.imageCacheEntries': 40 });
  expect(besideValues(tuning(100, 0, 350), tuning(300, 0, 350))[BYTES]).toBe(340);
});

it('plans for the clips of both', () => {
  expect(besidePlannedBytes(tuning(100, 0), tuning(300, 0))).toBe(410);
  expect(besidePlannedBytes(tuning(100, 40), tuning(300, 60))).toBe(510);
  expect(besidePlannedBytes(tuning(300, 60), tuning(100, 40))).toBe(510);
});
