/** The media of a long mixed show: clips and pictures that carry numbers, and sounds of one tone each. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BLOCK_PX, CODE_BITS } from '../video/coded-clip';

export const [WIDTH_PX, HEIGHT_PX] = [1280, 720];

/** Frames of one file, on the screen as codes from `firstCode` on. */
export interface CodedFile {
  readonly file: string;
  readonly firstCode: number;
  readonly frames: number;
  readonly rateHz: number;
  /** Of its sound. */
  readonly toneHz?: number;
}

export interface Media {
  readonly clips: readonly CodedFile[];
  /** A few, and many. */
  readonly few: readonly CodedFile[];
  readonly many: readonly CodedFile[];
  /** Folder of bright pictures without a code, for scenes that move or fade them. */
  readonly plain: string;
  /** Names of ten-minute sounds with their tones. */
  readonly beds: Readonly<Record<'low' | 'middle' | 'high', { readonly file: string; readonly toneHz: number }>>;
}

/** Container and codec of each clip: each kind of structure that is hard to begin again. */
const CLIPS: readonly (Omit<CodedFile, 'firstCode'> & { readonly encode: readonly string[] })[] = [
  { file: 'b-frames.mp4', frames: 60, rateHz: 30, toneHz: 900, encode: ['-c:v', 'libx264', '-bf', '3', '-c:a', 'aac'] },
  {
    file: 'one-group.ts',
    frames: 75,
    rateHz: 25,
    toneHz: 1100,
    encode: ['-c:v', 'libx264', '-g', '999', '-c:a', 'aac'],
  },
  { file: 'short.webm', frames: 45, rateHz: 30, encode: ['-c:v', 'libvpx', '-b:v', '3M', '-deadline', 'realtime'] },
  { file: 'program.mpg', frames: 100, rateHz: 25, encode: ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', '4'] },
  { file: 'long-a.mp4', frames: 1500, rateHz: 25, toneHz: 1300, encode: ['-c:v', 'libx264', '-c:a', 'aac'] },
  { file: 'long-b.mkv', frames: 1500, rateHz: 25, toneHz: 1500, encode: ['-c:v', 'libx264', '-c:a', 'libopus'] },
];

const box = (index: number, colour: string, when = '1'): string =>
  `drawbox=x=${index * BLOCK_PX}:y=0:w=${BLOCK_PX}:h=${BLOCK_PX}:color=${colour}:t=fill:enable='${when}'`;

/** Draws the code of each frame: a white and a black block, then its number. */
const code = (first: number): string =>
  [
    box(0, 'white'),
    box(1, 'black'),
    ...Array.from({ length: CODE_BITS }, (_, bit) => [
      box(2 + bit, 'black'),
      box(2 + bit, 'white', `mod(floor((n+${first})/${2 ** bit}),2)`),
    ]).flat(),
  ].join(',');

function encode(file: string, args: readonly string[]): void {
  if (!existsSync(file)) execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, file], { stdio: 'inherit' });
}

const BED_SECONDS = 600;
const PLAIN = 6;
/** Peak of each tone: two beds, a clip and both fades stay below full scale. */
const LEVEL = 0.2;

/** Makes what is missing. Takes a minute. Throws where ffmpeg fails. */
export function makeMedia(folder: string): Media {
  for (const name of ['clips', 'few', 'many', 'plain', 'beds']) mkdirSync(join(folder, name), { recursive: true });
  let next = 0;
  const numbered = (frames: number): number => (next += frames) - frames;
  const clips = CLIPS.map(({ encode: how, ...clip }) => {
    const { frames, rateHz, toneHz } = clip;
    const file = join(folder, 'clips', clip.file);
    const firstCode = numbered(frames);
    const seconds = String(frames / rateHz);
    const sound = `aevalsrc=${LEVEL}*sin(2*PI*${toneHz ?? 0}*t):s=48000:d=${seconds}`;
    encode(file, [
      ...['-f', 'lavfi', '-i', `testsrc2=s=${WIDTH_PX}x${HEIGHT_PX}:r=${rateHz}:d=${seconds}`],
      ...(toneHz === undefined ? [] : ['-f', 'lavfi', '-i', sound]),
      ...['-vf', code(firstCode), '-preset', 'veryfast', '-pix_fmt', 'yuv420p', ...how],
    ]);
    return { ...clip, file, firstCode };
  });
  const pictures = (name: 'few' | 'many', count: number): CodedFile[] =>
    Array.from({ length: count }, (_, at) => {
      const file = join(folder, name, `${name}-${String(at).padStart(2, '0')}.png`);
      const firstCode = numbered(1);
      const hue = `color=c=0x${((firstCode * 2654435) % 0xffffff).toString(16).padStart(6, '0')}`;
      encode(file, [
        '-f',
        'lavfi',
        '-i',
        `${hue}:s=${WIDTH_PX}x${HEIGHT_PX}`,
        '-vf',
        code(firstCode),
        '-frames:v',
        '1',
      ]);
      return { file, firstCode, frames: 1, rateHz: 1 };
    });
  for (let at = 0; at < PLAIN; at++) {
    const source = `color=c=0x${(0x90c0a0 + 0x0a0a0a * at).toString(16)}:s=${WIDTH_PX}x${HEIGHT_PX}`;
    encode(join(folder, 'plain', `plain-${at}.png`), ['-f', 'lavfi', '-i', source, '-frames:v', '1']);
  }
  const bed = (name: string, toneHz: number, ending: string): { file: string; toneHz: number } => {
    const file = join(folder, 'beds', `${name}.${ending}`);
    encode(file, [
      '-f',
      'lavfi',
      '-i',
      `aevalsrc=${LEVEL}*sin(2*PI*${toneHz}*t)|${LEVEL}*sin(2*PI*${toneHz}*t):s=44100:d=${BED_SECONDS}`,
    ]);
    return { file, toneHz };
  };
  return {
    clips,
    few: pictures('few', 5),
    many: pictures('many', 35),
    plain: join(folder, 'plain'),
    beds: { low: bed('low', 300, 'mp3'), middle: bed('middle', 500, 'flac'), high: bed('high', 700, 'ogg') },
  };
}
