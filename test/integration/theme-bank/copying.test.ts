/** Pictures that are being copied in: none is shown before it is whole, and each is shown once it is. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { SETTLE_MS } from '../../../plugins/theme-bank/settling';
import type { Clock } from '../../../runtime/core/clock';
import { makeHeic } from '../../support/heic';
import { noise } from '../../support/images';
import { never, openWorld, type World } from './fixture';

const [WIDTH, HEIGHT] = [160, 90];
const pages = (count: number): sharp.Sharp =>
  sharp(noise(WIDTH, HEIGHT * count, 1).data, {
    raw: { width: WIDTH, height: HEIGHT * count, channels: 3, ...(count === 1 ? {} : { pageHeight: HEIGHT }) },
  });
const still = pages(1);
const drawing = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90">${Array.from(
    { length: 300 },
    (_, at) => `<rect x="${(at * 7) % 160}" y="${at % 90}" width="5" height="5" fill="#${100 + at}"/>`,
  ).join('\n')}</svg>`,
);

const FORMATS: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'a.gif': () => still.clone().gif().toBuffer(),
  'moving.gif': () => pages(3).gif().toBuffer(),
  'a.png': () => still.clone().png().toBuffer(),
  'interlaced.png': () => still.clone().png({ progressive: true }).toBuffer(),
  'a.jpg': () => still.clone().jpeg().toBuffer(),
  'progressive.jpg': () => still.clone().jpeg({ progressive: true }).toBuffer(),
  'a.webp': () => still.clone().webp().toBuffer(),
  'lossless.webp': () => still.clone().webp({ lossless: true }).toBuffer(),
  'moving.webp': () => pages(3).webp().toBuffer(),
  'a.tiff': () => still.clone().tiff({ compression: 'none' }).toBuffer(),
  'lzw.tif': () => still.clone().tiff({ compression: 'lzw' }).toBuffer(),
  'a.avif': () => still.clone().avif({ effort: 0 }).toBuffer(),
  'a.heic': () => makeHeic([WIDTH, HEIGHT]),
  'a.svg': () => drawing,
  'a.svgz': () => gzipSync(drawing),
  // Of a kind that nobody reads: the rest of a name counts for nothing.
  'gif.jpg': () => still.clone().gif().toBuffer(),
};

/** How a file looks while it is being copied. */
const STATES: Readonly<Record<string, (whole: Buffer) => Buffer>> = {
  half: (whole) => whole.subarray(0, whole.length / 2),
  'all but the last byte': (whole) => whole.subarray(0, -1),
  'half, its size set before': (whole) =>
    Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.alloc(Math.ceil(whole.length / 2))]),
};

let world: World;
let nowMs: number;
beforeEach(async () => {
  nowMs = 1e6;
  // Time stands still, so that a busy machine makes no copy look like one that has come to its end.
  const clock: Clock = { nowMs: () => nowMs, sleepUntil: () => Promise.resolve() };
  world = openWorld({}, { clock });
  for (const name of ['x', 'y']) await world.picture(`t/${name}.png`);
});
afterEach(() => world.close());

async function labels(reel: Awaited<ReturnType<World['session']>>['media'], count: number): Promise<string[]> {
  const shown: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const item = (await reel.reel('s').next(never, false))!;
    shown.push(item.label.slice(2));
    item.release();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return shown;
}

const isSeen = (name: string): boolean =>
  world.bank.quarantine.list().some(({ path }) => path === join(world.folder, 't', name));

describe.each(Object.keys(STATES))('of which there is %s', (state) => {
  it.each(Object.keys(FORMATS))('%s is not shown, and is once it is whole', async (name) => {
    const whole = await FORMATS[name]!();
    const file = join(world.folder, 't', name);
    const { media } = await world.session();
    await labels(media, 2);
    writeFileSync(file, STATES[state]!(whole));
    const shown: string[] = [];
    while (!isSeen(name) && !shown.includes(name)) shown.push(...(await labels(media, 1)));
    shown.push(...(await labels(media, 4)));
    expect(new Set(shown)).toEqual(new Set(['x.png', 'y.png']));
    writeFileSync(file, whole);
    while (!(await labels(media, 1)).includes(name));
    expect(world.bank.quarantine.list()).toEqual([]);
    expect(world.errors.list()).toEqual([]);
  });
});

it.each(['a.gif', 'a.png', 'a.jpg'])('%s that lacks its end is shown as it is once it stays so', async (name) => {
  const whole = await FORMATS[name]!();
  const { media } = await world.session();
  writeFileSync(join(world.folder, 't', name), whole.subarray(0, name === 'a.jpg' ? -2 : -1));
  while (!isSeen(name)) await labels(media, 1);
  nowMs += SETTLE_MS;
  while (!(await labels(media, 1)).includes(name));
  expect(world.bank.quarantine.list()).toEqual([]);
});
