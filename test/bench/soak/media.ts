/** The pool of a soak: pictures, clips and sounds of many kinds, small, so that a machine can play them at twenty times the usual pace. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../../runtime/show/random';

export const [WIDTH_PX, HEIGHT_PX] = [640, 360];

/** Absolute paths. */
export interface Pool {
  readonly pictures: readonly string[];
  readonly clips: readonly string[];
  readonly sounds: readonly string[];
}

export type Kind = keyof Pool;

const PICTURES = 48;
const PICTURE_ENDINGS = ['jpg', 'png', 'webp', 'gif', 'tif', 'svg'] as const;
const PICTURE_PX = { least: 200, most: 2400 };

/** Seconds, sound, and how each is encoded. */
const CLIPS: readonly (readonly [file: string, seconds: number, encode: readonly string[]])[] = [
  ['b-frames.mp4', 2, ['-c:v', 'libx264', '-bf', '3', '-c:a', 'aac']],
  ['silent.mp4', 1.2, ['-c:v', 'libx264', '-an']],
  ['one-group.ts', 3, ['-c:v', 'libx264', '-g', '999', '-c:a', 'aac']],
  ['short.webm', 0.8, ['-c:v', 'libvpx', '-b:v', '1M', '-deadline', 'realtime', '-an']],
  ['program.mpg', 2, ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', '4', '-c:a', 'mp2']],
  ['joined.mkv', 4, ['-c:v', 'libx264', '-c:a', 'libopus']],
  ['intra.avi', 1.5, ['-c:v', 'mjpeg', '-q:v', '5', '-an']],
  ['long.mp4', 40, ['-c:v', 'libx264', '-c:a', 'aac']],
];
const RATE_HZ = 25;

const SOUNDS: readonly (readonly [file: string, seconds: number])[] = [
  ['short.wav', 3],
  ['short.ogg', 5],
  ['middle.mp3', 12],
  ['middle.m4a', 20],
  ['long.flac', 90],
  ['long.mp3', 240],
];
/** Peak of each tone: a bed, a voice and a clip stay below full scale. */
const LEVEL = 0.2;

/** Makes files that are missing. Throws where ffmpeg fails. */
export async function makePool(folder: string): Promise<Pool> {
  for (const name of ['pictures', 'clips', 'sounds']) mkdirSync(join(folder, name), { recursive: true });
  const at = (kind: Kind) => (name: string) => join(folder, kind, name);
  const clips = CLIPS.map(([name]) => at('clips')(name));
  const sounds = SOUNDS.map(([name]) => at('sounds')(name));
  for (const [index, [name, seconds, encode]] of CLIPS.entries())
    make(at('clips')(name), [
      ...['-f', 'lavfi', '-i', `testsrc2=s=${WIDTH_PX}x${HEIGHT_PX}:r=${RATE_HZ}:d=${seconds}`],
      ...['-f', 'lavfi', '-i', tone(700 + 100 * index, seconds)],
      ...['-preset', 'veryfast', '-pix_fmt', name.endsWith('.avi') ? 'yuvj420p' : 'yuv420p', ...encode],
    ]);
  for (const [index, [name, seconds]] of SOUNDS.entries())
    make(at('sounds')(name), ['-f', 'lavfi', '-i', tone(200 + 50 * index, seconds)]);
  const random = createRandom('soak pictures');
  const pictures: string[] = [];
  for (let index = 0; index < PICTURES; index += 1) {
    const ending = PICTURE_ENDINGS[index % PICTURE_ENDINGS.length]!;
    const file = at('pictures')(`${String(index).padStart(2, '0')}.${ending}`);
    const side = (): number => Math.round(PICTURE_PX.least + random() * (PICTURE_PX.most - PICTURE_PX.least));
    await makePicture(file, side(), side(), Math.floor(random() * 360));
    pictures.push(file);
  }
  return { pictures, clips, sounds };
}

const tone = (hz: number, seconds: number): string =>
  `aevalsrc=${LEVEL}*sin(2*PI*${hz}*t)|${LEVEL}*sin(2*PI*${hz}*t):s=44100:d=${seconds}`;

function make(file: string, args: readonly string[]): void {
  if (!existsSync(file)) execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, file], { stdio: 'inherit' });
}

/** Bright, of one hue with a gradient, so that no two of them look alike and none is black. */
async function makePicture(file: string, widthPx: number, heightPx: number, hue: number): Promise<void> {
  if (existsSync(file)) return;
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}">
<linearGradient id="g"><stop stop-color="hsl(${hue},90%,55%)"/><stop offset="1" stop-color="hsl(${hue + 70},80%,70%)"/></linearGradient>
<rect width="100%" height="100%" fill="url(#g)"/><circle cx="50%" cy="50%" r="20%" fill="hsl(${hue + 180},80%,60%)"/></svg>`);
  if (basename(file).endsWith('.svg')) writeFileSync(file, svg);
  else await sharp(svg).flatten().toFile(file);
}
