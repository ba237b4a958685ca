/** Files with the names of pictures, clips and sounds that are something else: told, set aside, never waited for. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { PROGRAM, sleep } from '../../bench/player';

const LIMIT = { encoding: 'utf8', timeout: 50_000, killSignal: 'SIGKILL' } as const;
let folder: string;
const at = (name: string): string => join(folder, name);

/** What is put at a path. */
const pipe = (path: string): unknown => execFileSync('mkfifo', [path]);
const endless = (path: string): void => symlinkSync('/dev/zero', path);
const text = (content: string) => (path: string) => writeFileSync(path, content);

const HLS = '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\ngood.mp4\n#EXT-X-ENDLIST\n';
const CONCAT = "ffconcat version 1.0\nfile 'good.mp4'\n";
const SDP =
  'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n';
const DASH = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">
<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000"><BaseURL>good.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>
`;

const PICTURES: readonly [string, (path: string) => unknown][] = [
  ['pipe.png', pipe],
  ['endless.jpg', endless],
];
const CLIPS: readonly [string, (path: string) => unknown][] = [
  ['pipe.mp4', pipe],
  ['endless.mkv', endless],
  ['list.ts', text(HLS)],
  ['list.mp4', text(CONCAT)],
  ['stream.mov', text(SDP)],
  ['parts.webm', text(DASH)],
];
const SOUNDS: readonly [string, (path: string) => unknown][] = [
  ['pipe.wav', pipe],
  ['endless.mp3', endless],
  ['list.mp3', text(HLS.replaceAll('mp4', 'wav'))],
  ['list.wav', text(CONCAT.replaceAll('mp4', 'wav'))],
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-odd-'));
  mkdirSync(at('pictures'));
  mkdirSync(at('clips'));
  await sharp({ create: { width: 64, height: 36, channels: 3, background: 'red' } }).toFile(at('pictures/good.png'));
  const made = ['-nostdin', '-loglevel', 'error', '-f', 'lavfi'];
  execFileSync('ffmpeg', [...made, '-i', 'testsrc2=s=64x36:d=1', at('clips/good.mp4')]);
  execFileSync('ffmpeg', [...made, '-i', 'sine=d=1', at('good.wav')]);
  for (const [name, make] of PICTURES) make(at(`pictures/${name}`));
  for (const [name, make] of CLIPS) make(at(`clips/${name}`));
  for (const [name, make] of SOUNDS) make(at(name));
  const heard = SOUNDS.map(
    ([name], n) =>
      `{name: s${n}, duration: 2s, audio: [{file: ${name}}, {file: good.wav}], scenes: [{scene: pictures}]}`,
  );
  writeFileSync(
    at('show.yaml'),
    `version: 1
name: Odd
themes: {all: {images: [pictures], videos: [clips]}}
scenes: {pictures: {themes: [all], media: images, every: 300ms, transition: {type: cut}}, clips: {themes: [all], media: videos, every: 300ms, transition: {type: cut}}}
cuelist: {loop: forever, cues: [${heard.join(', ')}, {name: clips, duration: 8s, scenes: [{scene: clips}]}]}
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = [...PICTURES, ...CLIPS, ...SOUNDS].map(([name]) => name);

it('check tells each of them, and ends', () => {
  const { stdout, stderr, signal } = spawnSync(process.execPath, [PROGRAM, 'check', at('show.yaml')], LIMIT);
  expect(signal).toBeNull();
  for (const name of NAMES) expect([name, (stdout + stderr).includes(name)]).toEqual([name, true]);
  expect(stderr.match(/a list of other files/g)).toHaveLength(6);
  expect(stderr).not.toContain('good.');
});

it('run sets each of them aside, and ends in time', async () => {
  const sets = ['--set', 'telemetry.http=off', '--set', `control.socket=${at('control.sock')}`];
  const args = ['--display', 'offscreen', '--size', '64x36', '--report', at('report.json')];
  const child = spawn(process.execPath, [PROGRAM, 'run', '--show', at('show.yaml'), ...args, ...sets], {
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LIMIT.timeout,
    killSignal: 'SIGKILL',
  });
  let log = '';
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const ended = once(child, 'close');
  // However many rounds a busy machine needs to come to each of them.
  while (child.exitCode === null && child.signalCode === null && !NAMES.every((name) => log.includes(name)))
    await sleep(50);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  for (const name of NAMES) expect([name, log.includes(name)]).toEqual([name, true]);
  expect(log).not.toMatch(/VITRINE_E.*good\./);
  expect(existsSync(at('report.json'))).toBe(true);
  expect(JSON.parse(readFileSync(at('report.json'), 'utf8'))).toMatchObject({ images: { distinct: 1 } });
});
