/** The reason in an error of libvips. */
import { messageOf } from './errors';

/** Of one line: libvips writes one for every layer that failed, and the last one tells most. */
export function libvipsReason(cause: unknown): string {
  const lines = messageOf(cause)
    .split('\n')
    .map((line) => line.trim());
  return lines.reverse().find((line) => line.length > 10) ?? lines[0] ?? 'unknown';
}
