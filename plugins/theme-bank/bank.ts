/** The bank: the parts that all sessions share, built in the plugin's container, and what they report. */
import type { DependencyContainer } from 'tsyringe';
import { CLOCK, type Clock } from '../../runtime/core/clock';
import { ERROR_LOG, type ErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import type { Scope } from '../../runtime/core/scope';
import { LARGE_WORK, type Turns } from '../../runtime/core/turns';
import { PICTURE_STORE, type PictureStore } from '../../runtime/stage/picture-store';
import { PictureCache } from './cache';
import { Counters } from './counters';
import { DecodeQueue } from './decode-queue';
import { LookAhead } from './lookahead';
import { LOG, SETTINGS, TRACE, type Trace } from './parts';
import { Quarantine } from '../../runtime/library/quarantine';
import type { LiveSettings, Settings } from './settings';
import { VectorProcess } from './vector-process';
import { SlowPictures } from './slow-pictures';
import { TextPrinter } from './texts';

export interface BankServices {
  readonly container: DependencyContainer;
  readonly pictures: PictureStore;
  /** Where one picture is decoded at a time, decodes are some of it. */
  readonly largeWork: Turns;
  readonly clock: Clock;
  readonly log: Log;
  readonly errors: ErrorLog;
  readonly scope: Scope;
  /** Told of everything that takes time, for diagnosis. */
  readonly trace?: Trace;
}

export interface Bank {
  readonly settings: LiveSettings;
  readonly cache: PictureCache;
  readonly lookahead: LookAhead;
  readonly quarantine: Quarantine;
  readonly slow: SlowPictures;
  readonly counters: Counters;
  readonly printer: TextPrinter;
  readonly trace: Trace;
  retune(next: Settings): void;
  gauges(): Readonly<Record<string, number>>;
  /** The section `images` of the run report. */
  report(): Readonly<Record<string, unknown>>;
}

/** Files listed in a report: it is read by people, and a folder of broken files may have thousands. */
const FILES_REPORTED = 100;

/** Opens the bank; it closes with the scope. */
export function openBank(services: BankServices, settings: Settings): Bank {
  const { container, pictures, largeWork, clock, log, errors, scope, trace = () => {} } = services;
  const live = { now: settings };
  container.register(PICTURE_STORE.key, { useValue: pictures });
  container.register(LARGE_WORK.key, { useValue: largeWork });
  container.register(CLOCK.key, { useValue: clock });
  container.register(ERROR_LOG.key, { useValue: errors });
  container.register(LOG, { useValue: log });
  container.register(TRACE, { useValue: trace });
  container.register(SETTINGS, { useValue: live });

  const queue = container.resolve(DecodeQueue);
  const cache = container.resolve(PictureCache);
  const lookahead = container.resolve(LookAhead);
  const quarantine = container.resolve(Quarantine);
  const counters = container.resolve(Counters);
  const vectors = container.resolve(VectorProcess);
  scope.defer('pictures', () => cache.close());
  scope.defer('decoding', async () => {
    await Promise.all([queue.close(), lookahead.close(), vectors.close()]);
  });

  return {
    settings: live,
    cache,
    lookahead,
    quarantine,
    slow: container.resolve(SlowPictures),
    counters,
    printer: new TextPrinter(pictures, errors, () => cache.yieldRoom()),
    trace,
    retune(next) {
      live.now = next;
      cache.trim();
      lookahead.kick();
    },
    gauges: () => ({
      imagesResidentCount: cache.residentCount,
      imagesBytes: cache.bytes,
      imagesBudgetBytes: live.now.cacheBytes,
      imagesShownTotal: counters.shown,
      imagesHitsTotal: counters.hits,
      imagesMissesTotal: counters.misses,
      imagesLateDecodesTotal: counters.lateDecodes,
      imagesEvictionsTotal: counters.evictions,
      imagesQuarantinedCount: quarantine.size,
      decodesRunningCount: queue.runningCount,
      decodesWaitingCount: queue.waitingCount,
      lookaheadBatchCount: lookahead.batchSize,
    }),
    report: () => ({
      shown: counters.shown,
      distinct: counters.distinct,
      hits: counters.hits,
      misses: counters.misses,
      lateDecodes: counters.lateDecodes,
      evictions: counters.evictions,
      bytes: cache.bytes,
      budgetBytes: live.now.cacheBytes,
      quarantined: quarantine
        .list()
        .slice(0, FILES_REPORTED)
        .map(({ path, reason, strikes, struckOut }) => ({ file: path, reason, strikes, struckOut })),
    }),
  };
}
