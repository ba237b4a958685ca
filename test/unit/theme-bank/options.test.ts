import { themeOptions, type ThemeValues } from '../../../plugins/theme-bank/options';
import { settingsOf } from '../../../plugins/theme-bank/settings';

const DEFAULTS = Object.fromEntries(
  Object.entries(themeOptions).map(([name, row]) => [name, row.default]),
) as ThemeValues;

describe('the options of the theme bank', () => {
  it('have the names and defaults of the configuration', () => {
    expect(DEFAULTS).toEqual({
      imageCacheEntries: 64,
      imageCacheBytes: 'auto',
      imageEntryBytes: 'auto',
      decodeBytes: 'auto',
      lookahead: 32,
      batch: 12,
      sleep: 4,
      maxPreload: 200,
      queue: 8,
      preloadAll: false,
      repeatHorizon: 100,
      syncWarning: 45,
      backgroundWarning: 150,
      workers: 'auto',
      decodesBeside: 'auto',
      watch: true,
    });
  });

  it('become settings once tuned, and fail loudly before', () => {
    const sizes = { imageCacheBytes: 1e8, imageEntryBytes: 1e7, decodeBytes: 1e8 };
    const tuned = { ...DEFAULTS, ...sizes, workers: 2, decodesBeside: 1 };
    expect(settingsOf(tuned)).toMatchObject({
      cacheEntries: 64,
      cacheBytes: 1e8,
      entryBytes: 1e7,
      workers: 2,
      sleepMs: 4,
    });
    expect(() => settingsOf({ ...tuned, workers: 'auto' })).toThrow("theme.workers is still 'auto'");
  });
});
