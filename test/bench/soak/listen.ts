/** Finds silences in what the sound card noted. */
import { readFileSync } from 'node:fs';
import type { Heard } from '../hours/card';
import type { Span } from '../hours/diary';
import type { Stand } from './screen-watch';

const SILENT_RMS = 0.003;
const BLOCK_MS = 50;

/** Those that lasted longer than `longMs`, without the time of pauses. */
export function longestSilences(
  file: string,
  { fromMs, toMs }: Span,
  pauses: readonly Span[],
  longMs: number,
): Stand[] {
  const silences: Stand[] = [];
  let [beganMs, lastMs] = [NaN, NaN];
  const close = (): void => {
    if (lastMs + BLOCK_MS - beganMs > longMs) silences.push({ fromMs: beganMs, ms: lastMs + BLOCK_MS - beganMs });
    beganMs = NaN;
  };
  let at = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.endsWith('}')) continue;
    const { atMs, rms } = JSON.parse(line) as Heard;
    if (atMs < fromMs || atMs > toMs) continue;
    while (at < pauses.length && pauses[at]!.toMs < atMs) at += 1;
    const isPaused = at < pauses.length && pauses[at]!.fromMs <= atMs;
    if (rms >= SILENT_RMS || isPaused) {
      close();
      continue;
    }
    if (Number.isNaN(beganMs)) beganMs = atMs;
    lastMs = atMs;
  }
  close();
  return silences;
}
