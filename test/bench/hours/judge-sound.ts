/** Judges a long run by the levels that the sound card noted. Pure. */
import type { Heard } from './card';
import type { Span } from './diary';

export interface SoundVerdict {
  readonly seconds: number;
  /** Seconds in which nothing was heard although the cue has sound and the show was not paused. */
  readonly silentSeconds: number;
  readonly longestSilenceMs: number;
  /** Blocks of 50 ms in which none of the cue's own tones was heard. */
  readonly strangeBlocks: number;
  readonly judgedBlocks: number;
  readonly greatestPeak: number;
  readonly over: number;
  readonly worst: readonly string[];
}

const BLOCK_MS = 50;
const SILENT_RMS = 0.003;
const TONE_LEVEL = 0.01;
/** Around a pause: fades, and how long the card and its notes lag behind. */
const PAUSE_MARGIN_MS = 1500;
/** In a cue, before it is judged by its tones: fades of both cues. */
const SETTLED_MS = { from: 3000, to: 1500 };
const WORST_KEPT = 20;

export function judgeSound(
  heard: readonly Heard[],
  pauses: readonly Span[],
  cues: readonly (Span & { readonly cue: string })[],
  expected: (cue: string) => readonly number[],
  /** What happened last before an instant. */
  about: (atMs: number) => string,
): SoundVerdict {
  const within = ({ fromMs, toMs }: Span, atMs: number, margin: { from: number; to: number }): boolean =>
    atMs >= fromMs + margin.from && atMs <= toMs - margin.to;
  const isPaused = (atMs: number): boolean =>
    pauses.some((span) => within(span, atMs, { from: -PAUSE_MARGIN_MS, to: -PAUSE_MARGIN_MS }));
  const worst: string[] = [];
  const complain = (atMs: number, text: string): void => {
    if (worst.length < WORST_KEPT) worst.push(`${new Date(atMs).toISOString().slice(11, 23)}, ${about(atMs)}: ${text}`);
  };
  const cueAt = (atMs: number): string => cues.find((span) => within(span, atMs, { from: 0, to: 0 }))?.cue ?? 'none';
  let [silentSeconds, longestSilenceMs, runMs, strangeBlocks, judgedBlocks, greatestPeak, over] = [0, 0, 0, 0, 0, 0, 0];
  let strangeRun = 0;
  for (const { atMs, peak, rms, tones } of heard) {
    greatestPeak = Math.max(greatestPeak, peak);
    over += peak > 1 ? 1 : 0;
    const silent = rms < SILENT_RMS && !isPaused(atMs);
    runMs = silent ? runMs + BLOCK_MS : 0;
    longestSilenceMs = Math.max(longestSilenceMs, runMs);
    if (silent && runMs % 1000 === 0) {
      silentSeconds += 1;
      complain(atMs, `silent for ${runMs} ms in ${cueAt(atMs)}`);
    }
    const cue = cues.find((span) => within(span, atMs, SETTLED_MS));
    if (cue === undefined || isPaused(atMs)) continue;
    judgedBlocks += 1;
    const strange = !expected(cue.cue).some((at) => tones[at]! > TONE_LEVEL);
    strangeRun = strange ? strangeRun + 1 : 0;
    strangeBlocks += strange ? 1 : 0;
    if (strangeRun === 4) complain(atMs, `another sound than that of ${cue.cue}: ${tones.join(' ')}`);
  }
  const seconds = (heard.length * BLOCK_MS) / 1000;
  return { seconds, silentSeconds, longestSilenceMs, strangeBlocks, judgedBlocks, greatestPeak, over, worst };
}
