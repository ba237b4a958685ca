/** Seams: a new picture and its transition, and what was lost during them. */
import type { RenderStats } from './stats';

/** A seam begins with the first frame of a new picture and ends with its transition; what is lost meanwhile is its cost. */
export class SeamWatch {
  private open = false;
  private atMs = 0;
  /** The counters before it. */
  private dropped = 0;
  private repeated = 0;
  private black = 0;

  constructor(private readonly stats: RenderStats) {}

  /** After every frame: stage time, whether it was the first of a new picture, and whether a transition is on. Allocates nothing. */
  frame(atMs: number, begins: boolean, moves: boolean): void {
    const { stats } = this;
    if (begins && !this.open) {
      this.open = true;
      this.atMs = atMs;
      stats.add('seams', 1);
    }
    if (this.open && moves) return;
    const missing = stats.get('dropped') - this.dropped;
    const repeated = stats.get('repeated') - this.repeated;
    const black = stats.get('black') - this.black;
    if (this.open && missing + repeated + black > 0) {
      stats.add('seamMissing', missing);
      stats.add('seamRepeated', repeated);
      stats.add('seamBlack', black);
      stats.recordSeam(this.atMs, missing, repeated, black);
    }
    this.open = false;
    this.dropped += missing;
    this.repeated += repeated;
    this.black += black;
  }
}
