/** The whole program under sway: on the screen from its first frame to its last, whatever the compositor does to the screen meanwhile. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { endPlayers, play, type Player } from '../../bench/player';
import { writeShowFile, makeSmallShow, type SmallShow } from '../../support/small-show';
import { startSway, swayVersion, type Sway } from '../../support/sway';
import { vitrine } from '../run/program';
import { noise } from '../../support/images';

const [WIDTH, HEIGHT] = [640, 360];

// A limit against hanging: each look starts programs, which takes seconds where the machine is busy, and ends with what was seen.
jest.setTimeout(300_000);

let show: SmallShow;
let sway: Sway;
let player: Player;

/** A still picture in which every pixel counts. */
beforeEach(async () => {
  show = await makeSmallShow();
  for (const name of ['0.png', '1.png', '2.png']) rmSync(join(show.pictures, name));
  const { data } = noise(WIDTH, HEIGHT, 5);
  await sharp(Buffer.from(data), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).toFile(
    join(show.pictures, 'noise.png'),
  );
  writeShowFile(show.file, '{themes: [all], every: 1h}');
  sway = await startSway(WIDTH, HEIGHT);
  player = play(show.folder, ['--show', show.file, '--display', 'wayland', '--renderer', 'cpu'], sway.env);
  player.ended.catch(() => {});
  await player.playing();
});
afterEach(async () => {
  endPlayers();
  await sway.close();
  rmSync(show.folder, { recursive: true, force: true });
});

/** What the program says it shows. */
async function shown(): Promise<Awaited<ReturnType<Sway['screen']>>> {
  const file = join(show.folder, 'shown.png');
  expect((await vitrine(['screenshot', file, '--control-socket', player.socket])).code).toBe(0);
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, widthPx: info.width, heightPx: info.height };
}

/** Waits until the screen, of that size, shows the picture over all of it, pixel by pixel as the program composed it. */
async function covers(widthPx: number, heightPx: number): Promise<void> {
  let [own, seen] = [await shown(), await sway.screen()];
  const isRight = (): boolean =>
    own.widthPx === widthPx && own.heightPx === heightPx && own.rgb.equals(seen.rgb) && !isBlack(seen.rgb);
  for (let tries = 100; tries > 0 && !isRight(); tries -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    [own, seen] = [await shown(), await sway.screen()];
  }
  const sizeOf = (picture: typeof own): string => `${picture.widthPx}x${picture.heightPx}`;
  expect({ composed: sizeOf(own), seen: sizeOf(seen), isRight: isRight(), log: player.log() }).toMatchObject({
    composed: `${widthPx}x${heightPx}`,
    seen: `${widthPx}x${heightPx}`,
    isRight: true,
  });
}

/** Noise has no row and no column without light. */
const isBlack = (rgb: Buffer): boolean => rgb.every((value) => value < 16);

it('stays on the screen, with every pixel of it', async () => {
  await covers(WIDTH, HEIGHT);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await covers(WIDTH, HEIGHT);
  const report = await player.end();
  expect(player.log()).not.toMatch('VITRINE_E_OUTPUT_LOST');
  expect(report.frames.black).toBe(0);
});

it.each([
  ['another mode', ['mode 800x450@60Hz'], [800, 450]],
  ['a scale of 2', ['scale 2'], [WIDTH, HEIGHT]],
  ['a turn to the right', ['transform 90'], [HEIGHT, WIDTH]],
  ['a turn to the left', ['transform 270'], [HEIGHT, WIDTH]],
  ['a turn upside down', ['transform 180'], [WIDTH, HEIGHT]],
  ['a turn at a scale of 2', ['scale 2', 'transform 90'], [HEIGHT, WIDTH]],
  ['another mode at a scale of 2', ['scale 2', 'mode 800x450@60Hz'], [800, 450]],
  ['a scale of 2 that goes again', ['scale 2', 'scale 1'], [WIDTH, HEIGHT]],
] as const)('lives through %s', async (_what, commands, [widthPx, heightPx]) => {
  await covers(WIDTH, HEIGHT);
  for (const words of commands) {
    await sway.command(`output HEADLESS-1 ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  await covers(widthPx, heightPx);
  expect(player.log()).not.toMatch('VITRINE_E_OUTPUT_LOST');
  await player.end();
});

it('has the size of its screen after each of many changes, however quickly they follow', async () => {
  await covers(WIDTH, HEIGHT);
  await sway.command('output HEADLESS-1 scale 2');
  const modes = [
    [800, 450],
    [700, 500],
    [WIDTH, HEIGHT],
  ] as const;
  for (let round = 0; round < 12; round += 1) {
    const [widthPx, heightPx] = modes[round % modes.length]!;
    await sway.command(`output HEADLESS-1 mode ${widthPx}x${heightPx}@60Hz`);
    await new Promise((resolve) => setTimeout(resolve, (round % 4) * 100));
    await covers(widthPx, heightPx);
  }
  await player.end();
});

it.each([
  ['beside it', '640 0', '0 0'],
  ['before it', '0 0', '800 0'],
])('opens again on one screen where another of another size is %s', async (_where, other, own) => {
  await covers(WIDTH, HEIGHT);
  await player.end();
  await sway.command('create_output');
  await sway.command(`output HEADLESS-2 mode 800x450@60Hz pos ${other}`);
  await sway.command(`output HEADLESS-1 pos ${own}`);
  player = play(show.folder, ['--show', show.file, '--display', 'wayland', '--renderer', 'cpu'], sway.env);
  await player.playing();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { widthPx, heightPx } = await shown();
  expect(['640x360', '800x450']).toContain(`${widthPx}x${heightPx}`);
  expect(player.log()).not.toMatch('VITRINE_E_OUTPUT_LOST');
  // Opened once, and not again and again.
  expect(player.log().split('output-opened').length - 1).toBeLessThanOrEqual(1);
  await player.end();
});

const [major = 0, minor = 0] = swayVersion();
const canUnplug = major > 1 || minor >= 8;
(canUnplug ? it : it.skip)('is back after its only screen went away and another one came', async () => {
  await covers(WIDTH, HEIGHT);
  await sway.command('output HEADLESS-1 unplug');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await sway.command('create_output');
  await sway.command('output HEADLESS-2 mode 800x450@60Hz');
  await covers(800, 450);
  await player.end();
});

it('has a name of its own, for the rules of compositors', async () => {
  await covers(WIDTH, HEIGHT);
  // A rule that makes it a small window again would be seen.
  await sway.command('[app_id="vitrine"] fullscreen disable');
  await player.end();
});
