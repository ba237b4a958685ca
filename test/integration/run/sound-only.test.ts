/** Shows that are only heard, and cues that are: the screen is black, and meant to be. */
import { rmSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { play, type Player } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { chirp, RATE_HZ, writeWav } from '../../support/sound-rig';
import { until, vitrine } from './program';

const OFFSCREEN = ['--display', 'offscreen', '--size', '320x180', '--set', 'audio.sink=none'];

let show: SmallShow;
let player: Player | undefined;

beforeEach(async () => {
  show = await makeSmallShow();
  for (const name of ['one', 'two']) writeWav(join(show.folder, `${name}.wav`), [chirp(2 * RATE_HZ)]);
});

afterEach(() => {
  player?.child.kill('SIGKILL');
  player = undefined;
  rmSync(show.folder, { recursive: true, force: true });
});

const HEARD = `cuelist:
  cues:
    - {name: one, duration: 1h, audio: [{file: one.wav, role: voice, loop: true}]}
    - {name: two, duration: 1h, audio: [{file: two.wav, role: voice, loop: true}]}
`;
const write = (text: string): void => writeFileSync(show.file, `version: 1\nname: Heard\n${text}`);

async function playing(): Promise<Player> {
  player = play(show.folder, ['--show', show.file, ...OFFSCREEN]);
  player.ended.catch(() => {});
  await player.playing();
  return player;
}

interface Status {
  readonly cue: string;
  readonly scene: string;
  readonly file?: string;
  readonly sound: { readonly sounds: readonly { readonly cue: string; readonly state: string }[] };
  readonly report: { readonly frames: { readonly black: number; readonly presented: number } };
}

/** The brightest value of any channel of what is on the screen. */
async function brightest({ socket }: Player): Promise<number> {
  const file = join(show.folder, 'shot.png');
  expect((await vitrine(['screenshot', file, '--control-socket', socket])).code).toBe(0);
  const { channels } = await sharp(readFileSync(file)).stats();
  return Math.max(...channels.slice(0, 3).map(({ max }) => max));
}

const plays = (running: Player, cue: string): Promise<Status> =>
  until(
    () => running.call<Status>('status'),
    (status) => status.cue === cue && status.sound.sounds.some((each) => each.cue === cue && each.state === 'plays'),
  );

it('plays its sounds over a black screen that is no fault, goes on and is reloaded from and to pictures', async () => {
  write(HEARD);
  const running = await playing();
  expect(await plays(running, 'one')).toMatchObject({ scene: '', report: { frames: { black: 0 } } });
  expect(await brightest(running)).toBe(0);
  await running.call('next');
  await plays(running, 'two');
  write(`themes: {all: {images: [pictures]}}
scenes: {only: {themes: [all], every: 400ms, transition: {type: cut}}}
${HEARD.replace('cues:', 'cues:\n    - {name: seen, duration: 1h, scenes: [{scene: only}]}')}`);
  expect(await running.call('reload')).toMatchObject({ swapped: true, blackFrames: 0 });
  // It goes on in the cue of the same name.
  await plays(running, 'two');
  await running.call('next');
  await until(
    () => brightest(running),
    (value) => value > 100,
  );
  await running.call('next');
  await plays(running, 'one');
  await until(
    () => brightest(running),
    (value) => value === 0,
  );
  await running.call('previous');
  await until(
    () => brightest(running),
    (value) => value > 100,
  );
  write(HEARD);
  expect(await running.call('reload')).toMatchObject({ swapped: true, blackFrames: 0 });
  await plays(running, 'one');
  expect(await brightest(running)).toBe(0);
  const { frames, errors } = (await running.end()) as unknown as {
    frames: object;
    errors: { message: string }[];
  };
  expect(frames).toMatchObject({ black: 0 });
  // A busy machine may take a second to decode what nobody expected, which is reported.
  expect(errors.filter(({ message }) => !message.includes('has no samples'))).toEqual([]);
});

it('is valid, and plays for a duration that counts from the first frame', async () => {
  write(HEARD);
  expect((await vitrine(['check', show.file])).out).toContain('Heard: 2 cues, 0 scenes\n');
  const report = join(show.folder, 'report.json');
  const args = ['run', '--show', show.file, ...OFFSCREEN, '--duration', '1s', '--report', report];
  const env = { XDG_RUNTIME_DIR: show.folder, XDG_STATE_HOME: show.folder };
  expect((await vitrine([...args, '--set', 'telemetry.http=off'], env)).code).toBe(0);
  const { durationMs, startToFirstFrameMs, frames } = JSON.parse(readFileSync(report, 'utf8')) as {
    durationMs: number;
    startToFirstFrameMs: number | null;
    frames: { black: number };
  };
  expect(durationMs).toBeGreaterThanOrEqual(1000);
  expect(startToFirstFrameMs).not.toBeNull();
  expect(frames.black).toBe(0);
});
