/** The counters of the render thread, in shared memory: one writer, any reader, no message on the frame path. */
import { Histogram, HISTOGRAM_WORDS } from './histogram';

/** Fields in the order of the shared Float64Array. */
const FIELDS = [
  /** Distinct frames shown. */
  'presented',
  /** Refreshes for which a frame stayed on beyond its due. */
  'repeated',
  /** Content frames never shown. */
  'dropped',
  /** Frames shown more than half a refresh after their due. */
  'late',
  /** Frames with nothing of the show on them although it has content. */
  'black',
  /** Picture changes: frames on which a card first appeared. */
  'pictureChanges',
  /** Seams, and what they cost. */
  'seams',
  'seamMissing',
  'seamRepeated',
  'seamBlack',
  /** Monotonic ms at which content was first shown; 0 before. */
  'firstContentAtMs',
  /** Stage time of the last turn of the loop, and the monotonic time of it. */
  'stageNowMs',
  'aliveAtMs',
  /** Time spent drawing and presenting, ms in all. */
  'composeMs',
  'presentMs',
] as const;

export type StatsField = (typeof FIELDS)[number];

/** Where each field stands; looked up many times a frame. */
const AT = Object.fromEntries(FIELDS.map((field, at) => [field, at])) as Readonly<Record<StatsField, number>>;

const INTERVAL_STEP_MS = 0.1;
const CHANGE_STEP_MS = 0.05;
/** Seams listed in a report: the worst say more than all. */
const WORST_KEPT = 8;
/** Of each: stage ms, missing, repeated, black. */
const SEAM_WORDS = 4;
const WORST_AT = FIELDS.length + 2 * HISTOGRAM_WORDS;
const WORDS = WORST_AT + WORST_KEPT * SEAM_WORDS;

/** One item change and what it cost, in frames. */
export interface SeamCost {
  readonly atMs: number;
  readonly missing: number;
  readonly repeated: number;
  readonly black: number;
}

export class RenderStats {
  private readonly words: Float64Array;
  /** Time between neighbouring frames while something moves. */
  readonly intervals: Histogram;
  /** Time on the frame path for the first frame of a new picture. */
  readonly changes: Histogram;

  constructor(readonly buffer = new SharedArrayBuffer(WORDS * 8)) {
    this.words = new Float64Array(buffer);
    const histogram = (index: number, stepMs: number): Histogram => {
      const begin = FIELDS.length + index * HISTOGRAM_WORDS;
      return new Histogram(this.words.subarray(begin, begin + HISTOGRAM_WORDS), stepMs);
    };
    this.intervals = histogram(0, INTERVAL_STEP_MS);
    this.changes = histogram(1, CHANGE_STEP_MS);
  }

  get(field: StatsField): number {
    return this.words[AT[field]]!;
  }

  set(field: StatsField, value: number): void {
    this.words[AT[field]] = value;
  }

  add(field: StatsField, amount: number): void {
    this.words[AT[field]]! += amount;
  }

  /** Render thread: enters a seam that cost something, in the place of the cheapest one listed. Allocates nothing. */
  recordSeam(atMs: number, missing: number, repeated: number, black: number): void {
    let cheapest = WORST_AT;
    for (let index = 1; index < WORST_KEPT; index++) {
      const at = WORST_AT + index * SEAM_WORDS;
      if (this.costAt(at) < this.costAt(cheapest)) cheapest = at;
    }
    if (missing + repeated + black <= this.costAt(cheapest)) return;
    this.words[cheapest] = atMs;
    this.words[cheapest + 1] = missing;
    this.words[cheapest + 2] = repeated;
    this.words[cheapest + 3] = black;
  }

  private costAt(at: number): number {
    return this.words[at + 1]! + this.words[at + 2]! + this.words[at + 3]!;
  }

  /** The seams that cost most, worst first; empty when none cost anything. */
  worstSeams(): SeamCost[] {
    const seams: SeamCost[] = [];
    for (let index = 0; index < WORST_KEPT; index++) {
      const at = WORST_AT + index * SEAM_WORDS;
      const [atMs, missing, repeated, black] = this.words.subarray(at, at + SEAM_WORDS) as unknown as [
        number,
        number,
        number,
        number,
      ];
      if (this.costAt(at) > 0) seams.push({ atMs: Math.round(atMs), missing, repeated, black });
    }
    return seams.sort((a, b) => b.missing + b.repeated + b.black - (a.missing + a.repeated + a.black));
  }
}
