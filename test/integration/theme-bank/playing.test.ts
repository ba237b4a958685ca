import { writeFileSync, rmSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog, type Log } from '../../../runtime/core/log';
import { PlayOrder } from '../../../runtime/library/play-order';
import type { PictureRef } from '../../../runtime/stage/layer';
import type { SceneReel } from '../../../plugins/theme-bank/reel';
import type { Reel, StageItem } from '../../../runtime/stage/media';
import { until } from '../../support/until';
import { never, openWorld, tinyStore, type World } from './fixture';

/** Whether the next picture of a reel is decoded. */
const isReady = (reel: Reel): boolean => (reel as SceneReel).ready;
const slotOf = ({ picture }: StageItem): number => (picture as PictureRef).slot;

describe('playing pictures', () => {
  let world: World;
  afterEach(async () => {
    await world.close();
  });

  it('shows all pictures in order without a late decode in steady state', async () => {
    world = openWorld({ cacheEntries: 4 });
    for (let at = 0; at < 9; at += 1) await world.picture(`t/${at}.png`, at);
    const session = await world.session();
    expect(await session.warm()).toBe('warm');
    const reel = session.media.reel('s');
    const labels: string[] = [];
    let shown = await reel.next(never, false);
    for (let round = 0; round < 20; round += 1) {
      await until(() => isReady(reel));
      const coming = await reel.next(never, true);
      labels.push(coming!.label);
      shown!.release();
      shown = coming;
      expect(world.store.rooms).toBeLessThanOrEqual(4);
    }
    shown!.release();
    expect(labels.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0, 1].map((at) => `t/${at}.png`));
    expect(world.bank.report()).toMatchObject({ shown: 21, distinct: 9, hits: 21, misses: 0, lateDecodes: 0 });
  });

  it('decodes no picture again while all fit', async () => {
    world = openWorld({ cacheEntries: 8 });
    for (let at = 0; at < 5; at += 1) await world.picture(`t/${at}.png`);
    const session = await world.session();
    await session.warm();
    const reel = session.media.reel('s');
    for (let round = 0; round < 15; round += 1) (await reel.next(never, true))!.release();
    expect(world.bank.cache.residentCount).toBe(5);
    expect(world.bank.report()).toMatchObject({ evictions: 0, distinct: 5 });
  });

  it('waits for a release when everything is shown', async () => {
    world = openWorld({ cacheEntries: 2 });
    for (let at = 0; at < 5; at += 1) await world.picture(`t/${at}.png`);
    const session = await world.session();
    const reel = session.media.reel('s');
    const first = (await reel.next(never, false))!;
    const second = (await reel.next(never, false))!;
    let third: string | undefined;
    const coming = reel.next(never, true).then((item) => {
      third = item?.label;
      return item;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(third).toBeUndefined();
    first.release();
    expect((await coming)?.label).toBe('t/2.png');
    second.release();
    (await coming)?.release();
  });

  it('goes on with a cache for the single picture there was when others join', async () => {
    world = openWorld({ cacheEntries: 1 });
    await world.picture('t/0.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    let shown = (await reel.next(never, false))!;
    await world.picture('t/1.png');
    while (shown.label !== 't/1.png') {
      const coming = (await reel.next(never, true))!;
      shown.release();
      shown = coming;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    shown.release();
  });

  it('goes on when the store has less room than the cache was promised', async () => {
    world = openWorld({ cacheEntries: 8 }, { store: tinyStore(64 * 36 * 3 * 3) });
    for (let at = 0; at < 6; at += 1) await world.picture(`t/${at}.png`);
    const session = await world.session();
    const reel = session.media.reel('s');
    let shown = await reel.next(never, false);
    for (let round = 0; round < 12; round += 1) {
      const coming = await reel.next(never, true);
      shown!.release();
      shown = coming;
    }
    expect(shown!.label).toBe('t/0.png');
    shown!.release();
  });

  it('passes over what is broken at once and reports it once it is struck out', async () => {
    world = openWorld();
    await world.picture('t/a.png');
    writeFileSync(join(world.folder, 't/b.png'), 'no picture at all');
    await world.picture('t/c.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    const labels: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const item = await reel.next(never, true);
      labels.push(item!.label);
      item!.release();
    }
    expect(labels).toEqual(['t/a.png', 't/c.png', 't/a.png', 't/c.png']);
    await until(() => world.errors.list().length > 0);
    expect(world.errors.list()).toMatchObject([{ code: 'VITRINE_E_PICTURE', plugin: 'theme-bank', count: 1 }]);
    expect(world.errors.list()[0]!.message).toContain('t/b.png');
    expect(world.bank.report()['quarantined']).toMatchObject([{ strikes: 3, struckOut: true }]);
  });

  it('forgives a struck-out file as soon as it is replaced', async () => {
    world = openWorld();
    writeFileSync(join(world.folder, 't/a.png'), 'no picture at all');
    await world.picture('t/b.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    await until(() => world.errors.list().length > 0);
    const struckOutMs = performance.now();
    await world.picture('t/a.png');
    let label = '';
    while (label !== 't/a.png') {
      const item = (await reel.next(never, false))!;
      label = item.label;
      item.release();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // Its pause would have lasted 8 s.
    expect(performance.now() - struckOutMs).toBeLessThan(8000);
  });

  it('notices a replaced file also where nothing is watched', async () => {
    world = openWorld({ watch: false });
    await world.picture('t/a.png', 0x0000ff);
    const session = await world.session();
    const reel = session.media.reel('s');
    const old = (await reel.next(never, false))!;
    await world.picture('t/a.png', 0xff0000, { width: 90, height: 60 });
    let slot = slotOf(old);
    while (slot === slotOf(old)) {
      const item = (await reel.next(never, false))!;
      slot = slotOf(item);
      item.release();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    old.release();
  });

  it('never takes the room of what comes next for something else', async () => {
    world = openWorld({ cacheEntries: 4 });
    for (let at = 0; at < 9; at += 1) await world.picture(`t/${at}.png`);
    const session = await world.session(world.show({ s: {}, other: { fit: 'contain' } }));
    await session.warm();
    const reel = session.media.reel('s');
    const shown = (await reel.next(never, false))!;
    await world.bank.lookahead.idle();
    expect(world.bank.cache.residentCount).toBe(4);
    const other = (await session.media.reel('other').next(never, true))!;
    // Without pins this would be the longest unused picture.
    expect(isReady(reel)).toBe(true);
    shown.release();
    other.release();
  });

  it('gives nothing while every file is broken, and a picture as soon as one is repaired', async () => {
    world = openWorld();
    const file = join(world.folder, 't/a.png');
    writeFileSync(file, 'broken');
    const session = await world.session();
    expect(await session.warm()).toBe('cold');
    const reel = session.media.reel('s');
    expect(await reel.next(never, true)).toBeUndefined();
    await world.picture('t/a.png');
    let item = await reel.next(never, true);
    while (item === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      item = await reel.next(never, true);
    }
    expect(item.label).toBe('t/a.png');
    item.release();
    expect(world.bank.report()['quarantined']).toEqual([]);
  });

  it('lets new pictures join and removed ones leave', async () => {
    world = openWorld();
    const gone = await world.picture('t/a.png');
    await world.picture('t/b.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    const shown = (await reel.next(never, false))!;
    expect(shown.label).toBe('t/a.png');
    rmSync(gone);
    await world.picture('t/c.png');
    const seen = new Set<string>();
    while (!seen.has('t/c.png') || seen.has('t/a.png')) {
      if (seen.size === 3) seen.clear();
      const item = (await reel.next(never, false))!;
      seen.add(item.label);
      item.release();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // Still shown: its room stays until it is released.
    const before = world.store.rooms;
    shown.release();
    expect(world.store.rooms).toBe(before - 1);
  });

  it('shows the new contents of a file replaced in place', async () => {
    world = openWorld();
    await world.picture('t/a.png', 0x0000ff);
    const session = await world.session();
    const reel = session.media.reel('s');
    const old = (await reel.next(never, false))!;
    const beside = await world.picture('new.png', 0xff0000);
    renameSync(beside, join(world.folder, 't/a.png'));
    let now = old.picture;
    while ((now as PictureRef).slot === slotOf(old)) {
      const item = (await reel.next(never, false))!;
      now = item.picture;
      item.release();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    old.release();
  });

  it('keeps asking for pictures possible while a theme is empty, and goes on when they come back', async () => {
    world = openWorld();
    const only = await world.picture('t/a.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    const shown = (await reel.next(never, false))!;
    rmSync(only);
    while ((await reel.next(never, false).then((item) => (item?.release(), item))) !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await until(() => world.errors.list().some(({ code }) => code === 'VITRINE_E_THEME_EMPTY'));
    await world.picture('t/b.png');
    let item = await reel.next(never, false);
    while (item === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      item = await reel.next(never, false);
    }
    expect(item.label).toBe('t/b.png');
    item.release();
    shown.release();
  });

  it('rejects with the reason of the signal and stays usable', async () => {
    world = openWorld();
    await world.picture('t/a.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    await expect(reel.next(AbortSignal.abort(new Error('enough')), true)).rejects.toThrow('enough');
    const item = await reel.next(never, true);
    item?.release();
    item?.release();
    expect(item?.label).toBe('t/a.png');
  });

  it('shares decoded pictures between the old and the new session of a reload', async () => {
    world = openWorld();
    for (let at = 0; at < 3; at += 1) await world.picture(`t/${at}.png`);
    const first = await world.session();
    await first.warm();
    await world.bank.lookahead.idle();
    const second = await world.session();
    expect(await second.warm()).toBe('warm');
    await first.scope.close(1000);
    const reel = second.media.reel('s');
    (await reel.next(never, true))!.release();
    expect(world.bank.report()).toMatchObject({ hits: 1, misses: 0 });
    expect(world.bank.cache.residentCount).toBe(3);
  });

  it('keeps the first picture of scenes that stand by', async () => {
    world = openWorld({ cacheEntries: 8 });
    for (let at = 0; at < 9; at += 1) await world.picture(`t/${at}.png`);
    const session = await world.session(world.show({ s: {}, other: { fit: 'contain' } }));
    await session.warm();
    session.media.reel('s');
    await world.bank.lookahead.idle();
    expect(isReady(session.media.reel('other'))).toBe(true);
  });

  it('stores a picture over the limit of one entry smaller', async () => {
    world = openWorld({ entryBytes: 1000 });
    await world.picture('t/a.png');
    const session = await world.session();
    const item = (await session.media.reel('s').next(never, false))!;
    expect(item.picture.widthPx * item.picture.heightPx * 3).toBeLessThanOrEqual(1000);
    expect(item.picture.widthPx / item.picture.heightPx).toBeCloseTo(64 / 36, 0);
    item.release();
  });

  it('decodes a picture once however many ask for it', async () => {
    const decodes: unknown[] = [];
    world = openWorld(
      {},
      { trace: ({ category, metadata }) => void (category === 'decode' && decodes.push(metadata)) },
    );
    await world.picture('t/a.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    const items = await Promise.all([reel.next(never, true), reel.next(never, true), reel.next(never, false)]);
    expect(decodes.length).toBe(1);
    expect(new Set(items.map((item) => item!.picture)).size).toBe(1);
    for (const item of items) item!.release();
  });

  it('counts a change that waited for its decode as late, and warns of a slow one', async () => {
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (message) => void warnings.push(message) };
    world = openWorld({ syncWarningMs: 0 }, { log });
    await world.picture('t/a.png');
    await world.picture('t/b.png');
    const session = await world.session(world.show({ s: {}, other: {} }));
    const first = (await session.media.reel('s').next(never, true))!;
    expect(world.bank.report()).toMatchObject({ hits: 0, misses: 1, lateDecodes: 1 });
    expect(warnings).toEqual(['a picture change waited for its decode']);
    await world.bank.lookahead.idle();
    const other = (await session.media.reel('other').next(never, true))!;
    expect(world.bank.report()).toMatchObject({ hits: 1, misses: 1, lateDecodes: 1 });
    first.release();
    other.release();
  });

  it.each([
    [false, 15],
    [true, 18],
  ])('fills the cache first with what it should (all: %s)', async (preloadAll, resident) => {
    world = openWorld({ preloadAll, cacheEntries: 18 });
    for (let at = 0; at < 20; at += 1) await world.picture(`t/${String(at).padStart(2, '0')}.png`);
    const session = await world.session();
    await session.warm();
    await world.bank.lookahead.idle();
    expect(world.bank.cache.residentCount).toBe(resident);
  });

  it('plays the same order from the same seed', async () => {
    world = openWorld();
    for (let at = 0; at < 12; at += 1) await world.picture(`t/${at}.png`);
    const play = async (seed: number): Promise<string[]> => {
      const show = world.show({ s: { order: 'shuffle' } });
      const session = await world.session(show, { order: new PlayOrder(seed) });
      const labels: string[] = [];
      for (let at = 0; at < 12; at += 1) {
        const item = (await session.media.reel('s').next(never, false))!;
        labels.push(item.label);
        item.release();
      }
      await session.scope.close(1000);
      return labels;
    };
    const [first, again, other] = [await play(1), await play(1), await play(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first).size).toBe(12);
  });
});
