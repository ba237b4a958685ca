/** The whole program under sway: on the screen from its first frame to its last, whatever the compositor does to the screen meanwhile. */
import { endPlayers, type Player } from '../../bench/player';
import { makeStillShow, type StillShow } from '../../support/still-show';
import { startSway, swayVersion, type Sway } from '../../support/sway';

const [WIDTH, HEIGHT] = [640, 360];

// A limit against hanging: each look starts programs, which takes seconds where the machine is busy, and ends with what was seen.
jest.setTimeout(300_000);

let show: StillShow;
let sway: Sway;
let player: Player;
const open = (): Promise<Player> => show.play(['--display', 'wayland', '--renderer', 'cpu'], sway.env);
const covers = (widthPx: number, heightPx: number): Promise<void> => show.covers(sway.screen, widthPx, heightPx);

beforeEach(async () => {
  show = await makeStillShow(WIDTH, HEIGHT);
  sway = await startSway(WIDTH, HEIGHT);
  player = await open();
});
afterEach(async () => {
  endPlayers();
  await sway.close();
  show.close();
});

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
  player = await open();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { widthPx, heightPx } = await show.shown();
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
