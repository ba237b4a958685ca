/** Judges a long run by the codes seen on the screen. Pure. */
import { basename } from 'node:path';
import type { Sighting } from '../video/observer-thread';
import type { Diary } from './diary';
import type { CodedFile, Media } from './media';

export interface PictureVerdict {
  readonly clipFrames: number;
  readonly pictures: number;
  readonly seams: number;
  /** Frames of clips that were skipped while nobody asked for it: within a clip, and at a seam. */
  readonly missing: number;
  readonly missingAtSeams: number;
  /** Refreshes for which a clip's frame stayed beyond its time. */
  readonly repeated: number;
  readonly repeatedAtSeams: number;
  readonly black: number;
  /** Share of the pictures of the weighted scene that came from the small theme; the show asks for 0.75. */
  readonly fewShare: number;
  /** A picture that followed itself. */
  readonly twice: number;
  readonly worst: readonly string[];
  /** Frames of clips that stayed for `STANDS_MS` and more outside pauses, whether or not an order explains it. */
  readonly stands: readonly string[];
}

const BLACK = -1;
const TICK_MS = 1000 / 60;
const WORST_KEPT = 20;
const STANDS_MS = 300;

/** A frame of 25 a second stays for two or three refreshes in turn; more than that is a repeat. */
const beyondTicks = (ms: number): number => Math.max(0, Math.floor(ms / TICK_MS + 0.25));

export function judgePictures(
  sightings: readonly Sighting[],
  media: Media,
  diary: Diary,
  cues: readonly { readonly cue: string; readonly fromMs: number; readonly toMs: number }[],
): PictureVerdict {
  const files = [...media.clips, ...media.few, ...media.many];
  const fileOf = (code: number): CodedFile | undefined =>
    files.find(({ firstCode, frames }) => code >= firstCode && code < firstCode + frames);
  const few = new Set<CodedFile>(media.few);
  const cueAt = (atMs: number): string | undefined =>
    cues.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)?.cue;
  const sum = { clipFrames: 0, pictures: 0, seams: 0, missing: 0, missingAtSeams: 0 };
  const held = { repeated: 0, repeatedAtSeams: 0, black: 0, twice: 0 };
  const weighted = { few: 0, all: 0 };
  const worst: string[] = [];
  const complain = (atMs: number, text: string): void => {
    if (worst.length < WORST_KEPT) worst.push(`${clock(atMs)} ${text}, ${diary.lastBefore(atMs)}`);
  };
  const stands: string[] = [];
  const pauses = diary.pauses();
  const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);
  let before: { file: CodedFile; code: number; atMs: number } | undefined;
  let other = false;
  for (const { atMs, code } of sightings) {
    const file = code < 0 ? undefined : fileOf(code);
    if (file === undefined) {
      if (code === BLACK && before !== undefined) {
        held.black += 1;
        complain(atMs, `black after ${before.file.file}`);
      }
      other = true;
      continue;
    }
    const isClip = file.frames > 1;
    if (isClip) sum.clipFrames += 1;
    else {
      sum.pictures += 1;
      if (cueAt(atMs) === 'pictures') {
        weighted.all += 1;
        weighted.few += few.has(file) ? 1 : 0;
      }
    }
    if (before !== undefined && !other) {
      const excused = diary.explains(before.atMs, atMs);
      const wasClip = before.file.frames > 1;
      const last = before.file.firstCode + before.file.frames - 1;
      const goesOn = file === before.file && code > before.code;
      if (file === before.file && !isClip) held.twice += 1;
      if (goesOn) {
        const skipped = code - before.code - 1;
        if (skipped > 0 && !excused) {
          sum.missing += skipped;
          complain(atMs, `${skipped} missing in ${file.file} at ${code - file.firstCode}`);
        }
      } else if (isClip || wasClip) {
        sum.seams += 1;
        // Clips are cut where their scene says so (\`every\`); those that play out come to their last frame.
        const playsOut = file === before.file || cueAt(atMs) === 'followed';
        const lost = (wasClip && playsOut ? last - before.code : 0) + (isClip ? code - file.firstCode : 0);
        if (lost > 0 && !excused) {
          sum.missingAtSeams += lost;
          complain(
            atMs,
            `${lost} missing from ${before.file.file} ${before.code - last} to ${file.file} ${code - file.firstCode}`,
          );
        }
      }
      const heldMs = atMs - before.atMs;
      const isPaused = pauses.some(({ fromMs, toMs }) => fromMs < atMs && toMs > before!.atMs);
      if (wasClip && heldMs > STANDS_MS && !isPaused && stands.length < WORST_KEPT)
        stands.push(
          `${clock(before.atMs)} ${basename(before.file.file)} ${before.code - before.file.firstCode} stayed ${heldMs.toFixed(0)} ms, ` +
            `then ${basename(file.file)} ${code - file.firstCode}, ${diary.lastBefore(before.atMs)}`,
        );
      const extra = wasClip ? beyondTicks(heldMs - 1000 / before.file.rateHz) : 0;
      if (extra > 0 && !excused) {
        if (goesOn) held.repeated += extra;
        else {
          held.repeatedAtSeams += extra;
          complain(
            atMs,
            `${before.file.file} ${before.code - before.file.firstCode} stayed ${heldMs.toFixed(0)} ms at a seam`,
          );
        }
      }
    }
    other = false;
    before = { file, code, atMs };
  }
  return { ...sum, ...held, fewShare: weighted.few / Math.max(1, weighted.all), worst, stands };
}
