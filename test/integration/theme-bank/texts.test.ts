import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Panel } from '../../../runtime/stage/panel';
import { drawText, escapeMarkup } from '../../../plugins/theme-bank/text-picture';
import { topPx } from '../../../plugins/theme-bank/texts';
import { until } from '../../support/until';
import { never, openWorld, tinyStore, type World } from './fixture';

const PANEL: Panel = { widthPx: 640, heightPx: 360, turn: 0, refreshHz: 60 };

describe('a drawn text', () => {
  it('is white letters on a dark plate, premultiplied', async () => {
    const { pixels, widthPx, heightPx } = await drawText('Welcome', PANEL);
    expect(pixels.length).toBe(widthPx * heightPx * 4);
    let white = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      const [red, alpha] = [pixels[at]!, pixels[at + 3]!];
      expect(red).toBeLessThanOrEqual(alpha);
      if (red > 240) white += 1;
    }
    expect(white).toBeGreaterThan(100);
    const middleOfLeftEdge = Math.floor(heightPx / 2) * widthPx * 4;
    expect([...pixels.subarray(middleOfLeftEdge, middleOfLeftEdge + 4)]).toEqual([0, 0, 0, 153]);
  });

  it('takes markup as letters', async () => {
    expect(escapeMarkup('<b>a & "b"\u0000\uD800</b>')).toBe('&lt;b&gt;a &amp; &quot;b&quot; \uFFFD&lt;/b&gt;');
    const marked = await drawText('<b>x</b> &amp;', PANEL);
    const plain = await drawText('x &', PANEL);
    expect(marked.widthPx).toBeGreaterThan(plain.widthPx);
  });

  it('wraps long texts and keeps within a quarter of the panel', async () => {
    const { widthPx, heightPx } = await drawText('a long text that needs more than one line '.repeat(5), PANEL);
    expect(widthPx).toBeLessThanOrEqual(640 * 0.87);
    expect(heightPx).toBeLessThanOrEqual(90);
    await expect(drawText('far too long '.repeat(500), PANEL)).rejects.toThrow('too long');
  });

  it('draws emoji, right-to-left and Asian text without failing', async () => {
    for (const text of ['🌲🎉', 'שלום עולם', 'مرحبا', '日本語', 'e\u0301'])
      expect((await drawText(text, PANEL)).widthPx).toBeGreaterThan(10);
  });

  it('is turned with the panel', async () => {
    const upright = await drawText('Welcome', PANEL);
    const turned = await drawText('Welcome', { ...PANEL, turn: 90 });
    expect([turned.widthPx, turned.heightPx]).toEqual([upright.heightPx, upright.widthPx]);
  });

  it('stands at the top, in the middle or at the bottom with a margin', () => {
    expect([topPx('top', 1000, 100), topPx('center', 1000, 100), topPx('bottom', 1000, 100)]).toEqual([50, 450, 850]);
  });
});

describe('the texts of a scene', () => {
  let world: World;
  afterEach(async () => {
    await world.close();
  });
  const scene = { s: { text: { position: 'bottom' as const, everyMs: 1000 } } };

  it('come in order and start again, with at most the shown and the next one in memory', async () => {
    world = openWorld();
    const session = await world.session(world.show(scene, { t: { texts: ['one', 'two', 'three'] } }), { panel: PANEL });
    const texts = session.media.texts!('s')!;
    expect(texts.count).toBe(3);
    const labels: string[] = [];
    for (let at = 0; at < 7; at += 1) {
      const item = (await texts.next(never))!;
      labels.push(item.label);
      expect(item.leftPx * 2 + item.picture.widthPx).toBeCloseTo(640, -1);
      expect(item.topPx + item.picture.heightPx).toBe(360 - 18);
      await until(() => world.store.rooms === 2);
      item.release();
      item.release();
    }
    expect(labels).toEqual(['one', 'two', 'three', 'one', 'two', 'three', 'one']);
    texts.close();
    await until(() => world.store.rooms === 0);
  });

  it('are shared when there is only one', async () => {
    world = openWorld();
    const session = await world.session(world.show(scene, { t: { texts: ['only'] } }), { panel: PANEL });
    const texts = session.media.texts!('s')!;
    const first = (await texts.next(never))!;
    const second = (await texts.next(never))!;
    expect(second.picture).toEqual(first.picture);
    first.release();
    expect(world.store.rooms).toBe(1);
    second.release();
  });

  it('stay for a second reader when the first one closes', async () => {
    world = openWorld();
    const session = await world.session(world.show(scene, { t: { texts: ['one', 'two'] } }), { panel: PANEL });
    const first = session.media.texts!('s')!;
    const second = session.media.texts!('s')!;
    first.close();
    first.close();
    const item = (await second.next(never))!;
    await until(() => world.store.rooms === 2);
    item.release();
    second.close();
    expect(world.store.rooms).toBe(0);
  });

  it('pass over one that cannot be drawn and report it once', async () => {
    world = openWorld();
    const long = 'far too long '.repeat(500);
    const session = await world.session(world.show(scene, { t: { texts: [long, 'short'] } }), { panel: PANEL });
    const texts = session.media.texts!('s')!;
    for (let at = 0; at < 3; at += 1) {
      const item = (await texts.next(never))!;
      expect(item.label).toBe('short');
      item.release();
    }
    expect(world.errors.list().filter(({ code }) => code === 'VITRINE_E_FONT')).toMatchObject([{ count: 1 }]);
  });

  it('are left out while there is no room for them', async () => {
    world = openWorld({}, { store: tinyStore(100) });
    const session = await world.session(world.show(scene, { t: { texts: ['one'] } }), { panel: PANEL });
    expect(await session.media.texts!('s')!.next(never)).toBeUndefined();
  });

  it('are none where the scene or its themes have none', async () => {
    world = openWorld();
    const session = await world.session(world.show({ s: {}, quiet: scene.s }, { t: {} }));
    expect([session.media.texts!('s'), session.media.texts!('quiet')]).toEqual([undefined, undefined]);
  });
});

describe('a machine without fonts', () => {
  it('is noticed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fonts-'));
    const file = join(folder, 'fonts.conf');
    writeFileSync(
      file,
      `<?xml version="1.0"?><fontconfig><dir>${folder}/none</dir><cachedir>${folder}/cache</cachedir></fontconfig>`,
    );
    const code = `require(${JSON.stringify(require.resolve('../../../plugins/theme-bank/text-picture'))}).fontExists().then((found) => console.log(found))`;
    const ask = (env: NodeJS.ProcessEnv): string =>
      execFileSync(process.execPath, ['-e', code], { env: { ...process.env, ...env } })
        .toString()
        .trim();
    expect(ask({ FONTCONFIG_FILE: file })).toBe('false');
    rmSync(folder, { recursive: true, force: true });
  });
});
