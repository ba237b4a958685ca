/** The wait for the loudness of a sound before anything of it is decoded: it ends once that is known, or when the sound is needed. */
import type { Engine } from '../engine';
import type { KnownSound } from '../facts/sound-probe';

/** Where mastered sound is not heard, its level is worth so much less of a wait. */
const UNHEARD_SHARE = 1 / 3;

/** Main thread only. */
export class LoudnessWait {
  private over = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly file: string,
  ) {}

  /** Begins to measure. Resolves once it is known or cannot be, after `mostMs`, or when the wait is ended. */
  async measured(known: KnownSound, mostMs: number): Promise<void> {
    const { engine, file } = this;
    let isOver = false;
    void engine.measure(file, known).then(() => {
      isOver = true;
      engine.wakeSoon();
    });
    await engine.until(() => isOver || this.over, mostMs);
    this.end();
  }

  /** The sound is needed soon: for so long at most it may still be waited for. */
  endIn(waitMs: number): void {
    if (this.over) return;
    clearTimeout(this.timer);
    const ms = this.engine.mixer.isMastered ? waitMs : waitMs * UNHEARD_SHARE;
    this.timer = setTimeout(() => this.end(), ms).unref();
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.engine.wakeSoon();
  }
}
