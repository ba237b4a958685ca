/** Clips whose frames carry their number: blocks of black and white along the upper edge, readable from any player's screen. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const BLOCK_PX = 24;
/** Numbers below 4096, after a white and a black block by which a code is known from anything else. */
export const CODE_BITS = 12;
export const BLOCKS = CODE_BITS + 2;

/** One file, or several that follow each other with numbers that go on. */
export interface CodedClip {
  readonly files: readonly string[];
  /** Of all files together, and of each. */
  readonly frames: number;
  readonly framesEach: number;
  readonly rateHz: number;
}

const [WIDTH_PX, HEIGHT_PX] = [1920, 1080];

export function codedClip(
  folder: string,
  rateHz: number,
  framesEach: number,
  preset: 'fast' | 'ultrafast' = 'fast',
  count = 1,
): CodedClip {
  const files = Array.from({ length: count }, (_, at) => encoded(folder, rateHz, framesEach, preset, at * framesEach));
  return { files, frames: framesEach * count, framesEach, rateHz };
}

/** Makes the file once in `folder`: H.264 in mp4, a picture that moves everywhere below the code. Throws with ffmpeg's words. */
function encoded(folder: string, rateHz: number, frames: number, preset: string, first: number): string {
  const file = join(folder, `coded-${rateHz}-${frames}-${preset}-${String(first).padStart(4, '0')}.mp4`);
  if (!existsSync(file)) {
    const box = (index: number, colour: string, when = '1'): string =>
      `drawbox=x=${index * BLOCK_PX}:y=0:w=${BLOCK_PX}:h=${BLOCK_PX}:color=${colour}:t=fill:enable='${when}'`;
    const bits = Array.from({ length: CODE_BITS }, (_, bit) => [
      box(2 + bit, 'black'),
      box(2 + bit, 'white', `mod(floor((n+${first})/${2 ** bit}),2)`),
    ]).flat();
    const made = spawnSync(
      'ffmpeg',
      [
        ...['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=s=${WIDTH_PX}x${HEIGHT_PX}:r=${rateHz}`],
        ...['-frames:v', String(frames), '-vf', [box(0, 'white'), box(1, 'black'), ...bits].join(',')],
        ...['-c:v', 'libx264', '-preset', preset, '-g', String(rateHz), '-pix_fmt', 'yuv420p', file],
      ],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`the clip was not made: ${made.stderr}`);
  }
  return file;
}
