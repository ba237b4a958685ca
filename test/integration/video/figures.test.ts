/** Looks at clips for the account of memory: each file is asked for once, and a known one costs no program. */
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clipFigures, keptClips, Probe } from '../../../plugins/video/probe';
import type { Tools } from '../../../runtime/media/tools';
import { lossless, made, openWorld, steps, type World } from './fixture';

let world: World;
let tools: Tools;
/** A line for each file that was asked for. */
let asked: string;
beforeEach(() => {
  world = openWorld();
  asked = join(world.folder, 'asked');
  const ffprobe = join(world.folder, 'ffprobe');
  writeFileSync(ffprobe, `#!/bin/bash\necho "\${@: -1}" >> ${asked}\nexec ${world.tools.ffprobe} "$@"\n`, {
    mode: 0o755,
  });
  tools = { ...world.tools, ffprobe };
});
afterEach(() => world.close());

const askedFor = (): number => (existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n').length : 0);

/** Copies of one clip of 320x180 at 25 frames a second. */
function copies(count: number): string[] {
  const clip = made('figures.mp4', ...steps(25, 25), ...lossless);
  return Array.from({ length: count }, (_, at) => {
    const file = join(world.folder, `${at}.mp4`);
    copyFileSync(clip, file);
    return file;
  });
}

it('give size, rate, codec and bytes a second, as far as they may look', async () => {
  const files = copies(5);
  const probe = new Probe(tools);
  const some = await clipFigures(probe, files, 2);
  expect([some.known.length, some.unknown, askedFor()]).toEqual([2, 3, 2]);
  expect(some.known[0]).toMatchObject({ codec: 'h264', codedWidthPx: 320, heightPx: 180, rateHz: 25 });
  expect(some.known[0]!.bytesPerS).toBeGreaterThan(100);
  const all = await clipFigures(probe, files, 5);
  expect([all.known.length, all.unknown, askedFor()]).toEqual([5, 0, 5]);
  await clipFigures(probe, files, 5);
  expect(askedFor()).toBe(5);
});

it('ask no program for a file that an earlier start knows', async () => {
  const env = { XDG_STATE_HOME: join(world.folder, 'state') };
  const files = copies(3);
  const before = new Probe(tools, keptClips(tools, env));
  await clipFigures(before, files, 3);
  before.close();
  const after = await clipFigures(new Probe(tools, keptClips(tools, env)), files, 0);
  expect([after.known.length, after.unknown, askedFor()]).toEqual([3, 0, 3]);
});

it('count a file that is gone or cannot be played as nothing, and never again', async () => {
  const [file, gone] = copies(2) as [string, string];
  rmSync(gone);
  const broken = join(world.folder, 'broken.mp4');
  writeFileSync(broken, 'no clip');
  const probe = new Probe(tools);
  const first = await clipFigures(probe, [file, gone, broken], 3);
  expect([first.known.length, first.unknown]).toEqual([1, 0]);
  const times = askedFor();
  expect(await clipFigures(probe, [file, gone, broken], 0)).toEqual({ known: first.known, unknown: 0 });
  expect(askedFor()).toBe(times);
});

it('are not waited for longer than was asked for, and count the next time', async () => {
  const files = copies(1);
  writeFileSync(tools.ffprobe, `#!/bin/bash\nsleep 1\nexec ${world.tools.ffprobe} "$@"\n`, { mode: 0o755 });
  const probe = new Probe(tools);
  expect(await clipFigures(probe, files, 1, 50)).toEqual({ known: [], unknown: 1 });
  await probe.look(files[0]!);
  expect((await clipFigures(probe, files, 0, 50)).known).toHaveLength(1);
});

it('begin with a file that somebody looks at already', async () => {
  const files = copies(4);
  const probe = new Probe(tools);
  const look = probe.look(files[3]!);
  await clipFigures(probe, files, 1);
  await look;
  expect(askedFor()).toBe(1);
});
