/** Clips that give no frame, or not in time, hold nobody up: the next item comes meanwhile. Clips of next to nothing do not spin. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClipReel, clipUsable, type ClipScene } from '../../../plugins/video/reel';
import { PlayOrder } from '../../../runtime/library/play-order';
import type { StageItem } from '../../../runtime/stage/media';
import { until } from '../../support/until';
import { lossless, made, openWorld, PANEL, steps, takeFrames, type World } from './fixture';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const signal = new AbortController().signal;
const good = (): string => made('good.mp4', ...steps(10, 25), ...lossless, '-movflags', '+faststart');

/** A copy of the good clip that the script knows by its name. */
function copied(name: string): string {
  const path = join(world!.folder, name);
  copyFileSync(good(), path);
  return path;
}

/** A reel of these files, in their order. */
function reelOf(files: readonly string[], change: Partial<ClipScene> = {}): ClipReel {
  const { bank, folder } = world!;
  const doubtful = { waitedFor: 0 };
  const claim = new PlayOrder(1).claim('s', 'videos');
  claim.fill('t', { files, horizon: 0, usable: clipUsable({ bank, doubtful }) });
  const themes = [{ name: 't', weight: 1 }];
  const planner = claim.planner({ scene: 's', themes, order: 'sequence', kinds: ['videos'] });
  const scene: ClipScene = { name: 's', fit: 'contain', playsOut: true, hasPictures: false, ...change };
  return new ClipReel(scene, planner, { bank, panel: PANEL, session: 's', folder, doubtful, lose: () => {} });
}

async function next(reel: ClipReel): Promise<StageItem | undefined> {
  const item = await reel.next(signal);
  item?.release();
  return item;
}

/** Draws until something holds. A busy machine may be late with the first looks at a file. */
async function drawnUntil(holds: () => boolean, reel: ClipReel): Promise<(string | undefined)[]> {
  const names: (string | undefined)[] = [];
  do names.push(nameOf(await next(reel)));
  while (!holds() && names.length < 200);
  return names;
}

const nameOf = (item: StageItem | undefined): string | undefined => item?.label.split('/').at(-1);

describe.each([true, false])('a clip without a frame, shown to its end: %s', (playsOut) => {
  it.each([
    ['a copy that has only begun', (path: string) => truncateSync(path, mediaData(path) + 20)],
    ['one whose data are noise', (path: string) => garble(path)],
    ['one of zeros behind its header', (path: string) => garble(path, 0)],
  ])('%s is passed over', async (_, spoil) => {
    world = openWorld();
    const bad = copied('bad.mp4');
    spoil(bad);
    const reel = reelOf([bad, good()], { playsOut });
    const names = await drawnUntil(() => world!.bank.quarantine.size > 0, reel);
    expect(new Set(names)).toEqual(new Set(['good.mp4']));
    expect(world.bank.quarantine.list()).toMatchObject([{ path: bad, reason: expect.stringMatching(/./) }]);
  });
});

/** Where its media data begin. */
const mediaData = (path: string): number => readFileSync(path).indexOf('mdat') + 4;

/** Of its media data every byte is noise, or another. */
function garble(path: string, byte?: number): void {
  const bytes = readFileSync(path);
  for (let at = mediaData(path); at < bytes.length; at += 1) bytes[at] = byte ?? (at * 2_654_435_761) % 251;
  writeFileSync(path, bytes);
}

describe('a clip whose decoder gives nothing', () => {
  it.each([
    ['is stopped before its first frame', 'kill -STOP $$'],
    ['cannot be ended, as on a disk that hangs', 'sleep 6 & sleep 6; exit 1'],
  ])('%s: the next one comes meanwhile', async (_, stuck) => {
    world = openWorld({ script: `[[ "$*" == *stuck* ]] && { ${stuck}; }; exec "$FFMPEG" "$@"` });
    const reel = reelOf([copied('stuck.mp4'), good()]);
    expect(nameOf(await next(reel))).toBe('good.mp4');
    // It was passed over; that it gives nothing is found out beside the show.
    expect(world.bank.quarantine.list()).toEqual([]);
    expect(nameOf(await next(reel))).toBe('good.mp4');
  });

  it('is set aside with the reason that was found beside the show', async () => {
    world = openWorld({
      script:
        '[[ "$*" == *-progress* ]] && { echo "no such luck" >&2; exit 1; }; [[ "$*" == *stuck* ]] && sleep 20; exec "$FFMPEG" "$@"',
    });
    const reel = reelOf([copied('stuck.mp4'), good()]);
    const names = await drawnUntil(() => world!.bank.quarantine.size > 0, reel);
    expect(new Set(names)).toEqual(new Set(['good.mp4']));
    expect(world.bank.quarantine.list()).toMatchObject([{ reason: 'no such luck' }]);
  });

  it('leaves the place to the pictures of its scene', async () => {
    world = openWorld({ script: '[[ "$*" == *stuck* ]] && sleep 20; exec "$FFMPEG" "$@"' });
    expect(await next(reelOf([copied('stuck.mp4')], { hasPictures: true }))).toBeUndefined();
  });
});

it('waits for a clip that is only slow, once it is known to be', async () => {
  world = openWorld({ script: '[[ "$*" == *slow* ]] && sleep 1.5; exec "$FFMPEG" "$@"' });
  const slow = copied('slow.mp4');
  const reel = reelOf([slow, good()]);
  expect(nameOf(await next(reel))).toBe('good.mp4');
  await until(() => !world!.bank.blocks(slow));
  expect(world.bank.quarantine.list()).toEqual([]);
  let drawn: string | undefined;
  for (let draws = 0; draws < 20 && drawn !== 'slow.mp4'; draws += 1) drawn = nameOf(await next(reel));
  expect(drawn).toBe('slow.mp4');
});

it('waits for a slow clip where there is no other', async () => {
  world = openWorld({ script: 'sleep 1.5; exec "$FFMPEG" "$@"' });
  expect(nameOf(await next(reelOf([good()])))).toBe('good.mp4');
});

describe.each([true, false])('clips of next to nothing, shown to their end: %s', (playsOut) => {
  const red = ['-f', 'lavfi', '-i', 'color=red:s=64x36:r=25:d=1', '-frames:v'];

  it.each([
    ['one.mp4', [...red, '1', ...lossless]],
    ['one.mkv', [...red, '1', ...lossless]],
    ['still.gif', [...red, '1']],
    ['still.apng', [...red, '1', '-f', 'apng']],
  ])('%s is a picture: it has no end of its own', async (name, make) => {
    world = openWorld();
    const item = await reelOf([made(name, ...make)], { playsOut }).next(signal);
    expect(item).toMatchObject({ picture: expect.anything() });
    expect([item!.lengthMs, item!.ends]).toEqual([undefined, undefined]);
    item!.release();
  });

  it.each(['mp4', 'gif', 'mkv'])('a tenth of a second of %s loops, and is decoded once', async (container) => {
    world = openWorld();
    const path = made(`tenth.${container}`, ...red, '3', ...(container === 'gif' ? [] : lossless));
    const item = await reelOf([path], { playsOut }).next(signal);
    expect(item!.lengthMs).toBeUndefined();
    await until(() => world!.table.written((item!.picture as { clip: number }).clip) > 1000);
    item!.release();
  });
});

it('leaves out what nobody sees of a thousand frames a second', async () => {
  world = openWorld();
  const path = made('fast.mp4', ...steps(200, 1000), ...lossless);
  const decoder = world.bank.start(await world.order(path))!;
  const { timesMs } = await takeFrames(world, decoder.ring);
  expect(timesMs.length).toBeGreaterThan(18);
  expect(timesMs.length).toBeLessThan(30);
  timesMs.slice(1).forEach((timeMs, at) => expect(timeMs - timesMs[at]!).toBeGreaterThan(7.9));
});
