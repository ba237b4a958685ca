/**
 * Sound beside picture, both seen from outside: a clip that goes round shows the number of each frame and beeps in the middle of each
 * second. One observer reads the screen, a sound card notes when a beep leaves it. How much such a card holds, nobody can ask it, so that
 * much sound is later, always by the same; what is judged is how far single beeps are from the middle one.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startXServer } from '../support/x-server';
import type { Figures } from './figures';
import { median, play } from './player';
import { watchSteal } from './steal';
import { codedClip } from './video/coded-clip';
import { observe } from './video/observer';

const RATE_HZ = 30;
const CLIP_SECONDS = 3;
const SECONDS = 40;
/** The device starts, and the clock has to be known. */
const SETTLED_MS = 6000;
const CARD_BYTES_PER_S = 48_000 * 2 * 4;

export async function benchLipSync(folder: string, figures: Figures): Promise<void> {
  const [picture] = codedClip(folder, RATE_HZ, CLIP_SECONDS * RATE_HZ, 'ultrafast').files;
  const clip = join(folder, 'beeps.mkv');
  const beep = `aevalsrc='0.5*sin(2*PI*1000*t)*between(mod(t,1),0.5,0.55)':s=48000:d=${CLIP_SECONDS}`;
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', '-i', picture!, '-f', 'lavfi', '-i', beep],
    ...['-c:v', 'copy', '-c:a', 'pcm_s16le', clip],
  ]);
  const show = join(folder, 'beeps.yaml');
  writeFileSync(
    show,
    `version: 1
name: beeps
themes: {all: {videos: [${clip}]}}
scenes: {only: {themes: [all], media: videos, transition: {type: cut}}}
cuelist: {cues: [{name: one, duration: 24h, scenes: [{scene: only}], videoAudio: {enabled: true, volume: 1}}]}
`,
  );
  const notes = join(folder, 'beeps.txt');
  const config = join(folder, 'asound.conf');
  const card = `${process.execPath} ${join(__dirname, 'lip-card.js')} ${notes} ${CARD_BYTES_PER_S}`;
  writeFileSync(
    config,
    `<confdir:alsa.conf>\npcm.!default { type file slave.pcm { type null } file "| ${card}" format "raw" }\n`,
  );
  const server = await startXServer({ widthPx: 1920, heightPx: 1080 });
  const observer = observe(server.framebuffer);
  const stolen = watchSteal();
  const args = ['--show', show, '--display', 'x11', '--duration', `${SECONDS}s`];
  await play(folder, args, { DISPLAY: server.display, ALSA_CONFIG_PATH: config, XDG_RUNTIME_DIR: folder }).ended;
  const { sightings } = await observer.end();
  await server.kill();
  const beepsMs = readFileSync(notes, 'utf8').trim().split('\n').map(Number);
  const fromMs = sightings[0]!.atMs + SETTLED_MS;
  const apartMs = sightings
    .filter(({ code, atMs }) => code >= 0 && code % RATE_HZ === RATE_HZ / 2 && atMs > fromMs)
    .map(({ atMs }) => nearest(beepsMs, atMs) - atMs)
    // The last one may not have left the card.
    .filter((ms) => Math.abs(ms) < 500);
  const middle = median(apartMs);
  const offMs = apartMs.map((ms) => Math.abs(ms - middle)).sort((a, b) => a - b);
  figures.add(
    "a clip's sound beside its picture, from outside: 19 of 20 beeps",
    offMs[Math.floor(0.95 * (offMs.length - 1))] ?? Infinity,
    'ms',
    { most: 40 },
    `${offMs.length} beeps, the worst ${offMs.at(-1)?.toFixed(1)}, half ${median(offMs).toFixed(1)}; ${middle.toFixed(0)} ms in the card; ${stolen()}`,
  );
}

function nearest(times: readonly number[], to: number): number {
  return times.reduce((best, time) => (Math.abs(time - to) < Math.abs(best - to) ? time : best), Infinity);
}
