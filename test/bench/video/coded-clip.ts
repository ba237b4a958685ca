/** Clips whose frames carry their number: blocks of black and white along the upper edge, readable from any player's screen. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const BLOCK_PX = 24;
/** Numbers below 4096, after a white and a black block by which a code is known from anything else. */
export const CODE_BITS = 12;
export const BLOCKS = CODE_BITS + 2;

export interface CodedClip {
  readonly file: string;
  readonly frames: number;
  readonly rateHz: number;
}

/** Makes the clip once in `folder`: H.264 in mp4, a picture that moves everywhere below the code. Throws with ffmpeg's words. */
export function codedClip(
  folder: string,
  rateHz: number,
  frames: number,
  preset: 'fast' | 'ultrafast' = 'fast',
  { widthPx, heightPx } = { widthPx: 1920, heightPx: 1080 },
): CodedClip {
  const file = join(folder, `coded-${widthPx}x${heightPx}-${rateHz}-${frames}-${preset}.mp4`);
  if (!existsSync(file)) {
    const box = (index: number, colour: string, when = '1'): string =>
      `drawbox=x=${index * BLOCK_PX}:y=0:w=${BLOCK_PX}:h=${BLOCK_PX}:color=${colour}:t=fill:enable='${when}'`;
    const bits = Array.from({ length: CODE_BITS }, (_, bit) => [
      box(2 + bit, 'black'),
      box(2 + bit, 'white', `mod(floor(n/${2 ** bit}),2)`),
    ]).flat();
    const made = spawnSync(
      'ffmpeg',
      [
        ...['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=s=${widthPx}x${heightPx}:r=${rateHz}`],
        ...['-frames:v', String(frames), '-vf', [box(0, 'white'), box(1, 'black'), ...bits].join(',')],
        ...['-c:v', 'libx264', '-preset', preset, '-g', String(rateHz), '-pix_fmt', 'yuv420p', file],
      ],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`the clip was not made: ${made.stderr}`);
  }
  return { file, frames, rateHz };
}
