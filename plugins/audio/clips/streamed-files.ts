/** Files that are streamed although they are short, because decoding them whole went badly. Each is tried again later. Pure but for its own state. */

/** A file is tried again after this long; each further time it goes badly, after twice as long, up to the second figure. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

interface Streamed {
  readonly because: string;
  readonly untilMs: number;
  /** Times in a row that it went badly. */
  readonly times: number;
}

/** By key of a file and its state. */
export class StreamedFiles {
  private readonly files = new Map<string, Streamed>();

  /** Why a file is streamed for now; undefined where it may be decoded whole. */
  because(key: string, nowMs: number): string | undefined {
    const found = this.files.get(key);
    return found !== undefined && nowMs < found.untilMs ? found.because : undefined;
  }

  /** Streams the file from now on. Returns for how many ms. */
  add(key: string, because: string, nowMs: number): number {
    const times = (this.files.get(key)?.times ?? 0) + 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (times - 1));
    this.files.set(key, { because, untilMs: nowMs + pauseMs, times });
    return pauseMs;
  }

  /** It was decoded whole, and fast enough. */
  forgive(key: string): void {
    this.files.delete(key);
  }
}
