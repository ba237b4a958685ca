/** Makes the demo clips out of the demo pictures: slow flights over them, with ffmpeg. */
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../core/errors';
import { makeFolder } from '../core/make-folder';
import { startChild } from '../media/child';
import { programOnPath } from '../core/program-on-path';

interface DemoClip {
  readonly file: string;
  /** The picture it flies over, and where from and to: its left edge and top as shares of the room there is. */
  readonly picture: string;
  readonly seconds: number;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

export const CLIPS: readonly DemoClip[] = [
  { file: 'clips/over-the-ridge.mp4', picture: 'mountains/first-light.jpg', seconds: 6, from: [0, 1], to: [1, 0.2] },
  { file: 'clips/along-the-shore.mp4', picture: 'water/islands.jpg', seconds: 5, from: [1, 0.5], to: [0, 0.5] },
];

const RATE_HZ = 30;
/** Characters of what ffmpeg says, the last ones. */
const MOST_COMPLAINT = 2000;
const [WIDTH, HEIGHT] = [1280, 720];

export interface MadeClips {
  readonly made: number;
  readonly kept: number;
  /** Why none were made, where that is so. */
  readonly because?: string;
}

/** Makes what is missing below `folder`, whose pictures are there. A show does without them: what fails is told, never thrown. */
export async function makeClips(folder: string, onClip: (file: string) => void): Promise<MadeClips> {
  let made = 0;
  let kept = 0;
  for (const clip of CLIPS) {
    const file = path.join(folder, clip.file);
    if (await exists(file)) {
      kept += 1;
      continue;
    }
    try {
      await makeClip(clip, folder, file);
    } catch (cause) {
      return { made, kept, because: messageOf(cause) };
    }
    onClip(clip.file);
    made += 1;
  }
  return { made, kept };
}

/** Made in a folder of its own beside, where nobody else can have put a link in the way of ffmpeg. */
async function makeClip(clip: DemoClip, folder: string, file: string): Promise<void> {
  makeFolder(path.dirname(file));
  const beside = await mkdtemp(path.join(path.dirname(file), '.vitrine-'));
  try {
    const whole = path.join(beside, 'clip.mp4');
    await runFfmpeg(argumentsOf(clip, folder, whole));
    await rename(whole, file);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** The picture is scaled once, and each frame is cut out of it: smooth to half a pixel of the larger size. */
function argumentsOf({ picture, seconds, from, to }: DemoClip, folder: string, file: string): string[] {
  const frames = seconds * RATE_HZ;
  const along = `(0.5-0.5*cos(PI*n/${frames}))`;
  const place = (axis: 0 | 1, room: string): string => `${room}*(${from[axis]}+(${to[axis]}-${from[axis]})*${along})`;
  const cut = `crop=w=${WIDTH * 2}:h=${HEIGHT * 2}:x='${place(0, '(iw-ow)')}':y='${place(1, '(ih-oh)')}'`;
  const enlarged = `scale=w=${WIDTH * 3}:h=-2`;
  return [
    ...['-v', 'error', '-nostdin', '-y', '-loop', '1', '-framerate', String(RATE_HZ), '-i', path.join(folder, picture)],
    ...[
      '-frames:v',
      String(frames),
      '-vf',
      `${enlarged},${cut},scale=w=${WIDTH}:h=${HEIGHT}:flags=area,format=yuv420p`,
    ],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '21', '-g', String(RATE_HZ), '-movflags', '+faststart', file],
  ];
}

async function runFfmpeg(args: readonly string[]): Promise<void> {
  const ffmpeg = programOnPath('ffmpeg', process.env);
  if (ffmpeg === undefined) throw new Error('there is no ffmpeg');
  const { code, complaint } = await startChild(ffmpeg, args, 'ignore').ended;
  if (code !== 0) throw new Error(`ffmpeg made no demo clip: ${complaint.slice(-MOST_COMPLAINT) || String(code)}`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
