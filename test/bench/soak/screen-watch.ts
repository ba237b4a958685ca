/** Looks at the screen from outside, twenty times a second: how long it stood, and whether it was black. */
import { closeSync, openSync, readSync } from 'node:fs';

/** XWD's header: 32-bit words, the greatest byte first. */
const [HEADER_WORDS, HEADER_BYTES, BYTES_PER_LINE, COLOURS] = [25, 0, 12, 19];
const COLOUR_BYTES = 12;
const LOOK_MS = 50;
/** Of the height: where rows are read. */
const ROWS = [0.1, 0.3, 0.5, 0.7, 0.9];
const DARK = 16;

export interface Stand {
  /** Since the epoch. */
  readonly fromMs: number;
  readonly ms: number;
}

export class ScreenWatch {
  private readonly file: number;
  private readonly rows: readonly { readonly bytes: Buffer; readonly at: number }[];
  private readonly looking: NodeJS.Timeout;
  private seen = Buffer.alloc(0);
  private changedMs = now();
  private blackLooks = 0;
  /** Looks at which all of it was dark, twice in a row. */
  black = 0;
  changes = 0;

  /** `stood` is called after each stand that was longer than `longMs`. */
  constructor(
    framebuffer: string,
    heightPx: number,
    private readonly longMs: number,
    private readonly stood: (stand: Stand) => void,
  ) {
    this.file = openSync(framebuffer, 'r');
    const header = Buffer.alloc(HEADER_WORDS * 4);
    readSync(this.file, header, 0, header.length, 0);
    const word = (index: number): number => header.readUInt32BE(index * 4);
    const stride = word(BYTES_PER_LINE);
    const first = word(HEADER_BYTES) + word(COLOURS) * COLOUR_BYTES;
    this.rows = ROWS.map((part) => ({ bytes: Buffer.alloc(stride), at: first + Math.floor(part * heightPx) * stride }));
    this.looking = setInterval(() => this.look(), LOOK_MS);
  }

  end(): void {
    clearInterval(this.looking);
    closeSync(this.file);
  }

  private look(): void {
    for (const { bytes, at } of this.rows) readSync(this.file, bytes, 0, bytes.length, at);
    const all = Buffer.concat(this.rows.map(({ bytes }) => bytes));
    const atMs = now();
    this.blackLooks = all.every((value, at) => at % 4 === 3 || value < DARK) ? this.blackLooks + 1 : 0;
    if (this.blackLooks === 2) this.black += 1;
    if (all.equals(this.seen)) return;
    if (atMs - this.changedMs > this.longMs) this.stood({ fromMs: this.changedMs, ms: atMs - this.changedMs });
    this.seen = all;
    this.changedMs = atMs;
    this.changes += 1;
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
