/** The last frame of a file: how long it stays by the word of its container. */
import { FILES_ONLY } from '../../runtime/media/ffprobe';
import { outputOf } from '../../runtime/media/child';
import type { Tools } from '../../runtime/media/tools';

/** A group of pictures is read, at most: it is at the end of the file. */
const LIMIT_MS = 3000;
const MOST_BYTES = 1 << 20;
/** Containers begin to read at a key frame before this. */
const BEFORE_MS = 500;

/** In ms; `fromMs`: a time near the end. Undefined where the container does not say. Never rejects. */
export async function lastFrameMs(
  { ffprobe }: Tools,
  path: string,
  index: number,
  fromMs: number,
): Promise<number | undefined> {
  const seconds = (Math.max(0, fromMs - BEFORE_MS) / 1000).toFixed(3);
  const args = [
    ...['-hide_banner', '-loglevel', 'error', ...FILES_ONLY, '-select_streams', `v:${index}`],
    ...['-read_intervals', `${seconds}%`, '-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0'],
    `file:${path}`,
  ];
  try {
    return lastOf(await outputOf(ffprobe, args, LIMIT_MS, MOST_BYTES));
  } catch {
    return undefined;
  }
}

/** Of lines `time,duration` in s, in the order of decoding: the duration of the latest, in ms. */
export function lastOf(lines: string): number | undefined {
  let latest = -Infinity;
  let lastMs: number | undefined;
  for (const line of lines.split('\n')) {
    const [time, duration] = line.split(',').map(Number.parseFloat) as [number, number?];
    if (Number.isNaN(time) || time < latest) continue;
    latest = time;
    lastMs = duration !== undefined && duration > 0 ? duration * 1000 : undefined;
  }
  return lastMs;
}
