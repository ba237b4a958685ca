/** Sound as figures: the switch, a main thread that hangs, the chunk cache, jumps, many cues, and what the main thread has to do for it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Desk } from '../../plugins/audio/desk/desk';
import { Engine } from '../../plugins/audio/engine';
import { LiveOutput } from '../../plugins/audio/output/output';
import { settingsOf, type Settings } from '../../plugins/audio/settings';
import { audioOptions } from '../../plugins/audio/options';
import { systemClock } from '../../runtime/core/clock';
import { createErrorLog } from '../../runtime/core/error-log';
import type { Log } from '../../runtime/core/log';
import { openScope, type Scope } from '../../runtime/core/scope';
import { findTools } from '../../runtime/media/tools';
import type { CueSound } from '../../runtime/show/types';
import { chirp, cueSound, RATE_HZ, showOf, writeWav } from '../support/sound-rig';
import { TAP_FRAMES, tapOf } from '../support/sound-tap';
import { treeMemoryAlone, type TreeMemory } from '../support/tree-memory';
import type { Figures } from './figures';
import { pictures } from './picture-sets';
import { median, play } from './player';
import { mainThreadMs } from './video/process-tree';

const MIB = 2 ** 20;
const TOGGLES = 200;
/** Two streams at a time, two chunks of each of 8 s, stereo, in both states. */
const TIER1_BYTES = 2 * 2 * 8 * RATE_HZ * 2 * 2 * 4;
const NO_NEWS = { begun: () => {}, silent: () => {}, output: () => {}, ready: () => {} };
const CUES = 600;

/** What a show has, on a clock that runs and is not heard. */
class Live {
  readonly scope: Scope = openScope('sound bench');
  readonly engine: Engine;
  readonly faults: string[] = [];

  constructor(folder: string, change: Partial<Settings> = {}) {
    const say = (): void => {};
    const log: Log = { debug: say, info: say, warn: say, error: say, child: () => log };
    const errors = createErrorLog(({ message }) => void this.faults.push(message));
    const values = Object.fromEntries(Object.entries(audioOptions).map(([name, row]) => [name, row.default]));
    const settings = {
      ...settingsOf({ ...values, tier1Bytes: TIER1_BYTES, tier2Bytes: 64 * MIB } as never),
      ...change,
    };
    const { scope } = this;
    const options = { sink: 'none', latencyHint: settings.latency, rateHz: RATE_HZ };
    const output = new LiveOutput(options, log, say, {}, scope);
    const services = { scope, log, errors, clock: systemClock };
    this.engine = new Engine(services, findTools(null, process.env), settings, output, { XDG_STATE_HOME: folder });
  }

  desk(...cues: readonly (readonly CueSound[])[]): Desk {
    const desk = new Desk(this.engine, showOf(cues), { nowMs: () => performance.now(), isTimed: true }, NO_NEWS);
    desk.expect('0', performance.now());
    return desk;
  }

  close(): Promise<unknown> {
    return this.scope.close(5000);
  }
}

export async function benchSound(folder: string, figures: Figures): Promise<void> {
  await toggles(folder, figures);
  await stalled(folder, figures);
  await linear(folder, figures);
  await manyCues(folder, figures);
  await mainThread(folder, figures);
}

const PERIOD_FRAMES = 48;

/** Frames from the first one that is unlike the period before it, in what was tapped; undefined where all are alike. */
function firstChange(samples: Float32Array, from: number): number | undefined {
  for (let at = Math.max(PERIOD_FRAMES, from); at < samples.length; at++)
    if (Math.abs(samples[at]! - samples[at - PERIOD_FRAMES]!) > 1e-4) return at;
  return undefined;
}

/** By how much a tone differs from what its last two samples foretell, at most. */
function worstStep(samples: Float32Array): number {
  const twice = 2 * Math.cos((2 * Math.PI) / PERIOD_FRAMES);
  let worst = 0;
  for (let at = 2; at < samples.length; at++)
    worst = Math.max(worst, Math.abs(samples[at]! - twice * samples[at - 1]! + samples[at - 2]!));
  return worst;
}

async function toggles(folder: string, figures: Figures): Promise<void> {
  const live = new Live(folder, { streamThresholdBytes: 1 });
  const { engine } = live;
  // Quiet, so that mastering makes it a good deal louder.
  const tone = Float32Array.from(
    { length: 60 * RATE_HZ },
    (_, i) => 0.05 * Math.sin((2 * Math.PI * i) / PERIOD_FRAMES),
  );
  const file = writeWav(join(folder, 'tone.wav'), [tone]);
  const known = await engine.probe.look(file);
  if (known.kind === 'sound') await engine.measure(file, known);
  const desk = live.desk([cueSound(file, { loop: true })]);
  desk.enter('0', performance.now() + 500);
  const tap = tapOf(engine);
  await sleep(2000);
  const delays: number[] = [];
  let step = 0;
  let gaps = 0;
  let loudest = 0;
  for (let toggle = 0; toggle < TOGGLES; toggle++) {
    const askedS = engine.mixer.context.currentTime;
    engine.master(toggle % 2 === 0);
    // Somewhere between two blocks, as a person would.
    await sleep(200 + (toggle % 7));
    const { samples, endFrame } = tap.read();
    const askedAt = TAP_FRAMES - Math.round(endFrame - askedS * RATE_HZ);
    const changed = firstChange(samples, askedAt);
    delays.push(changed === undefined ? Infinity : ((changed - askedAt) / RATE_HZ) * 1000);
    const around = samples.subarray(askedAt - 480);
    loudest = Math.max(loudest, ...around);
    step = Math.max(step, worstStep(around));
    for (let at = 0; at + PERIOD_FRAMES < around.length; at += PERIOD_FRAMES)
      if (around.subarray(at, at + PERIOD_FRAMES).every((x) => Math.abs(x) < 0.02)) gaps += 1;
  }
  delays.sort((a, b) => a - b);
  const p99 = delays[Math.floor(0.99 * delays.length)]!;
  figures.add(
    `mastering switched ${TOGGLES} times: first changed sample, p99`,
    p99,
    'ms',
    { most: 25 },
    `median ${median(delays).toFixed(1)}; 0.05 and ${loudest.toFixed(2)}`,
  );
  figures.add('  largest step', 20 * Math.log10(step), 'dBFS', { most: -60 });
  figures.add('  periods without sound', gaps, 'periods', { most: 0 });
  await live.close();
}

/** Largest difference of what was tapped and the place of the tone it fits best, in dBFS; the place is searched near `guess`. */
function differenceFrom(tone: Float32Array, samples: Float32Array, guess: number): number {
  const probe = samples.subarray(0, 64);
  let best = { at: 0, sum: Infinity };
  for (let at = Math.max(0, guess - RATE_HZ); at < Math.min(tone.length - samples.length, guess + RATE_HZ); at++) {
    let sum = 0;
    for (let i = 0; i < probe.length && sum < best.sum; i++) sum += Math.abs(probe[i]! - tone[at + i]!);
    if (sum < best.sum) best = { at, sum };
  }
  let worst = 0;
  for (let i = 0; i < samples.length; i++) worst = Math.max(worst, Math.abs(samples[i]! - tone[best.at + i]!));
  return 20 * Math.log10(Math.max(worst, 1e-12));
}

async function stalled(folder: string, figures: Figures): Promise<void> {
  const live = new Live(folder, { streamThresholdBytes: 1 });
  const tone = chirp(30 * RATE_HZ, RATE_HZ, 100, 4000);
  const silence = new Float32Array(30 * RATE_HZ);
  const files = [writeWav(join(folder, 'long.wav'), [tone]), writeWav(join(folder, 'other.wav'), [silence])];
  const desk = live.desk(files.map((file, at) => cueSound(file, { role: at === 0 ? 'voice' : 'effect' })));
  const startMs = performance.now() + 500;
  desk.enter('0', startMs);
  const tap = tapOf(live.engine);
  await sleep(2500);
  let worst = -Infinity;
  for (let round = 0; round < 20; round++) {
    const untilMs = performance.now() + 500;
    while (performance.now() < untilMs);
    const { samples } = tap.read();
    const guess = ((performance.now() - startMs) / 1000) * RATE_HZ - TAP_FRAMES;
    worst = Math.max(worst, differenceFrom(tone, samples, Math.round(guess)));
    await sleep(500);
  }
  const { underruns } = live.engine.report();
  figures.add('main thread blocked 500 ms, 20 times, two streams: underruns', underruns as number, 'times', {
    most: 0,
  });
  figures.add('  worst difference of what was heard', worst, 'dBFS', { most: -90 });
  await live.close();
}

async function linear(folder: string, figures: Figures): Promise<void> {
  const live = new Live(folder, { streamThresholdBytes: 1 });
  const { engine } = live;
  const tone = chirp(40 * RATE_HZ, RATE_HZ, 100, 4000);
  const files = [0, 1].map((at) => writeWav(join(folder, `linear-${at}.wav`), [tone, tone]));
  const desk = live.desk(
    // Round and round: on a slow machine all this takes longer than they do.
    files.map((file, at) => cueSound(file, { role: at === 0 ? 'voice' : 'effect', loop: true })),
    [],
  );
  desk.enter('0', performance.now() + 500);
  // The start finds nothing: it is not counted.
  await sleep(3000);
  const { tier1: before } = engine.cache.report();
  let [tier1Bytes, bytes, over] = [0, 0, 0];
  const budget = 64 * MIB + TIER1_BYTES;
  for (let look = 0; look < 150; look++) {
    await sleep(200);
    const { tier1, tier2 } = engine.cache.report();
    tier1Bytes = Math.max(tier1Bytes, tier1.bytes);
    bytes = Math.max(bytes, tier1.bytes + tier2.bytes);
    over += tier1.bytes + tier2.bytes > budget ? 1 : 0;
  }
  const { tier1 } = engine.cache.report();
  const [hits, misses] = [tier1.hits - before.hits, tier1.misses - before.misses];
  const rate = (100 * hits) / (hits + misses);
  figures.add('two streams for 30 s: tier 1, hit rate', rate, '%', { least: 95 }, `${hits} of ${hits + misses}`);
  figures.add('  tier 1, at most', tier1Bytes / 1e6, 'MB', { most: TIER1_BYTES / 1e6 });
  figures.add('  both tiers, at most', bytes / MIB, 'MiB', { most: budget / MIB }, `${over} looks over the budget`);
  // A pause and what follows is a jump to where the sound was: the voices begin anew in a track that is there.
  const tap = tapOf(engine);
  const delays: number[] = [];
  for (let jump = 0; jump < 20; jump++) {
    desk.pause();
    await sleep(150);
    const askedS = engine.mixer.context.currentTime;
    desk.resume();
    await sleep(150);
    const { samples, endFrame } = tap.read();
    const askedAt = TAP_FRAMES - Math.round(endFrame - askedS * RATE_HZ);
    const first = samples.findIndex((x, at) => at >= askedAt && Math.abs(x) > 1e-5);
    delays.push(first < 0 ? Infinity : ((first - askedAt) / RATE_HZ) * 1000);
  }
  delays.sort((a, b) => a - b);
  figures.add(
    'jump in a warm track: first sample, worst of 20',
    delays.at(-1)!,
    'ms',
    { most: 25 },
    `median ${median(delays).toFixed(1)}`,
  );
  await live.close();
}

/** The whole program, from one cue to the next every 300 ms: what its memory settles at, and whether it stays there. */
async function manyCues(folder: string, figures: Figures): Promise<void> {
  const fades = 'fadeIn: 50ms, fadeOut: 50ms';
  const cues = [0, 1].map((at) => {
    const short = writeWav(join(folder, `short-${at}.wav`), [chirp(2 * RATE_HZ)]);
    const long = writeWav(join(folder, `bed-${at}.wav`), [chirp(20 * RATE_HZ), chirp(20 * RATE_HZ)]);
    const sounds = `{file: ${short}, role: voice, ${fades}}, {file: ${long}, role: background, loop: true, ${fades}}`;
    return `{name: cue ${at}, duration: 1h, audio: [${sounds}]}`;
  });
  const show = join(folder, 'cues.yaml');
  writeFileSync(show, `version: 1\nname: cues\ncuelist: {loop: forever, cues: [${cues.join(', ')}]}\n`);
  const player = play(folder, [
    '--show',
    show,
    '--display',
    'offscreen',
    '--size',
    '320x180',
    '--set',
    'audio.sink=none',
  ]);
  await player.playing();
  const looks: TreeMemory[] = [];
  for (let change = 0; change < CUES; change++) {
    await player.call('next');
    await sleep(300);
    if (change % 10 === 9) looks.push(treeMemoryAlone(player.child.pid!));
  }
  const { memory } = await player.end();
  const fifth = looks.length / 5;
  // The first fifth fills the caches.
  const [early, late] = [looks.slice(fifth, 2 * fifth), looks.slice(-fifth)] as const;
  const mib = (of: readonly TreeMemory[], bytes: (look: TreeMemory) => number): number => median(of.map(bytes)) / MIB;
  const whole = ({ bytes }: TreeMemory): number => bytes;
  const own = ({ ownBytes }: TreeMemory): number => ownBytes[0]!;
  figures.add(
    `${CUES} cue changes: memory, last fifth against second`,
    mib(late, whole) / mib(early, whole),
    'ratio',
    { most: 1.03 },
    `${mib(early, whole).toFixed(0)} and ${mib(late, whole).toFixed(0)} MiB with all decoders; without ${mib(early, own).toFixed(0)} and ${mib(late, own).toFixed(0)}`,
  );
  const peak = Math.max(...looks.map(whole));
  const planned = memory.plannedBytes;
  figures.add(
    '  most of it, of the plan',
    peak / planned,
    'ratio',
    { most: 1 },
    `of ${(planned / MIB).toFixed(0)} MiB`,
  );
}

/** What the main thread does for two streams: the whole program with them, and without. */
async function mainThread(folder: string, figures: Figures): Promise<void> {
  const tone = chirp(60 * RATE_HZ);
  const files = [0, 1].map((at) => writeWav(join(folder, `main-${at}.wav`), [tone, tone]));
  const images = await pictures(folder, 'pair');
  const busy = async (audio: string): Promise<number> => {
    const show = join(folder, 'main.yaml');
    writeFileSync(
      show,
      `version: 1
name: main
themes: {all: {images: [${images}]}}
scenes: {only: {themes: [all], every: 1h}}
cuelist: {cues: [{name: one, duration: 24h, scenes: [{scene: only}]${audio}}]}
`,
    );
    const player = play(folder, ['--show', show, '--display', 'offscreen']);
    await player.playing();
    await sleep(10_000);
    const pid = player.child.pid!;
    const [beforeMs, sinceMs] = [mainThreadMs(pid), performance.now()];
    await sleep(30_000);
    const share = (mainThreadMs(pid) - beforeMs) / (performance.now() - sinceMs);
    await player.end();
    return 100 * share;
  };
  const streams = `, audio: [{file: ${files[0]}, role: voice, loop: true}, {file: ${files[1]}, role: background}]`;
  const [silent, heard] = [await busy(''), await busy(streams)];
  figures.add('main thread, two streams: of a core', heard, '%', { most: 2 }, `${silent.toFixed(2)} without sound`);
}
