/** Shows of clips in which something goes wrong outside: decoders killed and stopped, files taken away, another show in the middle. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endPlayers, play, sleep, type Player, type Report } from '../../bench/player';
import { makeSmallShow, type SmallShow } from '../../support/small-show';
import { until } from '../../support/until';
import { lossless, made, steps } from '../video/fixture';

type ClipReport = Report & {
  readonly video: Record<'framesShown' | 'framesDropped' | 'restarts' | 'clips', number> & {
    readonly quarantined: readonly { file: string }[];
  };
};

const SIZE = ['--display', 'offscreen', '--size', '320x180'];

let show: SmallShow;
let clips: string;
beforeEach(async () => {
  show = await makeSmallShow();
  clips = join(show.folder, 'clips');
  mkdirSync(clips);
  for (const name of ['a.mp4', 'b.mp4'])
    copyFileSync(made('fault.mp4', ...steps(50, 25), ...lossless), join(clips, name));
  writeFileSync(show.file, showOf('clips'));
});
afterEach(() => {
  endPlayers();
  rmSync(show.folder, { recursive: true, force: true });
});

const showOf = (glob: string): string => `version: 1
name: Clips
themes: {all: {videos: [${glob}]}}
scenes: {only: {media: videos, themes: [all], order: sequence, transition: {type: cut}}}
cuelist: {loop: forever, cues: [{name: first, duration: 1h, scenes: [{scene: only}]}]}
`;

/** The decoders at work for a player, by their process numbers. */
function decoders(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ') as [string, string];
        return Number(rest.split(' ')[1]) === parent && name.endsWith('(ffmpeg') && !rest.startsWith('Z');
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function started(): Promise<Player> {
  const player = play(show.folder, ['--show', show.file, ...SIZE]);
  await player.playing();
  await until(() => decoders(player.child.pid!).length > 0);
  return player;
}

const ended = async (player: Player): Promise<ClipReport> => (await player.end()) as ClipReport;

it.each(['SIGKILL', 'SIGSTOP'] as const)('goes on where all decoders get %s', async (signal) => {
  // Too long for a ring and the socket before it: their decoders are at work as long as they are shown.
  const long = made('long.mp4', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=20', ...lossless);
  for (const name of ['a.mp4', 'b.mp4']) copyFileSync(long, join(clips, name));
  const player = await started();
  await sleep(700);
  const pid = player.child.pid!;
  const restarts = async (): Promise<number> =>
    (await player.call<{ report: ClipReport }>('status')).report.video.restarts;
  for (const decoder of decoders(pid)) process.kill(decoder, signal);
  while ((await restarts()) === 0) await sleep(100);
  await sleep(1000);
  const { video, frames } = await ended(player);
  expect(frames.black).toBe(0);
  expect(video.restarts).toBeGreaterThanOrEqual(1);
  expect(video.quarantined).toEqual([]);
  expect(decoders(pid)).toEqual([]);
});

it('leaves no decoder behind when it is killed itself', async () => {
  const player = await started();
  player.ended.catch(() => {});
  const left = decoders(player.child.pid!);
  player.child.kill('SIGKILL');
  await until(() => left.every((pid) => !isAlive(pid)));
});

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');
  } catch {
    return false;
  }
}

it('plays a clip that is taken away or replaced to its end, and then the others', async () => {
  const player = await started();
  rmSync(join(clips, 'a.mp4'));
  await sleep(300);
  writeFileSync(join(clips, 'new'), 'no clip');
  renameSync(join(clips, 'new'), join(clips, 'a.mp4'));
  copyFileSync(join(clips, 'b.mp4'), join(clips, 'c.mp4'));
  const begunClips = async (): Promise<number> =>
    (await player.call<{ report: ClipReport }>('status')).report.video.clips;
  // More than the one that was on and those which were ready by then.
  while ((await begunClips()) < 5) await sleep(100);
  expect((await ended(player)).frames.black).toBe(0);
});

it('is replaced by another show of clips without a black frame, again and again', async () => {
  const player = await started();
  const other = join(show.folder, 'other.yaml');
  writeFileSync(other, showOf('clips/b.mp4'));
  for (let round = 0; round < 6; round += 1) {
    const receipt = await player.call<{ blackFrames: number }>('reload', { show: round % 2 === 0 ? other : show.file });
    expect(receipt.blackFrames).toBe(0);
    await sleep(300);
  }
  const report = await ended(player);
  expect(report.frames.black).toBe(0);
  expect(report.reloads).toMatchObject({ done: 6, refused: 0, black: 0 });
});
