/** Pictures that take long to decode never stop the others; vectors whose cost nobody knows end with a limit, and with the bank. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadOutcome } from '../../../plugins/theme-bank/cache';
import type { Target } from '../../../plugins/theme-bank/target';
import { isCostlyVector } from '../../../runtime/media/picture/vector-cost';
import { until } from '../../support/until';
import { never, openWorld, type World } from './fixture';

const SIZE = 'xmlns="http://www.w3.org/2000/svg" width="1600" height="900"';
/** Works on every pixel. */
const filtered = `<svg ${SIZE}><filter id="f"><feTurbulence baseFrequency="0.1" numOctaves="9"/></filter><rect width="1600" height="900" filter="url(#f)"/></svg>`;
/** Ten to the seventh rectangles in two kilobytes. */
const nested = `<svg ${SIZE} xmlns:xlink="http://www.w3.org/1999/xlink"><defs><rect id="l0" width="9" height="9" fill="#123"/>${Array.from(
  { length: 7 },
  (_, level) =>
    `<g id="l${level + 1}">${Array.from({ length: 10 }, (_each, at) => `<use xlink:href="#l${level}" x="${at * 7}" y="${level}"/>`).join('')}</g>`,
).join('')}</defs><use xlink:href="#l7"/></svg>`;
const plain = (colour: string): string => `<svg ${SIZE}><rect width="1600" height="900" fill="${colour}"/></svg>`;

let world: World;
afterEach(() => world.close());

/** Processes of this one that draw a vector. */
function drawing(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1];
        return parent === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('vector-main');
      } catch {
        return false;
      }
    });
}

const write = (name: string, text: string): void => writeFileSync(join(world.folder, 't', name), text);

async function labels(
  reel: { next: (signal: AbortSignal, urgent: boolean) => Promise<{ label: string; release(): void } | undefined> },
  count: number,
): Promise<string[]> {
  const list: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const item = (await reel.next(never, true))!;
    list.push(item.label);
    item.release();
  }
  return list;
}

/** The same with patterns, each of which is filled with another one. */
const patterns = nested.replaceAll('<g ', '<g fill="url(#p)" ');

it.each([
  ['elements that draw others again', [nested]],
  ['patterns', [patterns]],
  ['this kind, eight of them', Array.from({ length: 8 }, () => nested)],
])(
  'goes on with the others beside a vector of %s',
  async (_kind, vectors) => {
    world = openWorld();
    vectors.forEach((text, at) => write(`${at}.svg`, text));
    for (const name of ['x', 'y', 'z']) await world.picture(`t/${name}.png`);
    const reel = (await world.session()).media.reel('s');
    const shown = await labels(reel, 7);
    expect(new Set(shown)).toEqual(new Set(['t/x.png', 't/y.png', 't/z.png']));
    // It is still being drawn, one at a time; the bank does not wait for it when it closes.
    await until(() => drawing().length === 1);
    await world.close();
    await until(() => drawing().length === 0);
    world = openWorld();
  },
  60_000,
);

it('shows one that takes a while once it is drawn', async () => {
  world = openWorld();
  write('a.svg', filtered);
  for (const name of ['x', 'y']) await world.picture(`t/${name}.png`);
  const reel = (await world.session()).media.reel('s');
  for (let shown = ''; shown !== 't/a.svg';) shown = (await labels(reel, 1))[0]!;
}, 60_000);

it('keeps one that was passed over until its place comes, where the cache does not hold all', async () => {
  const decoded: unknown[] = [];
  world = openWorld(
    { cacheEntries: 4 },
    { trace: ({ category, metadata }) => void (category === 'decode' && decoded.push(metadata['path'])) },
  );
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `t/${name}.png`);
  const slow = join(world.folder, 't/d.png');
  for (const name of names.filter((each) => each !== 't/d.png')) await world.picture(name);
  const reel = (await world.session()).media.reel('s');
  // As if its decode took long: it begins when its place is behind.
  const { target } = reel as unknown as { target: Target };
  let decode = (): void => {};
  const load = new Promise<LoadOutcome>((resolve) => {
    decode = () => resolve(world.bank.cache.load({ path: slow, theme: 't' }, target, false));
  });
  world.bank.slow.passOver(slow, target, load);
  await world.picture('t/d.png');
  const shown: string[] = [];
  while (shown.at(-1) !== 't/e.png') shown.push(...(await labels(reel, 1)));
  decode();
  expect(await load).toMatchObject({ kind: 'resident' });
  while (shown.at(-1) !== 't/d.png') {
    shown.push(...(await labels(reel, 1)));
    await world.bank.lookahead.idle();
  }
  expect(decoded.filter((path) => path === slow)).toHaveLength(1);
  // Each behind the one before it, but where the slow one was passed over.
  shown.slice(1).forEach((label, at) => {
    const next = names[(names.indexOf(shown[at]!) + 1) % names.length]!;
    expect(label).toBe(next === 't/d.png' && label !== next ? 't/e.png' : next);
  });
  expect(world.bank.cache.heldCount).toBe(0);
});

it('waits for one that is the only one', async () => {
  world = openWorld();
  write('a.svg', filtered);
  const reel = (await world.session()).media.reel('s');
  expect(await labels(reel, 2)).toEqual(['t/a.svg', 't/a.svg']);
}, 60_000);

it('draws a vector in its own process as in this one', async () => {
  world = openWorld();
  write('a.svg', plain('#204060'));
  write('b.svg', plain('#204060').replace('<rect', '<defs><g id="g"/></defs><use href="#g"/><rect'));
  const session = await world.session();
  const reel = session.media.reel('s');
  const [a, b] = [(await reel.next(never, false))!, (await reel.next(never, false))!];
  expect([a.label, b.label]).toEqual(['t/a.svg', 't/b.svg']);
  const colours = [a, b].map(({ picture }) => world.store.colourOf(picture as never));
  expect(colours).toEqual([0x204060, 0x204060]);
  a.release();
  b.release();
});

it('names a vector that is broken', async () => {
  world = openWorld();
  write('a.svg', `<svg ${SIZE}><use href="#g"></svg>`);
  await world.picture('t/x.png');
  const reel = (await world.session()).media.reel('s');
  await labels(reel, 2);
  await until(() => world.bank.quarantine.list().length > 0);
  expect(world.bank.quarantine.list()).toMatchObject([
    { path: join(world.folder, 't/a.svg'), reason: expect.stringMatching(/svg|XML|tag/i) },
  ]);
});

it.each([
  ['a plain drawing', plain('#fff'), false],
  ['a drawing with a gradient', `<svg ${SIZE}><linearGradient id="g"/><text>Welcome</text></svg>`, false],
  ['a long one', `<svg ${SIZE}>${'<path d="M0 0L1 1"/>'.repeat(10_000)}</svg>`, true],
  ['one with filters', filtered, true],
  ['one with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:use/></s:svg>', true],
  ['one with entities', '<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', true],
  ['one with dashes', `<svg ${SIZE}><path style="stroke-dasharray: 0.001" d="M0 0L9 9"/></svg>`, true],
  ['one in wide letters', Buffer.from(`\ufeff${plain('#fff')}`, 'utf16le'), true],
  ['a packed one', Buffer.from([0x1f, 0x8b, 8, 0]), true],
  ['a photograph', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), false],
])('knows %s', async (_what, content, isCostly) => {
  world = openWorld();
  const file = join(world.folder, 'file');
  writeFileSync(file, content);
  expect(await isCostlyVector(file)).toBe(isCostly);
});
