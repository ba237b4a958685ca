/** The memory account against the memory that shows take, looked at from outside. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { treeBytesAlone } from '../support/tree-memory';
import type { Figures } from './figures';
import { pictures } from './picture-sets';
import { DEMO, play, sleep } from './player';

const MIB = 2 ** 20;
const LOOK_MS = 50;
const SIZE = ['--display', 'offscreen', '--size', '1920x1080'];
const DEMO_MEDIA = join(dirname(DEMO), '../../media/demo');
const MOVING = 'media: images, every: 2s, motion: ken-burns, transition: {type: crossfade, duration: 500ms}';

interface Case {
  readonly name: string;
  /** Makes its media. */
  readonly show: (folder: string) => Promise<string> | string;
  readonly seconds: number;
  readonly board?: { readonly profile: string; readonly budgetMib: number };
  /** Of the peak, in MiB. */
  readonly goalMib?: number;
}

const SMALL = { profile: 'raspberry-pi-512m', budgetMib: 208 };
const ONE_GB = { profile: 'raspberry-pi-1g', budgetMib: 453 };

const photographs = (set: 'photographs' | 'progressive') => async (folder: string) =>
  write(folder, set, images(await pictures(folder, set)), MOVING);
const loop = (folder: string): string => write(folder, 'loop', videos([film(folder, 10, 10)]), 'media: videos');
const ten = (folder: string): string => {
  const clips = Array.from({ length: 10 }, (_, at) => film(folder, at, 5));
  return write(folder, 'ten', videos(clips), 'media: videos');
};
const both = (folder: string): string =>
  write(
    folder,
    'both',
    `${images(`${DEMO_MEDIA}/wilds`)}, ${videos([film(folder, 10, 10)])}`,
    'media: both, every: 3s, motion: ken-burns',
  );
const streams = (folder: string): string => {
  const sounds = ['background', 'voice'].map((role, at) => {
    const file = join(folder, `account-${role}.flac`);
    const tone = ['-f', 'lavfi', '-i', `sine=${200 * (at + 1)}:d=600`, '-ac', '2'];
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...tone, file]);
    return `{file: '${file}', role: ${role}}`;
  });
  return write(folder, 'streams', images(`${DEMO_MEDIA}/wilds`), MOVING, `, audio: [${sounds.join(', ')}]`);
};

const CASES: readonly Case[] = [
  { name: '20 photographs of 18 megapixels', show: photographs('photographs'), seconds: 40 },
  { name: 'the same, progressive', show: photographs('progressive'), seconds: 40 },
  { name: 'a clip in a loop', show: loop, seconds: 30, goalMib: 170 },
  { name: 'ten clips', show: ten, seconds: 40 },
  { name: 'two streamed sounds', show: streams, seconds: 60 },
  { name: 'the demo', show: () => DEMO, seconds: 120, goalMib: 260 },
  { name: 'the demo, 1 GB', show: () => DEMO, seconds: 120, board: ONE_GB, goalMib: 260 },
  { name: 'photographs, 512 MB', show: photographs('photographs'), seconds: 40, board: SMALL, goalMib: 200 },
  { name: 'a clip in a loop, 512 MB', show: loop, seconds: 30, board: SMALL, goalMib: 170 },
  { name: 'a clip beside pictures, 512 MB', show: both, seconds: 60, board: SMALL },
];

/** All cases, or those with the words of VITRINE_BENCH_ACCOUNT in their names. */
export async function benchAccount(folder: string, figures: Figures): Promise<void> {
  const words = process.env['VITRINE_BENCH_ACCOUNT'] ?? '';
  for (const each of CASES) if (each.name.includes(words)) await measure(folder, each, figures);
}

/** A show of one cue. */
function write(folder: string, name: string, theme: string, scene: string, more = ''): string {
  const file = join(folder, `account-${name}.yaml`);
  writeFileSync(
    file,
    `version: 1
name: ${name}
themes: {all: {${theme}}}
scenes: {only: {themes: [all], ${scene}}}
cuelist: {loop: forever, cues: [{name: one, duration: 1h, scenes: [{scene: only}]${more}}]}
`,
  );
  return file;
}

const images = (from: string): string => `images: ['${from}/*.jpg']`;
const videos = (files: readonly string[]): string => `videos: [${files.map((file) => `'${file}'`).join(', ')}]`;

async function measure(folder: string, { name, show, seconds, board, goalMib }: Case, figures: Figures): Promise<void> {
  const limits = board === undefined ? [] : ['--profile', board.profile, '--memory-budget', `${board.budgetMib}MiB`];
  const player = play(folder, ['--show', await show(folder), ...SIZE, ...limits, '--duration', `${seconds}s`]);
  let peakBytes = 0;
  let atS = 0;
  const startMs = performance.now();
  const timer = setInterval(() => {
    const bytes = treeBytesAlone(player.child.pid!);
    if (bytes <= peakBytes) return;
    peakBytes = bytes;
    atS = (performance.now() - startMs) / 1000;
  }, LOOK_MS);
  try {
    const { memory, frames } = await player.ended;
    const [peak, plan] = [peakBytes / MIB, memory.plannedBytes / MIB];
    const note = `${peak.toFixed(0)} at ${atS.toFixed(1)} s of ${plan.toFixed(0)} MiB; its own report ${(memory.peakPssBytes / MIB).toFixed(0)}; ${frames.black} black`;
    figures.add(`memory, ${name}: peak of the plan`, peak / plan, 'ratio', { least: 0.88, most: 1 }, note);
    if (goalMib !== undefined) figures.add(`memory, ${name}: peak`, peak, 'MiB', { most: goalMib });
  } catch (cause) {
    // Refused, with the account.
    process.stdout.write(`${name}: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  } finally {
    clearInterval(timer);
  }
  await sleep(500);
}

function film(folder: string, at: number, seconds: number): string {
  const file = join(folder, `account-${at}.mp4`);
  const input = ['-f', 'lavfi', '-i', `testsrc2=s=1920x1080:r=30:d=${seconds},hue=h=${at * 30}`];
  const encode = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...encode, file]);
  return file;
}
