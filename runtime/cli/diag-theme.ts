/** `vitrine diag theme`: drives the real picture pipeline without a display and prints where the time goes. */
import 'reflect-metadata';
import { resolve } from 'node:path';
import { container as root } from 'tsyringe';
import { openBank } from '../../plugins/theme-bank/bank';
import type { ThemeValues } from '../../plugins/theme-bank/options';
import type { Span } from '../../plugins/theme-bank/parts';
import { openPart } from '../../plugins/theme-bank/provider';
import { settingsOf } from '../../plugins/theme-bank/settings';
import { openArena } from '../arena/arena';
import { Directory } from '../arena/directory';
import { openSlabStore } from '../arena/slab-store';
import { delay, systemClock } from '../core/clock';
import { createErrorLog } from '../core/error-log';
import { issuesError } from '../core/errors';
import { silentLog } from '../core/log';
import type { SessionPlan } from '../core/plugin';
import { openScope, type Scope } from '../core/scope';
import type { Token } from '../core/token';
import { Turns } from '../core/turns';
import { visible } from '../core/visible';
import { PlayOrder } from '../library/play-order';
import { TEXT_OVERLAYS, textOverlayBytes } from '../options/footprint';
import type { ShowFigures, Tuning } from '../options/tune';
import { mediaFiles } from '../show/glob';
import type { MediaFiles } from '../show/media-files';
import { parseShow } from '../show/parse';
import { SHOW, type Show } from '../show/types';
import { MEDIA_PROVIDER, type MediaProvider, type StageItem } from '../stage/media';
import { PANEL, type Panel } from '../stage/panel';
import type { CommandIo } from './command';
import { ALL_FILES, openLooks } from './media-looks';
import { ffmpegOf, loadSettings, sectionValues, tuneSettings, type SettingsLayers } from './settings';
import { showFigures } from './show-figures';

export interface DiagThemeArgs extends SettingsLayers {
  /** Relative to the working folder. */
  readonly show: string;
  readonly lookups: number;
  readonly thresholdMs: number;
  /** Spans printed, longest first. */
  readonly limit: number;
  readonly fail: boolean;
  readonly json: boolean;
}

/** Pause between two look-ups: the look-ahead gets a chance, a slow one is still found out (the seed's figure). */
const BETWEEN_MS = 10;

/** Every run looks up the same pictures. */
const SEED = 1;

const WARM_DEADLINE_MS = 30_000;
const CLOSE_DEADLINE_MS = 5_000;

/** Exit code 3 with `fail` when a span is over the threshold, else 0. Throws VITRINE_E_SHOW where the show is invalid or has no picture. */
export async function diagTheme(io: CommandIo, args: DiagThemeArgs): Promise<number> {
  const parsed = parseShow(resolve(io.cwd, args.show));
  if (parsed.issues !== undefined) throw issuesError('VITRINE_E_SHOW', parsed.issues);
  const { show } = parsed;
  const files = mediaFiles();
  const settings = loadSettings({ ...args, env: io.env, cwd: io.cwd });
  const looks = openLooks(ffmpegOf(settings), io.env, ALL_FILES);
  const figures = await showFigures(show, files, looks);
  looks.close();
  const scenes = scenesWithPictures(show, figures);
  if (scenes.length === 0)
    throw issuesError('VITRINE_E_SHOW', [
      { file: show.file, message: 'has no scene with a picture to measure', remedy: 'vitrine check lists its media' },
    ]);
  const tuning = tuneSettings(settings, figures);
  const scope = openScope('diag');
  const spans: Span[] = [];
  let context: Record<string, unknown>;
  try {
    context = await drive(show, scenes, files, tuning, args.lookups, spans, scope);
  } finally {
    await scope.close(CLOSE_DEADLINE_MS);
  }
  const over = spans.filter(({ durationMs }) => durationMs > args.thresholdMs).length;
  const summary = summarise(
    { show: show.file, ...context, lookups: args.lookups, thresholdMs: args.thresholdMs, over },
    spans,
    args.limit,
  );
  io.stdout(args.json ? `${JSON.stringify(summary, null, 2)}\n` : asText(summary));
  return args.fail && over > 0 ? 3 : 0;
}

/** Clips are another pipeline's; a scene without a single picture would wait for one. */
function scenesWithPictures({ scenes }: Show, { imagesByTheme }: ShowFigures): string[] {
  return Object.entries(scenes)
    .filter(([, { media, themes }]) => media !== 'videos' && themes.some((theme) => (imagesByTheme[theme] ?? 0) > 0))
    .map(([name]) => name);
}

async function drive(
  show: Show,
  scenes: readonly string[],
  files: MediaFiles,
  tuning: Tuning,
  lookups: number,
  spans: Span[],
  scope: Scope,
): Promise<Record<string, unknown>> {
  const clock = systemClock;
  const errors = createErrorLog(() => {});
  const services = { files, order: new PlayOrder(SEED), clock, log: silentLog, errors };
  const bankSettings = settingsOf(sectionValues<ThemeValues>(tuning.values, 'theme'));
  const roomBytes = bankSettings.cacheBytes + bankSettings.workers * bankSettings.entryBytes;
  const capacityBytes = roomBytes + TEXT_OVERLAYS * textOverlayBytes(tuning.panel);
  const pictures = openSlabStore(openArena(capacityBytes), new Directory(), capacityBytes);
  const trace = (span: Span): void => void spans.push(span);
  const bank = openBank(
    { container: root.createChildContainer(), ...services, largeWork: new Turns(), pictures, scope, trace },
    bankSettings,
  );

  const panel: Panel = { ...tuning.panel, turn: 0, refreshHz: 60 };
  const given = new Map<Token<unknown>, unknown>([
    [SHOW, show],
    [PANEL, panel],
  ]);
  const plan: SessionPlan = { sessionId: 'diag', seed: SEED, get: <T>(token: Token<T>) => given.get(token) as T };
  const part = await timed(spans, 'open-session', 'warm', {}, () =>
    openPart(bank, services, plan, scope.child('session')),
  );
  await timed(spans, 'warm', 'warm', {}, () => part.warm(WARM_DEADLINE_MS));
  const media = part.provides?.find(({ token }) => token === MEDIA_PROVIDER)?.value as MediaProvider;
  await lookUp(media, scenes, lookups, scope.signal);
  return {
    panel: `${panel.widthPx}x${panel.heightPx}`,
    cacheEntries: bankSettings.cacheEntries,
    cacheBytes: bankSettings.cacheBytes,
    workers: bankSettings.workers,
    images: bank.report(),
  };
}

/** Asks the scenes in turn, as a session does: the picture before is given back once the next one is there. */
async function lookUp(
  media: MediaProvider,
  scenes: readonly string[],
  lookups: number,
  signal: AbortSignal,
): Promise<void> {
  let shown: StageItem | undefined;
  for (let at = 0; at < lookups; at += 1) {
    const next = await media.reel(scenes[at % scenes.length]!).next(signal, true);
    shown?.release();
    shown = next;
    await delay(BETWEEN_MS, signal);
  }
  shown?.release();
}

async function timed<T>(
  spans: Span[],
  name: string,
  category: Span['category'],
  metadata: Span['metadata'],
  work: () => Promise<T>,
): Promise<T> {
  const startMs = systemClock.nowMs();
  const result = await work();
  spans.push({ name, category, durationMs: systemClock.nowMs() - startMs, metadata });
  return result;
}

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

interface Summary {
  readonly label: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly spans: readonly Span[];
  /** Sum of each category in ms. */
  readonly categories: Readonly<Record<string, number>>;
  readonly percentilesMs: Readonly<Record<string, Percentiles>>;
  readonly spanCount: number;
}

function summarise(context: Record<string, unknown>, spans: readonly Span[], limit: number): Summary {
  const byCategory = new Map<string, number[]>();
  for (const { category, durationMs } of spans)
    byCategory.set(category, [...(byCategory.get(category) ?? []), durationMs]);
  const longest = [...spans].sort((a, b) => b.durationMs - a.durationMs).slice(0, limit);
  return {
    label: 'theme',
    context,
    spans: longest.map((span) => ({ ...span, durationMs: round(span.durationMs) })),
    categories: mapValues(byCategory, (list) => round(list.reduce((sum, ms) => sum + ms, 0))),
    percentilesMs: mapValues(byCategory, percentiles),
    spanCount: spans.length,
  };
}

function percentiles(list: readonly number[]): Percentiles {
  const sorted = [...list].sort((a, b) => a - b);
  // Nearest rank: a value that was measured.
  const at = (share: number): number => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries([...map].map(([key, value]) => [key, change(value)]));
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function asText({ context, spans, percentilesMs, spanCount, categories }: Summary): string {
  const cell = (ms: number): string => ms.toFixed(1).padStart(10);
  const rows = Object.entries(percentilesMs).map(
    ([category, { p50, p95, p99 }]) =>
      `${category.padEnd(10)}${[categories[category]!, p50, p95, p99].map(cell).join('')}`,
  );
  const lines = spans.map(
    ({ name, durationMs, metadata }) => `${cell(durationMs)}  ${name.padEnd(14)}${JSON.stringify(metadata)}`,
  );
  return [
    `${visible(String(context['show']))}: ${spanCount} spans, ${String(context['over'])} over ${String(context['thresholdMs'])} ms`,
    '',
    `in ms     ${['sum', 'p50', 'p95', 'p99'].map((name) => name.padStart(10)).join('')}`,
    ...rows,
    '',
    `the ${spans.length} longest, in ms`,
    ...lines,
    '',
  ].join('\n');
}
