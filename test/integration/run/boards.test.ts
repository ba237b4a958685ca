/** Shows of small boards, within the memory that the boards' profiles give them. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEMO, endPlayers, play, type Report } from '../../bench/player';
import { findTools } from '../../../runtime/media/tools';
import { limitMemory } from '../../support/memory-limit';
import { treeMemoryAlone, type TreeMemory } from '../../support/tree-memory';
import { until, vitrine } from './program';
import { made } from '../video/fixture';

const MIB = 2 ** 20;
/** The processes of a tree are looked at one after the other, not in one moment. */
const LOOKS_BYTES = 3 * MIB;
const MEDIA = join(dirname(DEMO), '../../media/demo');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-test-boards-'))));
afterEach(() => {
  endPlayers();
  rmSync(folder, { recursive: true, force: true });
});

interface Played {
  readonly report: Report & { readonly video?: { readonly framesShown: number }; readonly errors: readonly unknown[] };
  readonly kills: number;
  readonly peak: TreeMemory;
}

/** Plays a show until `enough` of it was seen, in a limit of that size. */
async function playWithin(
  budgetMib: number,
  profile: string,
  show: string,
  enough: (report: Played['report']) => boolean,
): Promise<Played> {
  const limit = limitMemory(budgetMib * MIB);
  const args = ['--show', show, '--profile', profile, '--memory-budget', `${budgetMib}MiB`];
  const player = play(folder, [...args, '--display', 'offscreen', '--size', '1920x1080'], {}, limit.launcher);
  let peak: TreeMemory = { bytes: 0, ownBytes: [], fileBytes: 0 };
  const timer = setInterval(() => {
    const now = treeMemoryAlone(player.child.pid!);
    if (now.bytes > peak.bytes) peak = now;
  }, 50);
  try {
    limit.hold(player.child);
    await player.playing();
    await until(async () => (await player.call<{ report: Played['report'] }>('status')).report, enough);
    const report = (await player.end()) as Played['report'];
    return { report, kills: limit.kills(), peak };
  } finally {
    clearInterval(timer);
    endPlayers();
    await player.ended.catch(() => {});
    await limit.close();
  }
}

const shown = (least: number) => (report: Report) => report.images.shown >= least;

/** Parts of a show with one cue. */
function writeOwnShow(theme: string, scene: string): string {
  const file = join(folder, 'show.yaml');
  writeFileSync(
    file,
    `version: 1
name: Board
themes: {all: {${theme}}}
scenes: {only: {themes: [all], ${scene}}}
cuelist: {loop: forever, cues: [{name: one, duration: 1h, scenes: [{scene: only}]}]}
`,
  );
  return file;
}

/** Of 4 megapixels, all the same; gives their folder. */
function photographs(): string {
  const first = made(
    'photograph.jpg',
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=2400x1600,noise=alls=20',
    '-frames:v',
    '1',
    '-q:v',
    '3',
  );
  const many = join(folder, 'photographs');
  mkdirSync(many);
  for (let at = 0; at < 6; at++) copyFileSync(first, join(many, `${at}.jpg`));
  return many;
}

const film = (size: string): string =>
  made(
    `board-${size}.mp4`,
    ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=4`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'],
  );
const filmShow = (size: string): string => writeOwnShow(`videos: ['${film(size)}']`, 'media: videos');

describe.each([
  [
    'photographs that move, on a board with 512 MB',
    208,
    'raspberry-pi-512m',
    () =>
      writeOwnShow(
        `images: ['${MEDIA}/*/*.jpg']`,
        'media: images, every: 1s, motion: ken-burns, transition: {type: crossfade, duration: 500ms}',
      ),
    shown(10),
  ],
  [
    'a clip of 1080p again and again, on a board with 512 MB',
    208,
    'raspberry-pi-512m',
    () => filmShow('1920x1080'),
    ({ video }: Played['report']) => (video?.framesShown ?? 0) > 250,
  ],
  [
    'photographs and a clip of 1080p, on a board with 512 MB',
    208,
    'raspberry-pi-512m',
    () =>
      writeOwnShow(
        `images: ['${photographs()}/*.jpg'], videos: ['${film('1920x1080')}']`,
        'media: both, every: 1s, motion: ken-burns, transition: {type: crossfade, duration: 300ms}',
      ),
    (report: Played['report']) => shown(8)(report) && (report.video?.framesShown ?? 0) > 60,
  ],
  ['the demo, on a board with 1 GB', 453, 'raspberry-pi-1g', () => DEMO, shown(4)],
])('%s', (_name, budgetMib, profile, show, enough) => {
  it('play within their memory', async () => {
    const { report, kills, peak } = await playWithin(budgetMib, profile, show(), enough);
    expect(kills).toBe(0);
    expect(report.frames.black).toBe(0);
    expect(report.errors).toEqual([]);
    expect(report.memory.plannedBytes).toBeLessThanOrEqual(budgetMib * MIB);
    const isWithin = peak.bytes <= report.memory.plannedBytes + LOOKS_BYTES;
    // Where it is not, whose memory it was.
    expect(isWithin ? {} : { plannedBytes: report.memory.plannedBytes, ...peak }).toEqual({});
  });
});

/** The folder of tools whose ffprobe answers late, as on a machine that is very busy. */
function lateTools(): string {
  const { ffmpeg, ffprobe } = findTools(null, process.env);
  writeFileSync(join(folder, 'ffprobe'), `#!/bin/sh\nsleep 2\nexec ${ffprobe} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'ffmpeg'), `#!/bin/sh\nexec ${ffmpeg} "$@"\n`, { mode: 0o755 });
  return folder;
}

it.each(['at once', 'late'])(
  'refuses a clip of 4K on a board with 512 MB, as check does, with the number, looked at %s',
  async (when) => {
    const args = [filmShow('3840x2160'), '--profile', 'raspberry-pi-512m', '--memory-budget', '208MiB'];
    const screen = ['--display', 'offscreen', '--size', '1920x1080'];
    const tools = when === 'late' ? ['--video-ffmpeg', join(lateTools(), 'ffmpeg')] : [];
    const checked = await vitrine(['check', ...args, ...screen]);
    expect(checked.err).toMatch(/needs [\d.]+ MiB to decode, more than 52 MiB; make it smaller/);
    const run = await vitrine(['run', '--show', ...args, ...screen, ...tools, '--duration', '3s']);
    expect(run.err).toMatch(/the memory budget is short of [\d.]+ MiB even with everything shrunk/);
    expect([checked.code, run.code]).toEqual([4, 4]);
  },
);
