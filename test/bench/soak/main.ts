/**
 * `npm run bench:soak [-- MINUTES [SEED]]`: six hours of a show at twenty times the usual pace, with reloads, orders, and media that come, go and
 * break under names that were never there before. Measures from outside what a machine that runs for months must not lose: memory (PSS), threads,
 * descriptors, children, timers, arena. Exits with 3 where one of them grows for certain, the screen was black or stood, or the sound stopped.
 * SIGINT ends it early, with its figures.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../../runtime/show/random';
import { startXServer } from '../../support/x-server';
import { drawOrders, type Order } from '../hours/orders';
import type { Span } from '../hours/diary';
import { endPlayers, play, sleep, type Player } from '../player';
import { longestSilences } from './listen';
import { HEIGHT_PX, makePool, WIDTH_PX } from './media';
import { readNotes } from './notes';
import { sample, type Sample } from './sample';
import { ScreenWatch, type Stand } from './screen-watch';
import { writeShow } from './show';
import { trend, type Point, type Trend } from './slope';
import { Turnover } from './turnover';

const [MINUTES = 360, SEED = 1] = process.argv.slice(2).map(Number);
const SAMPLE_MS = 10_000;
const CHANGE_MS = 1500;
const ORDER_MS = { least: 500, most: 4000 };
const PAUSE_MS = 1000;
/** A player that fails ends within this time. */
const END_MS = 20_000;
const SCREENSHOT_EVERY = 20;
const PROGRESS_MS = 600_000;
const BLACK_LOOK_MS = 1000;
/** Of the orders before a black frame. */
const ORDERS_TOLD = 4;
/** Clips of up to two seconds lie behind one that is broken; a pause has its own account. */
const LONG_STAND_MS = 3000;
/** A cue lasts six seconds at most. */
const LONG_SILENCE_MS = 2000;
const MIB = 2 ** 20;

/** Growth that is tolerated over the time measured: what lies below cannot be told from a saw-tooth of caches. */
const TOLERATED = { memory: 0.03, counts: 0.03, heap: 0.1 } as const;

let isOver = false;
const untilMs = performance.now() + MINUTES * 60_000;
const goesOn = (): boolean => !isOver && performance.now() < untilMs;

interface Orders {
  given: number;
  refused: string[];
  unanswered: number;
  last: string[];
}

interface Status {
  readonly cue: string;
  readonly scene: string;
  readonly file: string;
  readonly report: {
    readonly images: { readonly bytes: number };
    readonly frames: { readonly presented: number; readonly dropped: number; readonly black: number };
  };
}

async function main(): Promise<number> {
  const pool = await makePool(join(tmpdir(), 'vitrine-soak-pool'));
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-soak-'));
  try {
    return await soak(folder, pool);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function soak(folder: string, pool: Awaited<ReturnType<typeof makePool>>): Promise<number> {
  const show = join(folder, 'show');
  mkdirSync(show);
  const turnover = new Turnover(pool, show, createRandom(`soak media ${SEED}`));
  const file = writeShow(show, 0);
  const heard = join(folder, 'heard.txt');
  const notes = join(folder, 'threads.txt');
  writeFileSync(notes, '');
  const server = await startXServer({ widthPx: WIDTH_PX, heightPx: HEIGHT_PX });
  const player = play(folder, ['--show', file, '--display', 'x11', '--seed', String(SEED)], {
    DISPLAY: server.display,
    ALSA_CONFIG_PATH: writeCard(folder, heard),
    XDG_RUNTIME_DIR: folder,
    XDG_STATE_HOME: folder,
    NODE_OPTIONS: `--require ${join(__dirname, 'probe.js')}`,
    VITRINE_SOAK_NOTES: notes,
  });
  const ended = player.ended.catch((cause: unknown) => {
    isOver = true;
    throw cause;
  });
  ended.catch(() => {});
  await player.playing();
  const stands: Stand[] = [];
  const screen = new ScreenWatch(server.framebuffer, HEIGHT_PX, LONG_STAND_MS, (stand) => stands.push(stand));
  const pauses: Span[] = [];
  const measured: (Sample & { readonly arenaBytes: number })[] = [];
  const orders: Orders = { given: 0, refused: [], unanswered: 0, last: [] };
  // A machine that is very busy may be late with an answer, and lets go of callers that are late to read it.
  const status = (): Promise<Status | undefined> =>
    player.call<Status>('status').catch(() => {
      orders.unanswered += 1;
      return undefined;
    });
  const blacks: string[] = [];
  let blackSeen = 0;
  const startMs = epochMs();
  const playing = Promise.all([
    every(SAMPLE_MS, async () => {
      const { report } = (await status()) ?? {};
      if (report === undefined) return;
      measured.push({ ...sample(player.child.pid!), arenaBytes: report.images.bytes });
    }),
    every(BLACK_LOOK_MS, async () => {
      const { report, cue, scene, file } = (await status()) ?? {};
      if (report === undefined || report.frames.black <= blackSeen) return;
      blackSeen = report.frames.black;
      const logged = player
        .log()
        .split('\n')
        .filter((line) => line.includes('a frame is black'));
      blacks.push(
        `${clock(epochMs())}: ${cue}, ${scene}, ${file}, after ${orders.last.join(', ')}: ${logged.at(-1) ?? ''}`,
      );
    }),
    every(CHANGE_MS, () => turnover.change()),
    every(PROGRESS_MS, () => progress(startMs, measured.at(-1), screen)),
    disturb(player, show, pauses, orders),
  ]);
  await playing.catch(async (cause: unknown) => {
    const end = await Promise.race([ended.catch((reason: unknown) => String(reason)), sleep(END_MS)]);
    process.stderr.write(`${player.log()}${typeof end === 'string' ? end : 'it plays on'}\n`);
    throw cause;
  });
  const endMs = epochMs();
  screen.end();
  const report = isOver && player.child.exitCode !== null ? await ended : await player.end();
  await server.kill();
  const threads = readNotes(notes, player.child.pid!);
  const trends = {
    'tree, PSS, MiB': trend(measured.map(mib('treeBytes')), TOLERATED.memory),
    'program, PSS, MiB': trend(measured.map(mib('mainBytes')), TOLERATED.memory),
    'pictures in the arena, MiB': trend(measured.map(mib('arenaBytes')), TOLERATED.memory),
    threads: trend(measured.map(of('threads')), TOLERATED.counts),
    descriptors: trend(measured.map(of('descriptors')), TOLERATED.counts),
    children: trend(measured.map(of('children')), TOLERATED.counts),
    timers: trend(threads.timers, TOLERATED.counts),
    'other resources of event loops': trend(threads.resources, TOLERATED.counts),
    'heaps of V8, MiB': trend(scaled(threads.heapBytes), TOLERATED.heap),
    'external memory of V8, MiB': trend(scaled(threads.externalBytes), TOLERATED.heap),
  };
  const isPaused = ({ fromMs, ms }: Stand): boolean =>
    pauses.some((pause) => pause.fromMs < fromMs + ms && pause.toMs > fromMs);
  const unexplained = stands.filter((stand) => !isPaused(stand));
  const silences = longestSilences(heard, { fromMs: startMs + LONG_SILENCE_MS, toMs: endMs }, pauses, LONG_SILENCE_MS);
  const grown = Object.entries(trends).flatMap(([name, each]) => (each?.grows === true ? [name] : []));
  process.stdout.write(`${table(trends)}\n`);
  const { frames, seams, images, video, audio, reloads, errors } = report as typeof report & Record<string, unknown>;
  const summary = {
    ...{ minutes: (endMs - startMs) / 60_000, seed: SEED, media: turnover.counts, orders, grown },
    screen: {
      changes: screen.changes,
      black: screen.black,
      counted: blacks,
      stands: unexplained.map(told),
      inPauses: stands.length - unexplained.length,
    },
    silences: silences.map(told),
    report: {
      frames,
      seams,
      images: { ...images, quarantined: undefined },
      video: { ...(video as object), quarantined: undefined },
      audio,
      reloads,
      errors: (errors as unknown[]).length,
    },
  };
  process.stdout.write(`${JSON.stringify(summary, undefined, 1)}\n`);
  return grown.length + screen.black + frames.black + unexplained.length + silences.length === 0 ? 0 : 3;
}

const of =
  <K extends keyof Sample | 'arenaBytes'>(name: K) =>
  (each: Sample & { readonly arenaBytes: number }): Point => [each.atMs, each[name]];
const mib =
  (name: keyof Sample | 'arenaBytes') =>
  (each: Sample & { readonly arenaBytes: number }): Point => [each.atMs, each[name] / MIB];
const scaled = (points: readonly Point[]): Point[] => points.map(([atMs, bytes]) => [atMs, bytes / MIB]);
const epochMs = (): number => performance.timeOrigin + performance.now();
const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);
const told = ({ fromMs, ms }: Stand): string => `${clock(fromMs)}: ${Math.round(ms)} ms`;

async function every(ms: number, act: () => unknown): Promise<void> {
  while (goesOn()) {
    await sleep(Math.min(ms, Math.max(0, untilMs - performance.now())));
    if (goesOn()) await act();
  }
}

/** Gives orders at odd moments until the time is over. */
async function disturb(player: Player, show: string, pauses: Span[], orders: Orders): Promise<void> {
  const random = createRandom(`soak orders ${SEED}`);
  let pausedMs = 0;
  for (let round = 1; goesOn(); round += 1) {
    await sleep(ORDER_MS.least + random() * (ORDER_MS.most - ORDER_MS.least));
    if (round % SCREENSHOT_EVERY === 0) await player.call('screenshot');
    for (const order of drawOrders(random)) {
      if (order.edit === true) writeShow(show, round);
      if (order.command[0] === 'pause') pausedMs = epochMs();
      if (order.command[0] === 'resume') await sleep(PAUSE_MS);
      orders.given += 1;
      orders.last = [...orders.last, `${clock(epochMs())} ${order.command.join(' ')}`].slice(-ORDERS_TOLD);
      try {
        await player.call(...asCall(order));
      } catch (cause) {
        if (!goesOn()) return;
        const refusal = `${order.command.join(' ')}: ${(cause as Error).message}`;
        if (orders.refused.length < 20) orders.refused.push(refusal);
      }
      // Sound comes back with its fade.
      if (order.command[0] === 'resume') pauses.push({ fromMs: pausedMs, toMs: epochMs() + 1500 });
    }
  }
}

/** A command as a method of the control socket. */
function asCall({ command: [name = '', ...args] }: Order): [method: string, params: object] {
  if (name === 'goto') return [name, { cue: args[0] }];
  if (name === 'seek') return [name, { time: args[0] }];
  if (name === 'mastering') return [name, { state: args[0] }];
  if (name === 'volume') return [name, { role: args[0], volume: args[1] }];
  return [name, {}];
}

/** A card that takes samples at its pace and notes how loud they are. Gives the file of its configuration. */
function writeCard(folder: string, heard: string): string {
  const config = join(folder, 'asound.conf');
  const card = [process.execPath, join(__dirname, '../hours/card.js'), heard].join(' ');
  writeFileSync(
    config,
    `<confdir:alsa.conf>\npcm.!default { type file slave.pcm { type null } file "| ${card}" format "raw" }\n`,
  );
  return config;
}

function progress(startMs: number, last: Sample | undefined, screen: ScreenWatch): void {
  const minutes = ((epochMs() - startMs) / 60_000).toFixed(0);
  const tree = ((last?.treeBytes ?? 0) / MIB).toFixed(0);
  process.stderr.write(`${minutes} min: ${tree} MiB, ${screen.changes} changes, ${screen.black} black\n`);
}

function table(trends: Readonly<Record<string, Trend | undefined>>): string {
  const rows = Object.entries(trends).map(([name, each]) => {
    if (each === undefined) return `| ${name} | too few samples | | | |`;
    const { curve, greatest, perHour, errorPerHour, ratio, grows } = each;
    const short = (value: number): string => value.toFixed(value < 100 ? 1 : 0);
    const slope = `${short(perHour)} +- ${short(errorPerHour)}${grows ? ', **grows**' : ''}`;
    return `| ${name} | ${curve.map(short).join(' ')} | ${short(greatest)} | ${slope} | ${ratio.toFixed(3)} |`;
  });
  return ['| | medians of 24 windows | greatest | an hour | end/begin |', '|---|---|---|---|---|', ...rows].join('\n');
}

// However it ends, its player and its X server end with it.
process.on('exit', endPlayers);
process.once('SIGINT', () => (isOver = true));
process.once('SIGTERM', () => process.exit(143));

main().then(
  (code) => (process.exitCode = code),
  (cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    process.exit(1);
  },
);
