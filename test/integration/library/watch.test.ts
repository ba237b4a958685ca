import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { openFolderWatch, type FolderWatch } from '../../../runtime/library/watch';
import { until } from '../../support/until';
import { never, openWorld } from '../theme-bank/fixture';

describe('watching folders', () => {
  let folder: string;
  let watch: FolderWatch;
  let news: (readonly string[])[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'watch-'));
    news = [];
    watch = openFolderWatch((paths) => news.push(paths));
  });
  afterEach(() => {
    watch.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells what changed, many changes in one piece', async () => {
    watch.set([folder]);
    for (let at = 0; at < 10; at += 1) writeFileSync(join(folder, `${at}`), '');
    await until(() => news.length > 0);
    expect([...news[0]!].sort()).toEqual(Array.from({ length: 10 }, (_, at) => join(folder, `${at}`)));
  });

  it('does not wait for ever while changes keep coming', async () => {
    watch.set([folder]);
    const timer = setInterval(() => appendFileSync(join(folder, 'growing'), 'x'), 20);
    await until(() => news.length > 1);
    clearInterval(timer);
    expect(news[0]).toEqual([join(folder, 'growing')]);
  });

  it('counts folders that cannot be watched', () => {
    watch.set([folder, join(folder, 'none')]);
    expect(watch.unwatched).toBe(1);
    mkdirSync(join(folder, 'none'));
    watch.set([folder, join(folder, 'none')]);
    expect(watch.unwatched).toBe(0);
  });

  it('is silent about folders it no longer watches, and once closed', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    watch.set([folder, other]);
    watch.set([other]);
    writeFileSync(join(folder, 'unseen'), '');
    writeFileSync(join(other, 'seen'), '');
    await until(() => news.length > 0);
    expect(news.flat()).toEqual([join(other, 'seen')]);
    writeFileSync(join(other, 'pending'), '');
    watch.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(news.length).toBe(1);
  });
});

describe('copying a picture in', () => {
  it('never strikes a file out that is still growing, and shows it once it is whole', async () => {
    const world = openWorld();
    await world.picture('t/a.png');
    const session = await world.session();
    const reel = session.media.reel('s');
    (await reel.next(never, false))!.release();
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#888', noise } })
      .jpeg()
      .toBuffer();
    const file = join(world.folder, 't/b.jpg');
    for (let part = 0; part < 6; part += 1) {
      appendFileSync(file, bytes.subarray((bytes.length * part) / 6, (bytes.length * (part + 1)) / 6));
      if (part < 5) await new Promise((resolve) => setTimeout(resolve, 400));
    }
    let label = '';
    while (label !== 't/b.jpg') {
      const item = (await reel.next(never, false))!;
      label = item.label;
      item.release();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(world.errors.list()).toEqual([]);
    await world.close();
  });
});
