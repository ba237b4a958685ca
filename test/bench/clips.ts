/** Clips as figures: a main thread that hangs, two at once, the length of a clip against memory, and a long mixed show. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from './figures';
import { pictures } from './picture-sets';
import { median, play, sleep, type Player, type Report } from './player';
import { watchSteal } from './steal';
import { mainThreadMs, treeCost } from './video/process-tree';
import { startXvfb } from './xvfb';

const MIB = 2 ** 20;
/** Of the long show. */
const MINUTES = Number(process.env['VITRINE_BENCH_MINUTES'] ?? 1);

type ClipReport = Report & {
  readonly seams: Record<'missing' | 'black' | 'count', number>;
  readonly video: Record<'framesShown' | 'framesDropped' | 'starvedMs' | 'restarts', number>;
};

/** A picture that moves everywhere, 1080p H.264; made once. */
function film(folder: string, name: string, rateHz: number, seconds: number, source: string): string {
  const file = join(folder, `${name}.mp4`);
  if (existsSync(file)) return file;
  const input = ['-f', 'lavfi', '-i', `${source}=s=1920x1080:r=${rateHz}:d=${seconds}`];
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', String(rateHz)];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...encode, file]);
  return file;
}

function clipShow(folder: string, name: string, clips: readonly string[], scene: string, images?: string): string {
  const file = join(folder, `${name}.yaml`);
  const stills = images === undefined ? '' : `images: [${images}], `;
  writeFileSync(
    file,
    `version: 1
name: ${name}
themes: {all: {${stills}videos: [${clips.join(', ')}]}}
scenes: {only: {themes: [all], order: sequence, ${scene}}}
cuelist: {loop: forever, cues: [{name: one, duration: 24h, scenes: [{scene: only}]}]}
`,
  );
  return file;
}

export async function benchClips(folder: string, figures: Figures): Promise<void> {
  const [a, b] = [film(folder, 'a', 60, 4, 'testsrc2'), film(folder, 'b', 60, 4, 'testsrc')];
  const cut = clipShow(folder, 'cut', [a, b], 'media: videos, transition: {type: cut}');
  await stalled(folder, cut, figures);
  const server = await startXvfb();
  try {
    await mainThread(folder, cut, server.display, figures);
    await crossfaded(folder, [a, b], server.display, figures);
    await mixed(folder, [a, b], server.display, figures);
  } finally {
    server.stop();
  }
  await lengths(folder, figures);
}

async function stalled(folder: string, show: string, figures: Figures): Promise<void> {
  const config = join(folder, 'blocker.yaml');
  writeFileSync(config, `plugins: {"${join(__dirname, 'blocking-plugin.js')}": optional}\n`);
  const counts: number[] = [];
  for (let round = 0; round < 3; round++) {
    const args = ['--show', show, '--display', 'offscreen', '--duration', '12s', '--config', config];
    counts.push((await play(folder, args).ended).frames.dropped);
  }
  const name = 'clips of 1080p60, main thread blocked 500 ms, five times: dropped';
  figures.add(name, median(counts), 'frames', { most: 0 }, counts.join(', '));
}

async function mainThread(folder: string, show: string, display: string, figures: Figures): Promise<void> {
  const player = play(folder, ['--show', show, '--display', 'x11'], { DISPLAY: display });
  await player.playing();
  await sleep(3000);
  const [beforeMs, startMs] = [mainThreadMs(player.child.pid!), performance.now()];
  await sleep(20_000);
  const share = (mainThreadMs(player.child.pid!) - beforeMs) / (performance.now() - startMs);
  await player.end();
  figures.add('clips of 1080p60: main thread busy', 100 * share, '%', { most: 3 });
}

async function crossfaded(folder: string, clips: readonly string[], display: string, figures: Figures): Promise<void> {
  const show = clipShow(folder, 'fade', clips, 'media: videos, transition: {type: crossfade, duration: 1500ms}');
  const counts: number[] = [];
  const stolen = watchSteal();
  for (let round = 0; round < 5; round++) {
    const report = await play(folder, ['--show', show, '--display', 'x11', '--duration', '20s'], { DISPLAY: display })
      .ended;
    counts.push(report.frames.dropped);
  }
  const about = `${counts.join(', ')}; ${stolen()}`;
  figures.add('crossfades of two clips of 1080p60: dropped', median(counts), 'frames', { most: 0 }, about);
}

async function mixed(folder: string, clips: readonly string[], display: string, figures: Figures): Promise<void> {
  await pictures(folder, 'few');
  const c = film(folder, 'c', 30, 6, 'smptehdbars');
  const scene = 'media: both, motion: ken-burns, transition: {type: crossfade, duration: 800ms}';
  const show = clipShow(folder, 'mixed', [...clips, c], scene, 'few');
  const args = ['--show', show, '--display', 'x11', '--duration', `${MINUTES}m`];
  const stolen = watchSteal();
  const player = play(folder, args, { DISPLAY: display });
  await player.playing();
  const undisturbed = watchUndisturbed(player);
  const report = (await player.ended) as ClipReport;
  const { frames, seams, video } = report;
  const about = `${stolen()}; ${frames.presented} presented, ${seams.count} seams`;
  figures.add(`pictures and clips for ${MINUTES} min: black`, frames.black + seams.black, 'frames', { most: 0 }, about);
  // What comes is drawn: a minute may be one of pictures alone, which says little.
  figures.add('  frames of clips', video.framesShown, 'frames', { least: 1 });
  const alone = undisturbed();
  figures.add('  missing at seams', seams.missing, 'frames', { most: 0 });
  figures.add('  missing at seams while nothing was stolen', alone.missing, 'frames', { most: 0 }, alone.about);
  figures.add('  dropped', frames.dropped, 'frames', {}, `${frames.repeated} repeated, ${video.starvedMs} ms starved`);
  figures.add('  dropped while nothing was stolen', alone.dropped, 'frames', {}, alone.about);
}

/** A stretch in which less than this was stolen counts as undisturbed: one tick of 100 a second is within its error. */
const UNDISTURBED_PERCENT = 0.15;
const STRETCH_MS = 10_000;

/** Sums what went wrong in those stretches in which the host left this machine alone; the result ends it. */
function watchUndisturbed(player: Player): () => { missing: number; dropped: number; about: string } {
  const sum = { missing: 0, dropped: 0, stretches: 0, of: 0 };
  let before: ClipReport | undefined;
  let stolen = watchSteal();
  const look = async (): Promise<void> => {
    const { report } = await player.call<{ report: ClipReport }>('status');
    if (before !== undefined) {
      sum.of += 1;
      if (Number.parseFloat(stolen()) < UNDISTURBED_PERCENT) {
        sum.stretches += 1;
        sum.missing += report.seams.missing - before.seams.missing;
        sum.dropped += report.frames.dropped - before.frames.dropped;
      }
    }
    before = report;
    stolen = watchSteal();
  };
  // The player may be at its end.
  const timer = setInterval(() => void look().catch(() => {}), STRETCH_MS);
  return () => {
    clearInterval(timer);
    const { missing, dropped, stretches, of } = sum;
    return { missing, dropped, about: `${stretches} of ${of} stretches of ${STRETCH_MS / 1000} s` };
  };
}

/** The same second again and again, for ten seconds and for an hour: files of one and of 3600 times the size. */
async function lengths(folder: string, figures: Figures): Promise<void> {
  const second = join(folder, 'second.mp4');
  const input = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=30:d=1', '-c:v', 'libx264', '-preset', 'veryfast'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, '-pix_fmt', 'yuv420p', second]);
  const peaks: number[] = [];
  for (const seconds of [10, 3600]) {
    const file = join(folder, `length-${seconds}.mp4`);
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-y', '-stream_loop', String(seconds - 1), '-i', second, '-c', 'copy', file],
    ]);
    const show = clipShow(folder, `length-${seconds}`, [file], 'media: videos, transition: {type: cut}');
    const player = play(folder, ['--show', show, '--display', 'offscreen', '--size', '640x360', '--untimed']);
    await player.playing();
    let peak = 0;
    for (let look = 0; look < 100; look += 1) {
      await sleep(200);
      peak = Math.max(peak, treeCost(player.child.pid!).residentBytes);
    }
    await player.end();
    peaks.push(peak);
  }
  figures.add(
    'peak memory with children, a clip of an hour against one of 10 s',
    peaks[1]! / peaks[0]!,
    'ratio',
    { most: 1.05 },
    `${(peaks[1]! / MIB).toFixed(0)} and ${(peaks[0]! / MIB).toFixed(0)} MiB after 20 s untimed`,
  );
}
