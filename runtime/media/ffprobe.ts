/** What ffprobe says of a file, and which ffprobe that is. */
import { statSync } from 'node:fs';
import { outputOf } from './child';
import type { Tools } from './tools';

/** Only files are opened, whatever a playlist inside one says. */
export const FILES_ONLY = ['-protocol_whitelist', 'file,pipe'];

/** What it says of a usual file is 5 KB; a file of thousands of streams is none for a show. */
const MOST_BYTES = 4 << 20;

/** The document of streams and format; `more`: further arguments. Rejects with its complaint, or after `limitMs`. */
export async function probeFile(
  { ffprobe }: Tools,
  path: string,
  limitMs: number,
  more: readonly string[] = [],
): Promise<unknown> {
  const quiet = ['-hide_banner', '-loglevel', 'error', ...FILES_ONLY];
  const args = [...quiet, '-print_format', 'json', '-show_format', '-show_streams', ...more, `file:${path}`];
  return JSON.parse(await outputOf(ffprobe, args, limitMs, MOST_BYTES)) as unknown;
}

/** Tells one ffprobe from another, for facts that are kept: another one may find something else. Empty where it cannot be looked at. */
export function probeIdentity({ ffprobe }: Tools): string {
  try {
    const { size, mtimeMs } = statSync(ffprobe);
    return `${ffprobe} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}
