/**
 * `npm run bench:video [-- PART…]`: players of video beside each other, seen from outside. Parts: `loops`, `list`, `race` and, where it
 * is named, `long`: clips of a minute, as long as VITRINE_BENCH_SECONDS says. Prints tables; with `--write` they go to docs/benchmarks.md.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startXServer } from '../../support/x-server';
import { sleep } from '../player';
import { codedClip, type CodedClip } from './coded-clip';
import { judge, observe, type Verdict } from './observer';
import { isInstalled, PLAYERS, type PlayerSpec } from './players';
import { treeCost } from './process-tree';

const LOOP_SECONDS = Number(process.env['VITRINE_BENCH_SECONDS'] ?? 30);
const RACE_LIMIT_MS = 60_000;
/** mpv takes a server of a number above 9 for one at the other end of a wire, and sends it every frame through a socket. */
const NEAR_DISPLAY = ':9';
const PAGE = resolve(__dirname, '../../../../docs/benchmarks.md');

interface Run extends Verdict {
  readonly startMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** Plays a clip on an X server of its own: for a while, or to its last frame. */
async function run(player: PlayerSpec, clip: CodedClip, untimed: boolean): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-players-'));
  const server = await startXServer({ widthPx: 1920, heightPx: 1080, display: NEAR_DISPLAY });
  const observer = observe(server.framebuffer);
  const startedMs = performance.timeOrigin + performance.now();
  const child = spawn(player.program, player.args(clip, folder, untimed), {
    // A list of certificates is read at every start of Node: no player is to pay for what this machine has set up for others.
    env: { ...process.env, DISPLAY: server.display, WAYLAND_DISPLAY: '', NODE_EXTRA_CA_CERTS: undefined },
    stdio: 'ignore',
  });
  const over = new Promise((done) => child.once('exit', done));
  let peakBytes = 0;
  let cost = treeCost(child.pid!);
  const sample = setInterval(() => {
    cost = treeCost(child.pid!);
    peakBytes = Math.max(peakBytes, cost.residentBytes);
  }, 100);
  await Promise.race([over, sleep(untimed ? Math.min(RACE_LIMIT_MS, (clip.frames / 25) * 1000) : LOOP_SECONDS * 1000)]);
  if (child.exitCode === null) cost = treeCost(child.pid!);
  clearInterval(sample);
  // First: what the screen shows without a player is not the player's.
  const observed = await observer.end();
  child.kill('SIGKILL');
  await over;
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
  const verdict = judge(untimed ? firstPass(observed, clip) : observed, clip);
  return { ...verdict, startMs: verdict.firstAtMs - startedMs, cpuMs: cost.cpuMs, peakBytes };
}

/** Of a race, what was seen until the clip's end: a player that loops begins again. */
function firstPass(
  observed: Awaited<ReturnType<ReturnType<typeof observe>['end']>>,
  { frames }: CodedClip,
): typeof observed {
  const { sightings } = observed;
  const end = sightings.findIndex(
    ({ code }, at) => at > 0 && code >= 0 && code < frames / 2 && sightings[at - 1]!.code > frames / 2,
  );
  return end < 0 ? observed : { ...observed, sightings: sightings.slice(0, end) };
}

/** Players whose names hold one of these, between commas. */
const ONLY = (process.env['VITRINE_BENCH_PLAYERS'] ?? '').split(',');
const isWanted = (player: PlayerSpec): boolean =>
  ONLY.some((part) => player.name.includes(part)) && isInstalled(player);

const round = (value: number, digits = 0): string => (Number.isFinite(value) ? value.toFixed(digits) : 'none');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Plays in time, at 30 and 60 frames a second. */
async function timed(
  title: string,
  clipAt: (rateHz: number) => CodedClip,
  players: readonly PlayerSpec[],
): Promise<string> {
  const parts: string[] = [];
  for (const rateHz of [30, 60]) {
    const clip = clipAt(rateHz);
    const rows: string[][] = [];
    for (const player of players.filter(isWanted)) {
      const seen = await run(player, clip, false);
      rows.push([
        player.name,
        round(seen.startMs),
        ...[seen.shown, seen.missing, seen.repeated, seen.black].map(String),
        `${seen.seams}: ${seen.seamMissing}, ${seen.seamRepeated}`,
        round(seen.seamHoldMs, 1),
        round(seen.cpuMs / seen.shown, 2),
        round(seen.peakBytes / 2 ** 20),
      ]);
      process.stderr.write(`${rows.at(-1)!.join('  ')}\n`);
    }
    parts.push(
      `### ${title}, 1920x1080 at ${rateHz} frames a second, ${LOOP_SECONDS} s\n\n${table(
        [
          'player',
          'start to first frame, ms',
          'shown',
          'missing',
          'repeated',
          'black',
          'seams: missing, repeated',
          `last frame before a seam, ms (${round(1000 / rateHz, 1)} is right)`,
          'CPU a shown frame, ms',
          'peak memory, MiB',
        ],
        rows,
      )}`,
    );
  }
  return parts.join('\n\n');
}

const loops = (folder: string): Promise<string> =>
  timed(
    'A clip of 3 s in a loop',
    (rateHz) => codedClip(folder, rateHz, rateHz * 3),
    PLAYERS.filter(({ canLoop }) => canLoop),
  );

const list = (folder: string): Promise<string> =>
  timed(
    'Ten clips of 3 s after each other',
    (rateHz) => codedClip(folder, rateHz, rateHz * 3, 'fast', 10),
    PLAYERS.filter(({ canList }) => canList === true),
  );

const long = (folder: string): Promise<string> =>
  timed(
    'A clip of a minute in a loop',
    (rateHz) => codedClip(folder, rateHz, rateHz * 60, 'ultrafast'),
    PLAYERS.filter(({ canLoop }) => canLoop),
  );

/** A race is over in seconds, and the machine is not the same in all of them: each player runs so often, in turns with the others. */
const RACES = 3;

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function race(folder: string): Promise<string> {
  const clip = codedClip(folder, 60, 1200, 'ultrafast');
  const { frames } = clip;
  const players = PLAYERS.filter((one) => one.canRace && isWanted(one));
  const measured = players.map((): number[][] => []);
  for (let round = 0; round < RACES; round += 1) {
    for (const [at, player] of players.entries()) {
      const seen = await run(player, clip, true);
      const rate = ((frames - 1) / (seen.shown - 1)) * seen.rate;
      measured[at]!.push([rate, seen.cpuMs / frames, seen.startMs, seen.peakBytes / 2 ** 20]);
      process.stderr.write(
        `${player.name}  ${measured[at]!.at(-1)!
          .map((value) => value.toFixed(2))
          .join('  ')}\n`,
      );
    }
  }
  const rows = players.map(({ name }, at) => [
    name,
    ...[0, 2, 0, 0].map((digits, column) => round(middle(measured[at]!.map((row) => row[column]!)), digits)),
  ]);
  return `### As fast as it goes, 1920x1080, ${frames} frames, medians of ${RACES} runs\n\n${table(
    ['player', 'frames a second', 'CPU a frame, ms', 'start to first frame, ms', 'peak memory, MiB'],
    rows,
  )}`;
}

const PARTS: Readonly<Record<string, (folder: string) => Promise<string>>> = { loops, list, race, long };
const USUAL = ['loops', 'list', 'race'];

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const chosen = words.filter((word) => word in PARTS);
  const folder = join(tmpdir(), 'vitrine-coded-clips');
  mkdirSync(folder, { recursive: true });
  const tables: string[] = [];
  for (const part of chosen.length > 0 ? chosen : USUAL) tables.push(await PARTS[part]!(folder));
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  const versions = PLAYERS.filter(isInstalled).map(({ name, version }) => `- ${name}: ${version()}`);
  const text = `${tables.join('\n\n')}\n\nOn ${cpus().length} cores (${processor}), under Xvfb, without a GPU.\n\n${[...new Set(versions)].join('\n')}\n`;
  process.stdout.write(text);
  if (!words.includes('--write')) return;
  const page = readFileSync(PAGE, 'utf8');
  const [before] = page.split(MARK);
  writeFileSync(PAGE, `${before}${MARK}\n\n${text}`);
}

/** Below it the page is written by this program. */
const MARK = '<!-- measured -->';

main().catch((cause: unknown) => {
  process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
  process.exitCode = 1;
});
