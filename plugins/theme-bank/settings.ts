/** The theme bank's settings: its option values as the numbers they are once tuning has replaced every `auto`. */
import type { ThemeValues } from './options';

export interface Settings {
  readonly cacheEntries: number;
  readonly cacheBytes: number;
  readonly entryBytes: number;
  readonly decodeBytes: number;
  readonly lookahead: number;
  readonly batch: number;
  readonly sleepMs: number;
  readonly maxPreloadMs: number;
  readonly queue: number;
  readonly preloadAll: boolean;
  readonly repeatHorizon: number;
  readonly syncWarningMs: number;
  readonly backgroundWarningMs: number;
  readonly workers: number;
  readonly watch: boolean;
}

/** Where the parts read the settings from, so that a retune reaches them all. Main thread only. */
export interface LiveSettings {
  readonly now: Settings;
}

/** Throws where tuning left an `auto` behind: a defect of the program. */
export function settingsOf(values: ThemeValues): Settings {
  return {
    cacheEntries: values.imageCacheEntries,
    cacheBytes: tuned('imageCacheBytes', values.imageCacheBytes),
    entryBytes: tuned('imageEntryBytes', values.imageEntryBytes),
    decodeBytes: tuned('decodeBytes', values.decodeBytes),
    lookahead: values.lookahead,
    batch: values.batch,
    sleepMs: values.sleep,
    maxPreloadMs: values.maxPreload,
    queue: values.queue,
    preloadAll: values.preloadAll,
    repeatHorizon: values.repeatHorizon,
    syncWarningMs: values.syncWarning,
    backgroundWarningMs: values.backgroundWarning,
    workers: tuned('workers', values.workers),
    watch: values.watch,
  };
}

function tuned(name: string, value: number | 'auto'): number {
  if (typeof value !== 'number')
    throw new TypeError(`theme.${name} is still '${value}': it must be tuned before the plugin opens`);
  return value;
}
