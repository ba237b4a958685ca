/** Cuts a stream of bytes into lines, however it was cut on the way, and never holds more than one line's limit. */

const NEWLINE = 0x0a;

/** What came of a piece of the stream: its whole lines, and whether the unfinished one is beyond the limit. */
export interface Cut {
  readonly lines: readonly Uint8Array[];
  /** The stream is of no more use: where the next line begins cannot be known. */
  readonly tooLong: boolean;
}

/** Lines without their newline and without a carriage return before it; empty lines are passed over. */
export class LineCutter {
  private pieces: Uint8Array[] = [];
  private heldBytes = 0;

  constructor(private readonly limitBytes: number) {}

  push(piece: Uint8Array): Cut {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      if (this.heldBytes + end - from > this.limitBytes) return { lines, tooLong: true };
      const line = this.finish(piece.subarray(from, end));
      if (line.length > 0) lines.push(line);
      from = end + 1;
    }
    const rest = piece.subarray(from);
    if (rest.length > 0) this.pieces.push(rest);
    this.heldBytes += rest.length;
    return { lines, tooLong: this.heldBytes > this.limitBytes };
  }

  private finish(last: Uint8Array): Uint8Array {
    const line = this.pieces.length === 0 ? last : Buffer.concat([...this.pieces, last]);
    this.pieces = [];
    this.heldBytes = 0;
    return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  }
}
