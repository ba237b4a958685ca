import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { container } from 'tsyringe';
import { systemClock } from '../../../runtime/core/clock';
import { createErrorLog } from '../../../runtime/core/error-log';
import { openLedger } from '../../../runtime/core/ledger';
import { silentLog } from '../../../runtime/core/log';
import type { OpenPlugin } from '../../../runtime/core/plugin';
import { Turns } from '../../../runtime/core/turns';
import { openScope, openScopes, type Scope } from '../../../runtime/core/scope';
import { diagTheme, type DiagThemeArgs } from '../../../runtime/cli/diag-theme';
import type { ThemeValues } from '../../../plugins/theme-bank/options';
import { themeBank } from '../../../plugins/theme-bank/plugin';
import { PlayOrder } from '../../../runtime/library/play-order';
import { folderFiles, tinyStore } from './fixture';

const VALUES: ThemeValues = {
  imageCacheEntries: 8,
  imageCacheBytes: 1e8,
  imageEntryBytes: 1e7,
  decodeBytes: 1e8,
  lookahead: 32,
  batch: 12,
  sleep: 4,
  maxPreload: 200,
  queue: 8,
  preloadAll: false,
  repeatHorizon: 100,
  syncWarning: 45,
  backgroundWarning: 150,
  decodesBeside: 1,
  workers: 2,
  watch: true,
};

describe('the theme bank as a plugin', () => {
  let scope: Scope;
  beforeEach(() => {
    scope = openScope('plugin');
  });
  const open = (values: Partial<ThemeValues> = {}): Promise<OpenPlugin<ThemeValues, Record<never, never>>> =>
    themeBank.open({
      container: container.createChildContainer(),
      options: { ...VALUES, ...values },
      services: { pictures: tinyStore(), files: folderFiles, order: new PlayOrder(1), largeWork: new Turns() },
      scope,
      log: silentLog,
      clock: systemClock,
      memory: openLedger(1e9),
      errors: createErrorLog(() => {}),
    });

  it('reports the images section of the run report', async () => {
    const plugin = await open();
    expect(plugin.report?.()).toEqual({
      images: {
        shown: 0,
        distinct: 0,
        hits: 0,
        misses: 0,
        lateDecodes: 0,
        evictions: 0,
        bytes: 0,
        budgetBytes: 1e8,
        quarantined: [],
      },
    });
    await scope.close(1000);
  });

  it('takes live options over', async () => {
    const plugin = await open();
    expect(plugin.gauges?.()).toMatchObject({ lookaheadBatchCount: 12, imagesBudgetBytes: 1e8 });
    plugin.retune?.({ ...VALUES, batch: 3, imageCacheBytes: 2e8 }, new Set(['batch', 'imageCacheBytes']));
    expect(plugin.gauges?.()).toMatchObject({ lookaheadBatchCount: 3, imagesBudgetBytes: 2e8 });
    await scope.close(1000);
  });

  it('refuses to open before it is tuned', () => {
    expect(() => open({ workers: 'auto' })).toThrow('must be tuned');
    return scope.close(1000);
  });

  it('leaves nothing open', async () => {
    await open();
    expect((await scope.close(1000)).faults).toEqual([]);
    expect(openScopes()).toEqual([]);
  });
});

describe('diag theme', () => {
  const LAYERS = { config: [], set: [], args: {} };
  let folder: string;
  let printed = '';
  const io = { stdout: (text: string) => void (printed += text), stderr: () => {}, env: {}, cwd: '' };
  const run = (args: Partial<DiagThemeArgs>): Promise<number> => {
    printed = '';
    const measured = { show: 'show.yaml', lookups: 6, limit: 4, thresholdMs: 60_000, json: true, fail: false };
    return diagTheme({ ...io, cwd: folder }, { ...LAYERS, ...measured, ...args });
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'diag-'));
    for (let at = 0; at < 3; at += 1) {
      await sharp({ create: { width: 64, height: 36, channels: 3, background: '#abc' } })
        .png()
        .toFile(join(folder, `${at}.png`));
    }
    const show = {
      version: 1,
      name: 'diag',
      themes: { t: { images: ['*.png'] } },
      scenes: { s: { media: 'images', themes: ['t'] } },
      cuelist: { cues: [{ name: 'c', duration: '5m', scenes: [{ scene: 's' }] }] },
    };
    writeFileSync(join(folder, 'show.yaml'), JSON.stringify(show));
    writeFileSync(join(folder, 'bad.yaml'), 'version: 2');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints the spans of the real pipeline as one document', async () => {
    expect(await run({})).toBe(0);
    const summary = JSON.parse(printed) as {
      label: string;
      spans: { durationMs: number }[];
      spanCount: number;
      categories: Record<string, number>;
      percentilesMs: Record<string, { p50: number; p99: number }>;
      context: { images: { shown: number } };
    };
    expect(summary.label).toBe('theme');
    expect(summary.context.images.shown).toBe(6);
    expect(summary.spans.length).toBe(4);
    expect(summary.spans[0]!.durationMs).toBeGreaterThanOrEqual(summary.spans[3]!.durationMs);
    expect(summary.spanCount).toBeGreaterThanOrEqual(6 + 3);
    expect(Object.keys(summary.categories).sort()).toEqual(['batch', 'decode', 'lookup', 'warm']);
    expect(summary.percentilesMs['decode']!.p99).toBeGreaterThanOrEqual(summary.percentilesMs['decode']!.p50);
    expect(openScopes()).toEqual([]);
  });

  it('ends with 3 only when it may fail and a span is too long', async () => {
    expect(await run({ thresholdMs: 0, fail: true })).toBe(3);
    expect(await run({ thresholdMs: 0 })).toBe(0);
    expect(await run({ thresholdMs: 60_000, fail: true })).toBe(0);
  });

  it('prints a table for people', async () => {
    await run({ json: false });
    expect(printed).toMatch(/decode +\d+\.\d/);
  });

  it.each([
    [
      'a scene of clips',
      {
        themes: { t: { images: ['*.png'] }, v: { videos: ['*.mp4'] } },
        scenes: { s: { media: 'images', themes: ['t'] }, v: { media: 'videos', themes: ['v'] } },
      },
    ],
    [
      'an empty theme',
      {
        themes: { t: { images: ['*.png'] }, v: { images: ['none/*.png'] } },
        scenes: { s: { media: 'images', themes: ['t'] }, v: { media: 'images', themes: ['v'] } },
      },
    ],
  ])('looks only at pictures in a show with %s', async (_what, parts) => {
    const cues = [{ name: 'c', duration: '5m', scenes: [{ scene: 's' }, { scene: 'v' }] }];
    writeFileSync(
      join(folder, 'mixed.yaml'),
      JSON.stringify({ version: 1, name: 'mixed', ...parts, cuelist: { cues } }),
    );
    expect(await run({ show: 'mixed.yaml' })).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ context: { images: { shown: 6 } } });
  });

  it.each([
    ['clips', { videos: ['*.mp4'] }, 'videos'],
    ['pictures that are not there', { images: ['none/*.png'] }, 'images'],
  ])('refuses a show of nothing but %s', async (_what, theme, media) => {
    const cues = [{ name: 'c', duration: '5m', scenes: [{ scene: 's' }] }];
    const parts = { themes: { t: theme }, scenes: { s: { media, themes: ['t'] } }, cuelist: { cues } };
    writeFileSync(join(folder, 'none.yaml'), JSON.stringify({ version: 1, name: 'none', ...parts }));
    await expect(run({ show: 'none.yaml', fail: true })).rejects.toMatchObject({
      code: 'VITRINE_E_SHOW',
      message: expect.stringContaining('has no scene with a picture'),
    });
  });

  it('takes all options of a run', async () => {
    const set = ['theme.imageCacheEntries=3', 'display.size=640x360'];
    expect(await run({ set, args: { 'theme-workers': '1' } })).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ context: { cacheEntries: 3, workers: 1, panel: '640x360' } });
  });

  it('refuses an invalid show', async () => {
    const refused = diagTheme(
      { ...io, cwd: folder },
      { ...LAYERS, show: 'bad.yaml', lookups: 1, thresholdMs: 1, limit: 1, fail: false, json: false },
    );
    await expect(refused).rejects.toMatchObject({ code: 'VITRINE_E_SHOW' });
  });
});
