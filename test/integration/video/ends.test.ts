/** Ends: a clip ends when its last frame has been shown for its own time, whatever the file states of its length. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lossless, made, openWorld, steps, takeFrames, type World } from './fixture';

let world: World;
beforeEach(() => (world = openWorld()));
afterEach(() => world.close());

const FRAMES = 10;
/** At 25 a second. */
const USUAL_MS = FRAMES * 40;
/** Its last frame stands for 6 s, as in a recording of a screen on which nothing moves any more. */
const standing = (): string =>
  made('stands.mp4', '-i', made('usual.mp4', ...steps(FRAMES, 25, '64x36'), ...lossless), ...STANDS);
const STANDS = ['-c', 'copy', '-bsf:v', `setts=duration=if(eq(N\\,${FRAMES - 1})\\,76800\\,DURATION)`];
const STOOD_MS = USUAL_MS - 40 + 6000;
const TONE = ['-f', 'lavfi', '-i', 'sine=440:d=2'];
const withTone = (name: string, ...encode: string[]): string =>
  made(name, ...TONE, ...steps(FRAMES, 25, '64x36'), ...encode);

/** A copy with other bytes in the place of some. */
function changed(path: string, from: string, to: string): string {
  const bytes = readFileSync(path);
  const copy = join(world.folder, `changed-${path.split('/').at(-1)}`);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, 'latin1');
  writeFileSync(copy, bytes);
  return copy;
}

function cutOff(path: string, share: number): string {
  const copy = join(world.folder, `cut-${path.split('/').at(-1)}`);
  const bytes = readFileSync(path);
  writeFileSync(copy, bytes);
  truncateSync(copy, Math.floor(bytes.length * share));
  return copy;
}

/** Frames of 40 ms each, as many as there are. */
const EACH = 'each';

it.each([
  ['a last frame that stands, MP4', standing, STOOD_MS],
  ['a last frame that stands, Matroska', () => made('stands.mkv', '-i', standing(), '-c', 'copy'), STOOD_MS],
  [
    'a last frame that stands, GIF',
    () => made('stands.gif', ...steps(FRAMES, 25, '64x36'), '-final_delay', '300'),
    USUAL_MS - 40 + 3000,
  ],
  ['few frames that stand', () => made('third.mp4', ...steps(3, 1 / 3, '64x36'), ...lossless), 9000],
  ['sound that is longer, MP4', () => withTone('tone.mp4', ...lossless), USUAL_MS],
  ['sound that is longer, FLV', () => withTone('tone.flv', ...lossless), USUAL_MS],
  ['sound that is longer, transport stream', () => withTone('tone.ts', ...lossless), USUAL_MS],
  [
    'sound that is longer, Matroska without tags',
    () => changed(withTone('tone.mkv', ...lossless), 'DURATION', 'DURATIOX'),
    USUAL_MS,
  ],
  [
    'tags of hours',
    () => changed(made('tags.mkv', ...steps(FRAMES, 25, '64x36'), ...lossless), '00:00:00.400', '09:00:00.400'),
    USUAL_MS,
  ],
  [
    'a header without its end, MP4',
    () => cutOff(made('fast.mp4', ...steps(FRAMES, 25, '64x36'), ...lossless, '-movflags', 'faststart'), 0.7),
    EACH,
  ],
  [
    'a header without its end, Matroska',
    () => cutOff(made('plain.mkv', ...steps(FRAMES, 25, '64x36'), ...lossless), 0.6),
    EACH,
  ],
] as const)('%s', async (_, make, wantedMs) => {
  const path = make();
  const decoder = world.bank.start(await world.order(path))!;
  const { levels } = await takeFrames(world, decoder.ring);
  const { outcome, endMs } = await decoder.over;
  expect(outcome).toBe('whole');
  expect(levels.length).toBeGreaterThan(1);
  expect(endMs).toBeCloseTo(wantedMs === EACH ? levels.length * 40 : wantedMs, 0);
  // The renderer and whoever plans the next play know the same.
  expect(world.table.endMs(decoder.ring.ref.clip)).toBe(endMs);
  expect((await world.order(path)).facts.lengthMs).toBe(endMs);
});

it.each(['ts', 'mkv', 'avi'])('knows ahead how long recordings joined in one %s are', async (end) => {
  const part = readFileSync(made(`part.${end}`, ...steps(FRAMES, 10, '64x36'), ...lossless));
  const file = join(world.folder, `joined.${end}`);
  writeFileSync(file, Buffer.concat([part, part]));
  const order = await world.order(file);
  expect(order.facts.lengthMs).toBeCloseTo(1000, -2);
  expect(await world.bank.scan(order)).toBeCloseTo(2000, -2);
  expect((await world.order(file)).facts.lengthMs).toBeCloseTo(2000, -2);
  // Once a file.
  expect(await world.bank.scan(order)).toBeUndefined();
});
