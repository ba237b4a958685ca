/**
 * The clips on the stage: which frame of each is on, when the next is due, and when a clip is over. A frame is chosen by its time
 * against stage time, never by counting; one that comes late because its decoder was late moves the rest of its clip.
 */
import type { ClipEntry, ClipTable } from '../arena/clip-table';
import { CHROMA_PLACES, yuvWeights, type StoredColour } from '../stage/colour';
import { isClip, type ClipRef, type Layer } from '../stage/layer';
import type { RenderStats } from './stats';

/** A decoder that is late by more than this is waited for; what is less is caught up with by passing frames over. */
const CATCH_UP_MS = 100;

interface Run {
  generation: number;
  /** Stage ms of the clip's beginning, which is that of its first frame where it was not begun farther on; NaN before it is shown. */
  beganMs: number;
  /** The frame that is on; -1 before the first. */
  frame: number;
  /** Whether the next frame was due and not there. */
  starving: boolean;
  readonly entry: ClipEntry;
}

/** Render thread only; allocates nothing but for a clip that is new. */
export class ClipPlayer {
  /** By place in the table. */
  private readonly runs: Run[] = [];
  /** Between two slots of the display: a frame comes on in the slot nearest to its time. */
  periodMs = 1000 / 60;

  constructor(
    private readonly table: ClipTable,
    private readonly stats: RenderStats,
  ) {}

  /** Chooses the frame of a layer's clip for `atMs`. Call once a frame for every clip that is on. The first frame stands until `movesMs`. */
  advance(ref: ClipRef, atMs: number, movesMs = atMs): void {
    const { table, stats } = this;
    const run = this.runOf(ref);
    if (run === undefined) return;
    const written = table.written(ref.clip);
    if (written === 0) {
      if (!table.hasEnded(ref.clip)) stats.add('repeated', 1);
      return;
    }
    if (run.frame < 0) {
      run.frame = 0;
      this.beginFrom(ref, run, atMs, movesMs);
      table.count(ref.clip, 0);
      this.show(ref, run);
      return;
    }
    if (Number.isNaN(run.beganMs)) return this.beginFrom(ref, run, atMs, movesMs);
    const next = run.frame + 1;
    if (next >= written) {
      run.starving = !table.hasEnded(ref.clip) && this.clipMs(run, atMs) >= this.expectedMs(ref.clip, run.frame);
      if (run.starving) stats.add('repeated', 1);
      return;
    }
    const lateMs = this.clipMs(run, atMs) - table.timeMs(ref.clip, next);
    if (lateMs < 0) return;
    if (run.starving && lateMs > CATCH_UP_MS) {
      this.begin(ref, run, run.beganMs + lateMs);
      table.countStarved(ref.clip, lateMs);
    }
    run.starving = false;
    let newest = next;
    while (newest + 1 < written && table.timeMs(ref.clip, newest + 1) <= this.clipMs(run, atMs)) newest += 1;
    table.count(ref.clip, newest - next);
    if (newest > next) stats.add('dropped', newest - next);
    run.frame = newest;
    this.show(ref, run);
  }

  /** The frame that is on; undefined before the first, and once the ring is gone. */
  entryOf(ref: ClipRef): ClipEntry | undefined {
    const run = this.runs[ref.clip];
    return run !== undefined && run.generation === ref.generation && run.frame >= 0 && this.table.has(ref)
      ? run.entry
      : undefined;
  }

  /** From when on the picture differs; `atMs` itself where that depends on a decoder, Infinity when the clip is over. */
  nextChangeMs(ref: ClipRef, atMs: number): number {
    const run = this.runOf(ref);
    if (run === undefined) return Infinity;
    const { table } = this;
    // It stands on its first frame until it moves.
    if (run.frame >= 0 && Number.isNaN(run.beganMs)) return atMs;
    const next = run.frame + 1;
    if (next < table.written(ref.clip)) {
      return run.frame < 0 ? atMs : Math.max(atMs, run.beganMs + table.timeMs(ref.clip, next) - this.periodMs / 2);
    }
    if (table.hasEnded(ref.clip)) {
      const overMs = this.endMs(ref) - this.periodMs / 2;
      return overMs > atMs ? overMs : Infinity;
    }
    return Math.max(atMs, run.beganMs + this.expectedMs(ref.clip, run.frame) - this.periodMs / 2);
  }

  /** Whether the clip's next frame is not written yet and will be. */
  isBehind(ref: ClipRef): boolean {
    const run = this.runOf(ref);
    return run !== undefined && run.frame + 1 >= this.table.written(ref.clip) && !this.table.hasEnded(ref.clip);
  }

  /** Stage ms at which the clip has shown its last frame for its time; Infinity while that is not known. */
  endMs(ref: ClipRef): number {
    const run = this.runOf(ref);
    if (run === undefined) return -Infinity;
    const { table } = this;
    if (!table.hasEnded(ref.clip)) return Infinity;
    const written = table.written(ref.clip);
    if (written === 0) return -Infinity;
    // Not begun, or frames not shown yet.
    if (Number.isNaN(run.beganMs)) return Infinity;
    return run.beganMs + table.endMs(ref.clip);
  }

  /** Whether a frame is there to begin with, or none will ever be. */
  canBegin(ref: ClipRef): boolean {
    return !this.table.has(ref) || this.table.written(ref.clip) > 0 || this.table.hasEnded(ref.clip);
  }

  /** The clip's first frame counts from here, also when it is shown a little later. */
  beginAt(ref: ClipRef, atMs: number): void {
    const run = this.runOf(ref);
    if (run === undefined || run.frame >= 0) return;
    const firstMs = this.table.written(ref.clip) > 0 ? this.table.timeMs(ref.clip, 0) : 0;
    this.begin(ref, run, atMs - firstMs);
  }

  /** In the slot nearest to `movesMs`, so that its frames lie on slots. */
  private beginFrom(ref: ClipRef, run: Run, atMs: number, movesMs: number): void {
    if (Number.isNaN(run.beganMs) && atMs + this.periodMs / 2 >= movesMs)
      this.begin(ref, run, atMs - this.table.timeMs(ref.clip, 0));
  }

  private begin(ref: ClipRef, run: Run, atMs: number): void {
    run.beganMs = atMs;
    this.table.begin(ref.clip, atMs);
  }

  private clipMs(run: Run, atMs: number): number {
    return atMs - run.beganMs + this.periodMs / 2;
  }

  /** When the frame after this one is due, as far as can be said. */
  private expectedMs(clip: number, frame: number): number {
    return frame < 0 ? 0 : this.table.timeMs(clip, frame) + this.table.frameMs(clip);
  }

  private show(ref: ClipRef, run: Run): void {
    this.table.read(ref, run.frame, run.entry);
    this.table.take(ref.clip, run.frame);
  }

  private runOf(ref: ClipRef): Run | undefined {
    if (!this.table.has(ref)) return undefined;
    const known = this.runs[ref.clip];
    if (known?.generation === ref.generation) return known;
    const run: Run = {
      generation: ref.generation,
      beganMs: NaN,
      frame: -1,
      starving: false,
      entry: known?.entry ?? { offset: 0, frame: 0, widthPx: 0, heightPx: 0, turn: 0, colour: NO_COLOUR },
    };
    this.runs[ref.clip] = run;
    return run;
  }
}

const NO_COLOUR: StoredColour = { ...yuvWeights({ matrix: 'bt709', range: 'limited' }), chroma: CHROMA_PLACES.left };

/** The layer's clip; undefined where it shows a picture. */
export function clipOf({ picture }: Layer): ClipRef | undefined {
  return isClip(picture) ? picture : undefined;
}
