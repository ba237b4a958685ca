/** The end of a show, seen on an X server's screen: the last frame stays for as long as the window is open, however the show ends. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play, type Player } from '../../bench/player';
import { makeMedia } from '../../support/make-media';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { startXServer, type XServer } from '../../support/x-server';
import { until } from './program';

const [WIDTH, HEIGHT] = [160, 90];
/** At the least: everything stays open for as many. */
const LOOKS = 6;
const PLUGIN = join(__dirname, '../../fixtures/plugins/slow-to-close.js');

let server: XServer;
let show: SmallShow;
let player: Player | undefined;
/** There from when everything of the show is closed. */
let closed: string;
beforeEach(async () => {
  server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  show = await makeSmallShow();
  closed = join(show.folder, 'closed');
  makeMedia(join(show.folder, 'red.mp4'), '-f', 'lavfi', '-i', `color=red:s=${WIDTH}x${HEIGHT}:r=25:d=1`);
});
afterEach(async () => {
  player?.child.kill('SIGKILL');
  player = undefined;
  rmSync(show.folder, { recursive: true, force: true });
  await server.kill();
});

const SCENES = {
  'its first picture': '{themes: [all]}',
  'a later picture': '{themes: [all], every: 300ms, transition: {type: cut}}',
  'a crossfade': '{themes: [all], every: 400ms, transition: {type: crossfade, duration: 390ms}}',
  'a clip': '{themes: [all], media: videos, transition: {type: cut}}',
} as const;

function writeShow(scene: string, loop: 'forever' | 'once'): void {
  const duration = loop === 'once' ? '1500ms' : '1h';
  writeFileSync(
    show.file,
    `version: 1
name: Ends
themes: {all: {images: [pictures], videos: [red.mp4]}}
scenes: {only: ${scene}}
cuelist: {loop: ${loop}, cues: [{name: all, duration: ${duration}, scenes: [{scene: only}]}]}
`,
  );
}

/** Starts the show; resolves when it is on the screen, or over already. */
async function started(): Promise<Player> {
  const config = join(show.folder, 'config.yaml');
  writeFileSync(config, `plugins: {"${PLUGIN}": required}\n`);
  player = play(show.folder, ['--show', show.file, '--display', 'x11', '--config', config], {
    DISPLAY: server.display,
    SLOW_TO_CLOSE: closed,
  });
  player.ended.catch(() => {});
  await until(
    () => Promise.resolve(existsSync(closed) || !isBlack()),
    (seen) => seen,
  );
  return player;
}

async function playing(): Promise<Player> {
  const running = await started();
  await running.playing();
  return running;
}

/** Whether the middle of the screen is black. */
function isBlack(): boolean {
  const at = ((HEIGHT >> 1) * WIDTH + (WIDTH >> 1)) * 4;
  return server
    .screen()
    .subarray(at, at + 3)
    .every((byte) => byte < 8);
}

/** Looks at the screen until everything of the show is closed; the window is still open then. Returns what it saw. */
async function watched({ ended }: Player): Promise<{ readonly black: number; readonly looks: number }> {
  let [black, looks] = [0, 0];
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const seen = isBlack();
    // Looked for after the screen: the window may be gone a moment later.
    if (existsSync(closed)) break;
    looks += 1;
    if (seen) black += 1;
    if (looks === LOOKS) writeFileSync(`${closed}.looked`, '');
  }
  await ended;
  return { black, looks };
}

const ENDS: Readonly<Record<string, (running: Player) => unknown>> = {
  'a signal': ({ child }) => child.kill('SIGTERM'),
  'a command': (running) => running.call('stop'),
};
const CASES = Object.keys(ENDS).flatMap((end) => Object.entries(SCENES).map(([on, scene]) => [end, on, scene]));

it.each(CASES)('ended by %s with %s on', async (end, _on, scene) => {
  writeShow(scene, 'forever');
  const running = await playing();
  const [{ black, looks }] = await Promise.all([watched(running), ENDS[end]!(running)]);
  expect(looks).toBeGreaterThanOrEqual(LOOKS);
  expect(black).toBe(0);
});

it.each(Object.entries(SCENES))('that is over with %s on', async (_on, scene) => {
  writeShow(scene, 'once');
  const { black, looks } = await watched(await started());
  expect(looks).toBeGreaterThanOrEqual(LOOKS);
  expect(black).toBe(0);
});

it.each(['its first picture', 'a clip'] as const)(
  'also of a show that a reload has brought on, with %s on',
  async (on) => {
    writeShow(SCENES[on], 'forever');
    const running = await playing();
    writeShow(SCENES[on].replace('[all]', '[all], fit: contain'), 'forever');
    expect(await running.call('reload')).toMatchObject({ swapped: true, blackFrames: 0 });
    running.child.kill('SIGTERM');
    expect((await watched(running)).black).toBe(0);
    expect((await running.ended).frames).toMatchObject({ black: 0 });
    // The one that was replaced while it could be controlled, and then the other: not before the report and the frame are safe.
    expect(JSON.parse(readFileSync(closed, 'utf8'))).toEqual([true, false]);
  },
);
