/** The knobs of the look-ahead, each by what it does to decodes. */
import { silentLog, type Log } from '../../../runtime/core/log';
import type { StageItem } from '../../../runtime/stage/media';
import type { Settings } from '../../../plugins/theme-bank/settings';
import { until } from '../../support/until';
import { never, openWorld, type World } from './fixture';

interface Decode {
  readonly fromMs: number;
  readonly untilMs: number;
}

describe('decoding ahead', () => {
  let world: World;
  let decodes: Decode[];
  let batches: { readonly durationMs: number; readonly elapsedMs: number; readonly landed: number }[];
  let warnings: { readonly message: string; readonly fields: unknown }[];
  let shown: StageItem | undefined;
  beforeEach(() => {
    [decodes, batches, warnings, shown] = [[], [], [], undefined];
  });
  afterEach(async () => {
    shown?.release();
    await world.close();
  });

  /** Shows the first of some pictures, and lets those after it be decoded; the shown one is one of them. */
  async function play(
    settings: Partial<Settings>,
    { pictures = 9, sidePx = 60, everyMs = 3_600_000 }: { pictures?: number; sidePx?: number; everyMs?: number } = {},
  ): Promise<void> {
    const warn: Log['warn'] = (message, fields) => {
      if (message.startsWith('decoding ahead')) warnings.push({ message, fields });
    };
    const log: Log = { ...silentLog, warn };
    const open = { cacheEntries: pictures, ...settings };
    world = openWorld(open, {
      log,
      trace: ({ category, durationMs, metadata }) => {
        const untilMs = performance.now();
        if (category === 'decode') decodes.push({ fromMs: untilMs - durationMs, untilMs });
        if (category === 'batch') batches.push({ durationMs, ...(metadata as { elapsedMs: number; landed: number }) });
      },
    });
    for (let at = 0; at < pictures; at += 1)
      await world.picture(`t/${String(at).padStart(3, '0')}.png`, at, { width: sidePx, height: sidePx });
    const session = await world.session(world.show({ s: { everyMs } }));
    shown = await session.media.reel('s').next(never, true);
  }

  const ahead = (): Decode[] => decodes.slice(1).sort((a, b) => a.fromMs - b.fromMs);
  it.each([12, 1])('pauses between all decodes, in batches of %i', async (batch) => {
    const sleepMs = 300;
    await play({ workers: 1, batch, sleepMs }, { pictures: 5 });
    await until(() => decodes.length === 5);
    const all = ahead();
    // The queue's own test is exact; here a file is looked at between the pause and the decode.
    for (const [at, { fromMs }] of all.slice(1).entries())
      expect(fromMs - all[at]!.untilMs).toBeGreaterThan(sleepMs / 2);
  });

  it('does not take its own pauses for slow decodes', async () => {
    await play({ workers: 1, batch: 4, sleepMs: 100, backgroundWarningMs: 60_000, maxPreloadMs: 60_000 });
    await until(() => batches.length === 2);
    for (const { durationMs, elapsedMs, landed } of batches) {
      expect(landed).toBe(4);
      // Three pauses lie between four decodes.
      expect(durationMs).toBeLessThan(elapsedMs - 3 * 95);
    }
  });

  it('begins nothing after the limit of a batch, however much is queued', async () => {
    await play({ workers: 1, batch: 12, queue: 12, maxPreloadMs: 1 }, { sidePx: 900 });
    await until(() => decodes.length === 9);
    await world.bank.lookahead.idle();
    // The one that runs is finished; the others wait for the next batch.
    expect(batches.map(({ landed }) => landed)).toEqual(Array.from({ length: 8 }, () => 1));
  });

  it('lets a picture that is asked for go before pauses and limits', async () => {
    // Far longer than the machine may be busy with something else.
    const sleepMs = 20_000;
    await play({ workers: 1, batch: 12, sleepMs, maxPreloadMs: 1 }, { pictures: 4 });
    const session = await world.session(world.show({ s: {} }, { t: { images: ['t'] } }));
    const before = performance.now();
    const item = await session.media.reel('s').next(never, true);
    item!.release();
    const last = decodes.at(-1)!;
    expect(last.fromMs - before).toBeLessThan(sleepMs);
  });

  it('keeps so many waiting and no more', async () => {
    await play({ workers: 1, batch: 12, queue: 2 }, { pictures: 12, sidePx: 600 });
    let most = 0;
    await until(() => {
      most = Math.max(most, world.bank.gauges()['decodesWaitingCount']!);
      return decodes.length === 12;
    });
    expect(most).toBeLessThanOrEqual(2);
  });

  it.each([
    ['as far as it may', { lookahead: 3 }, 4],
    ['no further than it may, also before the first picture', { lookahead: 5, cacheEntries: 18 }, 6],
    ['the whole cache, where all is to be preloaded', { lookahead: 3, cacheEntries: 18, preloadAll: true }, 18],
  ])('decodes %s', async (_, settings, resident) => {
    await play(settings, { pictures: 20 });
    await until(() => world.bank.cache.residentCount >= resident);
    await world.bank.lookahead.idle();
    expect(world.bank.cache.residentCount).toBe(resident);
  });

  it('decodes no more than it may once the whole cache was filled', async () => {
    await play({ lookahead: 3, cacheEntries: 6, preloadAll: true }, { pictures: 20 });
    await until(() => decodes.length >= 6);
    await world.bank.lookahead.idle();
    const filled = decodes.length;
    const session = await world.session();
    shown!.release();
    shown = await session.media.reel('s').next(never, true);
    await world.bank.lookahead.idle();
    expect(decodes.length - filled).toBeLessThanOrEqual(4);
  });

  describe('warns of a slow machine', () => {
    it('not while there is time enough', async () => {
      await play({ workers: 1, backgroundWarningMs: 1, maxPreloadMs: 20 }, { sidePx: 600 });
      await until(() => decodes.length === 9);
      await world.bank.lookahead.idle();
      expect(world.bank.gauges()['lookaheadBatchCount']).toBeLessThan(12);
      expect(warnings).toEqual([]);
    });

    it('where pictures are shown faster than they are decoded, with what a picture takes', async () => {
      await play({ workers: 1, backgroundWarningMs: 1 }, { sidePx: 600, everyMs: 1 });
      await until(() => decodes.length === 9);
      await world.bank.lookahead.idle();
      expect(warnings).toMatchObject([
        {
          message: 'decoding ahead does not keep up with the show',
          fields: { perPictureMs: expect.any(Number), shownForMs: 1, readyAhead: expect.any(Number) },
        },
      ]);
    });
  });
});
