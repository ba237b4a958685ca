/**
 * `npm run bench:hours [-- MINUTES [SEED]]`: plays a mixed show as people play it (long beds, clips with sound, skips, seeks, reloads, pauses)
 * and judges it from outside: a reader of the X server's memory counts frames, a sound card that is a file listens. Exits with 3 where a
 * second was silent, a frame was lost at a seam or the screen was black.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRandom } from '../../../runtime/show/random';
import { startXServer } from '../../support/x-server';
import { endPlayers, play, PROGRAM, sleep } from '../player';
import { watchSteal } from '../steal';
import { observe } from '../video/observer';
import { treeCost } from '../video/process-tree';
import type { Heard } from './card';
import { Diary } from './diary';
import { judgePictures } from './judge-picture';
import { judgeSound } from './judge-sound';
import { HEIGHT_PX, makeMedia, WIDTH_PX } from './media';
import { drawOrders } from './orders';
import { writeShow } from './show';
import { watchCues } from './watch-cues';

const [MINUTES = 60, SEED = 1] = process.argv.slice(2).map(Number);
/** Between two orders. */
const CALM_MS = { least: 4000, most: 22_000 };
const PAUSE_MS = 4000;
const MEMORY_MS = 10_000;
const MIB = 2 ** 20;

async function main(): Promise<number> {
  const mediaFolder = join(tmpdir(), 'vitrine-hours');
  mkdirSync(mediaFolder, { recursive: true });
  const media = makeMedia(mediaFolder);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-hours-run-'));
  const tonesHz = [...Object.values(media.beds), ...media.clips].flatMap(({ toneHz }) => toneHz ?? []);
  const { file, tones } = writeShow(mediaFolder, media, 0);
  const notes = join(folder, 'heard.txt');
  const config = join(folder, 'asound.conf');
  const card = [process.execPath, join(__dirname, 'card.js'), notes, ...tonesHz.map(String)].join(' ');
  writeFileSync(
    config,
    `<confdir:alsa.conf>\npcm.!default { type file slave.pcm { type null } file "| ${card}" format "raw" }\n`,
  );
  const server = await startXServer({ widthPx: WIDTH_PX, heightPx: HEIGHT_PX });
  const observer = observe(server.framebuffer);
  const stolen = watchSteal();
  const env = { DISPLAY: server.display, ALSA_CONFIG_PATH: config, XDG_RUNTIME_DIR: folder, XDG_STATE_HOME: folder };
  const player = play(folder, ['--show', file, '--display', 'x11', '--seed', String(SEED)], env);
  const diary = new Diary();
  let soundMs: number | undefined;
  const unwatch = await watchCues(player.socket, {
    cue: (cue) => diary.note('cue', cue),
    sound: () => (soundMs ??= performance.timeOrigin + performance.now()),
  });
  await player.playing();
  diary.note('cue', 'pictures');
  const memory: number[] = [];
  const sampling = setInterval(() => memory.push(treeCost(player.child.pid!).residentBytes), MEMORY_MS);
  const refused = await disturb(player.socket, diary, (edition) => writeShow(mediaFolder, media, edition));
  clearInterval(sampling);
  unwatch();
  const endMs = performance.timeOrigin + performance.now();
  const observed = await observer.end();
  const report = await player.end();
  await server.kill();
  const heard = readFileSync(notes, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Heard);
  const cues = diary.cues(endMs);
  const pictures = judgePictures(observed.sightings, media, diary, cues);
  const sound = judgeSound(
    // The sounds of the first cue are made ready while its picture is there already.
    heard.filter(({ atMs }) => atMs >= (soundMs ?? 0) && atMs < endMs),
    diary.pauses(),
    cues,
    (cue) => (tones[cue] ?? []).map((toneHz) => tonesHz.indexOf(toneHz)),
    (atMs) => diary.lastBefore(atMs),
  );
  const memoryMib = [1, memory.length >> 1, memory.length - 1].map((at) => Math.round((memory[at] ?? NaN) / MIB));
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(
    `${JSON.stringify({ minutes: MINUTES, seed: SEED, orders: diary.entries.length, refused, stolen: stolen(), pictures, sound, memoryMib, report }, undefined, 1)}\n`,
  );
  const faults = sound.silentSeconds + sound.over + pictures.missingAtSeams + pictures.black;
  return faults === 0 ? 0 : 3;
}

/** Gives orders at odd moments until the time is over. Returns those that were refused, with the answers. */
async function disturb(socket: string, diary: Diary, edit: (edition: number) => unknown): Promise<readonly string[]> {
  const random = createRandom(`hours ${SEED}`);
  const refused: string[] = [];
  const untilMs = performance.now() + MINUTES * 60_000;
  for (let edition = 1; performance.now() < untilMs; edition++) {
    const calmMs = CALM_MS.least + random() * (CALM_MS.most - CALM_MS.least);
    await sleep(Math.min(calmMs, Math.max(0, untilMs - performance.now())));
    for (const order of drawOrders(random)) {
      if (order.edit === true) edit(edition);
      if (order.command[0] === 'resume') await sleep(PAUSE_MS);
      diary.note('order', order.command[0]!);
      const answer = await vitrine(socket, order.command);
      if (answer !== undefined) refused.push(`${order.command.join(' ')}: ${answer}`);
      // A pause may wait for its transition; what it stops is over by now.
      diary.note('order', `${order.command[0]!} done`);
    }
  }
  return refused;
}

/** Resolves with the complaint where there is one. */
async function vitrine(socket: string, command: readonly string[]): Promise<string | undefined> {
  try {
    await promisify(execFile)(process.execPath, [PROGRAM, ...command], {
      env: { ...process.env, VITRINE_CONTROL_SOCKET: socket },
    });
    return undefined;
  } catch (cause) {
    return String((cause as { stderr?: string }).stderr).trim();
  }
}

// However it ends, its player and its X server end with it.
process.on('exit', endPlayers);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().then(
  (code) => (process.exitCode = code),
  (cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    process.exit(1);
  },
);
