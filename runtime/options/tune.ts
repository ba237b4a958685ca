/** Tuning: turns every `auto` into a value and makes the sum of all memory fit the budget. Pure. */
import { VitrineError } from '../core/errors';
import { drawUp, formatAccount, type Account, type Sizes } from './account';
import { ARENA_PICTURE_BYTES, FEWEST_SLABS, largestSlabBytes, type PanelSize } from './footprint';
import { formatBytes } from './units';
import type { Origin } from './layers';
import { MIB } from './row';

/** What tuning needs to know of the machine; the questions are answered in `hardware`. */
export interface Machine {
  /** Whole cores that may compose and that may decode; each at least 1. */
  readonly composeCores: number;
  readonly decodeCores: number;
  /** What `memory.budget: auto` comes to. */
  readonly budget: { readonly bytes: number; readonly because: string };
  readonly hasScreen: boolean;
}

/** What tuning needs to know of the show. */
export interface ShowFigures {
  /** Image files of each theme. */
  readonly imagesByTheme: Readonly<Record<string, number>>;
  /** In how many forms (sizes, fits) a theme's pictures are stored, where its scenes differ; 1 where not given. */
  readonly formsByTheme?: Readonly<Record<string, number>>;
  /** Whether any scene moves its pictures. */
  readonly motion: boolean;
  /** Whether any scene shows texts. */
  readonly texts: boolean;
}

/** A value that tuning decided. */
export interface TunedStep {
  readonly value: unknown;
  readonly origin: Extract<Origin, { kind: 'tuned' }>;
}

/** The final values. Frozen. */
export interface Tuning {
  /** All option values by dotted key. Only `display.output` and `display.size` may still be `auto`: the output decides. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that differ from what the layers said, with the reason. */
  readonly steps: Readonly<Record<string, TunedStep>>;
  readonly panel: PanelSize;
  readonly account: Account;
}

/** libuv's own pool has 4 threads, and the look-ahead keeps them busy without taking cores from the screen. */
const MOST_DECODE_WORKERS = 4;

/** A progressive JPEG of a usual camera has to be possible; beyond 1 GiB a decode takes longer than anybody waits. */
const LEAST_DECODE_BYTES = 64 * MIB;
const MOST_DECODE_BYTES = 1024 * MIB;

/** A frame is bound by memory: beyond 4 bands it gains nothing on the boards we run on. */
const MOST_RENDER_THREADS = 4;

/**
 * Tunes `values` (by dotted key, read and checked) for a machine, a panel and a show; without a show the largest need
 * is assumed. Throws VITRINE_E_BUDGET with the account where even the least does not fit.
 */
export function tune(
  machine: Machine,
  values: Readonly<Record<string, unknown>>,
  panel: PanelSize,
  show?: ShowFigures,
): Tuning {
  const steps: Record<string, TunedStep> = {};
  const decide = (key: string, value: unknown, because: string): void => {
    if (values[key] === undefined || values[key] === value) delete steps[key];
    else steps[key] = Object.freeze({ value, origin: Object.freeze({ kind: 'tuned', because }) });
  };
  const numberOr = (key: string, auto: number): number => (typeof values[key] === 'number' ? values[key] : auto);

  const motion = show?.motion ?? true;
  const hasPictures = values['theme.imageCacheEntries'] !== undefined;
  const files =
    show === undefined
      ? Infinity
      : Object.entries(show.imagesByTheme).reduce(
          (sum, [name, images]) => sum + images * (show.formsByTheme?.[name] ?? 1),
          0,
        );

  const budgetBytes = numberOr('memory.budget', machine.budget.bytes);
  decide('memory.budget', budgetBytes, machine.budget.because);
  decide(
    'display.renderer',
    values['display.renderer'] === 'auto' ? 'cpu' : values['display.renderer'],
    'the renderer there is',
  );

  const largestBytes = largestSlabBytes(panel, motion);
  const entryBytes = numberOr('theme.imageEntryBytes', largestBytes);
  decide(
    'theme.imageEntryBytes',
    entryBytes,
    `the largest picture stored for ${panel.widthPx}x${panel.heightPx}${motion ? ' with motion' : ''}`,
  );
  const slabBytes = Math.min(entryBytes, largestBytes);

  const entries = Math.max(1, Math.min(numberOr('theme.imageCacheEntries', 0), files));
  decide('theme.imageCacheEntries', entries, `the show has ${files} pictures to store`);
  const cacheLimitBytes = numberOr('theme.imageCacheBytes', Infinity);
  const leastCacheBytes = Math.min(FEWEST_SLABS, entries) * slabBytes;
  if (hasPictures && cacheLimitBytes < leastCacheBytes) throw smallCache(cacheLimitBytes, leastCacheBytes, slabBytes);
  const most = Math.floor(Math.min(cacheLimitBytes, ARENA_PICTURE_BYTES) / slabBytes);
  const wanted: Sizes = {
    cacheSlabs: hasPictures ? Math.min(entries, most) : 0,
    renderThreads: numberOr('render.threads', Math.min(MOST_RENDER_THREADS, machine.composeCores)),
    decodeWorkers: hasPictures ? numberOr('theme.workers', Math.min(MOST_DECODE_WORKERS, machine.decodeCores)) : 0,
  };
  const account = drawUp({
    panel,
    motion,
    surface: hasSurface(values['display.output'], machine),
    texts: show?.texts ?? true,
    slabBytes,
    budgetBytes,
    wanted,
  });
  if (!account.fits) throw refusal(account);

  const spareBytes = account.budgetBytes - account.plannedBytes;
  decide(
    'theme.decodeBytes',
    numberOr('theme.decodeBytes', Math.min(MOST_DECODE_BYTES, Math.max(LEAST_DECODE_BYTES, spareBytes))),
    `${formatBytes(spareBytes)} of the budget are not planned for`,
  );
  const { cacheSlabs, renderThreads, decodeWorkers } = account.sizes;
  const grantOf = (size: keyof Sizes, words: string): string =>
    account.sizes[size] < wanted[size] ? `${words}, shrunk from ${wanted[size]} to fit the memory budget` : words;
  decide('render.threads', renderThreads, grantOf('renderThreads', `${machine.composeCores} granted cores`));
  if (hasPictures) {
    const decoding = `${machine.decodeCores} of the granted cores are free beside the render thread`;
    decide('theme.workers', decodeWorkers, grantOf('decodeWorkers', decoding));
    const pictures = `${cacheSlabs} pictures of ${formatBytes(slabBytes)}`;
    decide('theme.imageCacheBytes', cacheSlabs * slabBytes, grantOf('cacheSlabs', pictures));
  }
  const tuned = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, steps[key] === undefined ? value : steps[key].value]),
  );
  return Object.freeze({ values: Object.freeze(tuned), steps: Object.freeze(steps), panel, account });
}

function hasSurface(output: unknown, machine: Machine): boolean {
  return output === 'auto' ? machine.hasScreen : output !== 'offscreen' && output !== 'null';
}

function refusal(account: Account): VitrineError {
  const missing = formatBytes(account.plannedBytes - account.budgetBytes);
  return new VitrineError(
    'VITRINE_E_BUDGET',
    `the memory budget is short of ${missing} even with everything shrunk; raise memory.budget or memory.share, or make the picture smaller\n` +
      formatAccount(account),
  );
}

function smallCache(limitBytes: number, leastBytes: number, slabBytes: number): VitrineError {
  return new VitrineError(
    'VITRINE_E_BUDGET',
    `theme.imageCacheBytes is ${formatBytes(limitBytes)}, but the picture shown, the one coming in and the one decoded ahead ` +
      `take ${formatBytes(leastBytes)} at up to ${formatBytes(slabBytes)} each; raise it or lower theme.imageEntryBytes`,
  );
}
