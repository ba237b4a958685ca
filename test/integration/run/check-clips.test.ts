/** `vitrine check` of shows with clips: what they are, whether this machine keeps up with them, and what would help. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inspection } from '../../../runtime/show/inspect';
import { lossless, made, steps } from '../video/fixture';
import { vitrine } from './program';

let folder: string;
let show: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-check-'));
  mkdirSync(join(folder, 'clips'));
  show = join(folder, 'show.yaml');
  writeFileSync(
    show,
    `version: 1
name: Clips
themes: {all: {videos: [clips]}}
scenes: {only: {media: videos, themes: [all]}}
cuelist: {cues: [{name: one, duration: 5s, scenes: [{scene: only}]}]}
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const add = (name: string, file: string): void => copyFileSync(file, join(folder, 'clips', name));

async function check(...args: string[]): Promise<Inspection> {
  return JSON.parse((await vitrine(['check', show, '--json', ...args])).out) as Inspection;
}

it('tells what each clip is, decodes a second of it, and names those that cannot be played', async () => {
  add('a.mp4', made('check.mp4', ...steps(25, 25), ...lossless));
  add('again.mp4', made('check.mp4', ...steps(25, 25), ...lossless));
  add('b.webp', made('check.webp', ...steps(5, 25), '-c:v', 'libwebp_anim'));
  writeFileSync(join(folder, 'clips', 'broken.mkv'), 'no clip');
  const { valid, show: counts, warnings } = await check();
  expect(valid).toBe(true);
  const findings = counts!.themes['all']!.clipFindings!;
  const a = { codec: 'h264', widthPx: 320, heightPx: 180, rateHz: 25, lengthMs: 1000, hasSound: false };
  expect(findings).toMatchObject([
    { playable: true, ...a },
    { playable: true, ...a },
    { playable: true, codec: 'webp' },
    { playable: false },
  ]);
  for (const { playable, decodesHz } of findings) expect((decodesHz ?? 0) > 0).toBe(playable);
  expect(warnings).toContainEqual(expect.objectContaining({ file: join(folder, 'clips', 'broken.mkv') }));
  const { out, err } = await vitrine(['check', show]);
  expect(out).toMatch(/a\.mp4: h264, 320x180, 25\/s, 1\.0 s; decoded [\d.]+ times as fast as it plays/);
  expect(out).toContain('broken.mkv: cannot be played');
  expect(err).toContain('broken.mkv: cannot be played and will be passed over');
});

it('gives the command that makes a heavy clip one that fits', async () => {
  // No machine decodes so many frames of this size a second.
  add('heavy.mp4', made('heavy.mp4', ...steps(8, 900, '1920x1080'), ...lossless));
  const { valid, warnings } = await check('--set', 'display.size=640x360');
  expect(valid).toBe(true);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]!.message).toContain('is too heavy for this machine: 900 frames a second');
  const command = warnings[0]!.remedy!.replace(/^.*?: /, '');
  // How small it has to be is a matter of the machine; that it is made as it was said is not.
  const [, widthPx, heightPx] = /scale=(\d+):(\d+)/.exec(command)!.map(Number);
  expect(widthPx).toBeLessThanOrEqual(640);
  expect(heightPx).toBeLessThanOrEqual(360);
  execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'ignore' });
  rmSync(join(folder, 'clips', 'heavy.mp4'));
  const again = await check('--set', 'display.size=640x360');
  expect(again.show!.themes['all']!.clipFindings).toMatchObject([{ playable: true, widthPx, heightPx }]);
});

it('is an error where nothing can be played, and where there is no ffmpeg', async () => {
  writeFileSync(join(folder, 'clips', 'broken.mkv'), 'no clip');
  expect((await check()).errors).toMatchObject([{ message: 'matches no clip that can be played' }]);
  const empty = mkdtempSync(join(tmpdir(), 'vitrine-empty-'));
  const { out, code } = await vitrine(['check', show, '--json'], { PATH: empty });
  expect(code).toBe(4);
  expect((JSON.parse(out) as Inspection).errors).toMatchObject([
    { message: 'cannot be played on this machine', remedy: expect.stringContaining('install the package ffmpeg') },
  ]);
  rmSync(empty, { recursive: true });
});
