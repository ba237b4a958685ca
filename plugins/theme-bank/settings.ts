/** The theme bank's settings: its option values as the numbers they are once tuning has replaced every `auto`. */
import { tunedNumber } from '../../runtime/options/row';
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
  /** 0 or 1. */
  readonly decodesBeside: number;
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
    cacheBytes: tunedNumber('theme.imageCacheBytes', values.imageCacheBytes),
    entryBytes: tunedNumber('theme.imageEntryBytes', values.imageEntryBytes),
    decodeBytes: tunedNumber('theme.decodeBytes', values.decodeBytes),
    lookahead: values.lookahead,
    batch: values.batch,
    sleepMs: values.sleep,
    maxPreloadMs: values.maxPreload,
    queue: values.queue,
    preloadAll: values.preloadAll,
    repeatHorizon: values.repeatHorizon,
    syncWarningMs: values.syncWarning,
    backgroundWarningMs: values.backgroundWarning,
    workers: tunedNumber('theme.workers', values.workers),
    decodesBeside: tunedNumber('theme.decodesBeside', values.decodesBeside),
    watch: values.watch,
  };
}
