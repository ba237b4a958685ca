/** The diary of a long run: when which order was given, which cue began, and when the show stood still. Times are ms since the epoch. */

export interface Entry {
  readonly atMs: number;
  readonly kind: 'order' | 'cue';
  /** The command, or the name of the cue. */
  readonly text: string;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What an order or a change of cue may disturb around it: until it is carried out, and its fades. */
const DISTURBED_MS = { before: 300, after: 4000 };

/** Main thread only. */
export class Diary {
  readonly entries: Entry[] = [];

  note(kind: Entry['kind'], text: string): void {
    this.entries.push({ atMs: performance.timeOrigin + performance.now(), kind, text });
  }

  /** Whether an order or a new cue may explain an irregularity between two instants. */
  explains(fromMs: number, toMs: number): boolean {
    return this.entries.some(({ atMs }) => atMs >= fromMs - DISTURBED_MS.after && atMs <= toMs + DISTURBED_MS.before);
  }

  /** The last entry before an instant: `4.3 s after seek done`. */
  lastBefore(atMs: number): string {
    const entry = this.entries.filter((each) => each.atMs <= atMs).at(-1);
    if (entry === undefined) return 'before all orders';
    const name = entry.kind === 'cue' ? `cue ${entry.text}` : entry.text;
    return `${((atMs - entry.atMs) / 1000).toFixed(1)} s after ${name}`;
  }

  /** The stretches of the run in each cue. */
  cues(endMs: number): readonly (Span & { readonly cue: string })[] {
    const begun = this.entries.filter(({ kind }) => kind === 'cue');
    return begun.map(({ atMs, text }, at) => ({ cue: text, fromMs: atMs, toMs: begun[at + 1]?.atMs ?? endMs }));
  }

  pauses(): readonly Span[] {
    const spans: Span[] = [];
    let fromMs: number | undefined;
    for (const { atMs, text } of this.entries) {
      if (text === 'pause') fromMs ??= atMs;
      if (text === 'resume' && fromMs !== undefined) {
        spans.push({ fromMs, toMs: atMs });
        fromMs = undefined;
      }
    }
    return spans;
  }
}
